//! The endpoints of a service, as its configuration has them now. Each keeps its identity, and with it its history and what people decided of it,
//! as long as the same name is asked for at the same port.

use rusqlite::{Transaction, params};

use super::record::read;
use super::{EndpointRecord, Endpoints, insert};
use crate::state::{StateError, to_word};

impl Endpoints<'_> {
    /// Makes the endpoints of a service these. What is there stays with its history, whatever the configuration calls it now; what is new is due
    /// at once; what is not wanted any more goes, where `gone` says so of its name. True when anything changed.
    pub async fn of_service(
        &self,
        service: &str,
        wanted: Vec<EndpointRecord>,
        gone: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<bool, StateError> {
        let service = service.to_owned();
        self.0
            .call(move |state| {
                let mut statement = state.prepare_cached("SELECT * FROM endpoints WHERE service = ?1")?;
                let mut known: Vec<EndpointRecord> = statement.query_and_then([&service], read)?.collect::<Result<_, _>>()?;
                let mut changed = false;
                let (as_before, others) =
                    once_each(wanted).into_iter().partition::<Vec<_>, _>(|one| known.iter().any(|old| is_same(one, old)));
                known.retain(|old| !as_before.iter().any(|one| is_same(one, old)));
                for one in others {
                    match known.iter().position(|old| is_same_port(&one, old)) {
                        Some(at) => rename(state, &known.swap_remove(at), &one)?,
                        None => insert(state, &one)?,
                    }
                    changed = true;
                }
                for old in known.iter().filter(|old| old.service.as_ref().is_some_and(|(_, name)| gone(name))) {
                    state.execute("DELETE FROM endpoints WHERE id = ?1", [&old.id])?;
                    changed = true;
                }
                Ok(changed)
            })
            .await
    }
}

/// Without those that are asked the same as one before them.
fn once_each(wanted: Vec<EndpointRecord>) -> Vec<EndpointRecord> {
    let mut once: Vec<EndpointRecord> = Vec::new();
    for one in wanted {
        if !once.iter().any(|known| is_same(known, &one)) {
            once.push(one);
        }
    }
    once
}

/// Whether two are probed in the same way, for the same endpoint of a configuration.
fn is_same(one: &EndpointRecord, other: &EndpointRecord) -> bool {
    one.service == other.service && one.tls == other.tls && is_same_port(one, other)
}

/// Whether two ask the same port for the same name.
fn is_same_port(one: &EndpointRecord, other: &EndpointRecord) -> bool {
    let place = |record: &EndpointRecord| (record.host.clone(), record.port, record.protocol, record.server_name.clone());
    place(one) == place(other)
}

/// Gives an endpoint the name that it has in the configuration now, and probes it soon as TLS begins there now.
fn rename(state: &Transaction<'_>, old: &EndpointRecord, new: &EndpointRecord) -> Result<(), StateError> {
    let name = new.service.as_ref().map(|(_, name)| name);
    let sql = "UPDATE endpoints SET name = ?2, tls = ?3, next_probe_at = 0 WHERE id = ?1";
    state.execute(sql, params![old.id, name, to_word(new.tls)?])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use certdeck_shared::api::endpoint::EndpointState;
    use certdeck_shared::api::probe::NewProbe;
    use certdeck_shared::api::service::{Protocol, ServiceControl, ServiceKind, TlsMode};
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::host::Clock;
    use crate::state::{SeenEndpoint, ServiceRecord, Store};

    const THEN: time::OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    async fn store() -> Store {
        let store = Store::in_memory(Clock::manual(THEN)).unwrap();
        let service = ServiceRecord {
            id: "s".to_owned(),
            kind: ServiceKind::Apache,
            label: "Web".to_owned(),
            config: "/etc/apache2/apache2.conf".to_owned(),
            control: ServiceControl::default(),
            registered_at: THEN,
        };
        store.services().insert(service).await.unwrap();
        store
    }

    /// An endpoint as a derivation makes it, with an identifier that nobody has yet.
    fn endpoint(id: &str, name: &str, port: u16, tls: TlsMode) -> EndpointRecord {
        let question = NewProbe {
            host: "127.0.0.1".to_owned(),
            port,
            protocol: Protocol::Http,
            tls,
            server_name: Some("www.example.org".to_owned()),
            key_type: None,
        };
        EndpointRecord { service: Some(("s".to_owned(), name.to_owned())), ..EndpointRecord::new(id.to_owned(), question) }
    }

    /// Identifier, name and manner of each, by port.
    async fn kept(store: &Store) -> Vec<(String, String, TlsMode)> {
        let all = store.endpoints().list(None).await.unwrap();
        all.into_iter().map(|(record, _)| (record.id, record.service.unwrap().1, record.tls)).collect()
    }

    fn all_gone(_: &str) -> bool {
        true
    }

    #[tokio::test]
    async fn an_endpoint_stays_itself_while_its_port_is_asked_for_the_same_name() {
        let store = store().await;
        let endpoints = store.endpoints();
        let (first, after) = (TlsMode::Implicit, TlsMode::Starttls);
        let wanted = vec![endpoint("a", "www", 443, first), endpoint("b", "other", 8443, first), endpoint("x", "www", 443, first)];
        assert!(endpoints.of_service("s", wanted, all_gone).await.unwrap());
        let seen = SeenEndpoint {
            id: "a".to_owned(),
            at: THEN,
            state: EndpointState::Good,
            change: Some("First probe.".to_owned()),
            leaf: None,
            milliseconds: Some(5),
            failures: 0,
            next_probe_at: THEN + time::Duration::HOUR,
            row: json!({}),
            detail: json!({}),
        };
        endpoints.keep(vec![seen]).await.unwrap();
        let again = vec![endpoint("c", "www", 443, first), endpoint("d", "other", 8443, first)];
        assert!(!endpoints.of_service("s", again, all_gone).await.unwrap());
        let renamed = vec![endpoint("e", "www.example.org", 443, first), endpoint("f", "other", 8443, after)];
        assert!(endpoints.of_service("s", renamed, all_gone).await.unwrap());
        let told = |id: &str, name: &str, tls| (id.to_owned(), name.to_owned(), tls);
        assert_eq!(kept(&store).await, [told("a", "www.example.org", first), told("b", "other", after)]);
        assert_eq!(endpoints.changes("a", 10).await.unwrap().len(), 1);
        assert_eq!(endpoints.days("a", THEN.date()).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn only_what_is_known_to_be_gone_goes() {
        let store = store().await;
        let wanted = || vec![endpoint("a", "www", 443, TlsMode::Implicit), endpoint("b", "other", 8443, TlsMode::Implicit)];
        store.endpoints().of_service("s", wanted(), all_gone).await.unwrap();
        assert!(!store.endpoints().of_service("s", Vec::new(), |_| false).await.unwrap());
        assert_eq!(kept(&store).await.len(), 2);
        assert!(store.endpoints().of_service("s", Vec::new(), |name| name == "www").await.unwrap());
        assert_eq!(kept(&store).await, [("b".to_owned(), "other".to_owned(), TlsMode::Implicit)]);
    }
}
