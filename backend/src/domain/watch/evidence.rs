//! What is known of an endpoint when it is judged.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use certdeck_shared::api::binding::Binding;
use certdeck_shared::api::notice::ExpiryPolicy;
use certdeck_shared::api::probe::{ProbeOutcome, ProbeReport};
use certdeck_shared::api::service::{Endpoint, NamedFile, ServiceDescription};
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::CertificateView;
use time::OffsetDateTime;
use tokio::time::Instant;

use super::Watch;
use super::authorities::Authorities;
use super::surroundings::Here;
use crate::domain::databases::blocking;
use crate::host::as_user::Account;
use crate::host::sockets;
use crate::host::tree::Tree;
use crate::state::EndpointRecord;

/// A registered service, read anew.
#[derive(Debug)]
pub(super) struct KnownService {
    /// Its configuration, and what is in the files that it names.
    pub(super) description: ServiceDescription,
    /// The certificates that it should serve, each as its database has it now.
    pub(super) bindings: Vec<Binding>,
    /// Files that the daemon's user cannot open, each with what the system says.
    pub(super) closed: HashMap<String, String>,
    /// Since when each file is what it is.
    pub(super) changed: HashMap<String, OffsetDateTime>,
}

/// A certificate that should be served, as its database has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Awaited {
    /// SHA-256 of its DER, lower-case hex.
    pub(super) fingerprint_sha256: String,
    /// Identifier of its database.
    pub(super) database: String,
    /// Its nickname there.
    pub(super) nickname: String,
    /// Kind and size of its key.
    pub(super) public_key: String,
    /// End of its life.
    pub(super) not_after: OffsetDateTime,
}

/// What was decided about the certificate of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decided {
    /// Nothing.
    Nothing,
    /// One for each kind of key, or one.
    Certificates(Vec<Awaited>),
    /// It is not found, with the reason.
    Missing(String),
}

/// Everything that a judgement is made from.
#[derive(Debug)]
pub(super) struct Evidence {
    /// The endpoint.
    pub(super) record: EndpointRecord,
    /// The instant of the probe.
    pub(super) now: OffsetDateTime,
    /// What the probe saw.
    pub(super) report: ProbeReport,
    /// Its certificates, in the order of the server; nothing for one that cannot be parsed.
    pub(super) served: Vec<Option<CertificateView>>,
    /// What it saw when it asked for the other kind of key.
    pub(super) other: Option<ProbeReport>,
    /// The service that has it.
    pub(super) service: Option<Arc<KnownService>>,
    /// What should be served.
    pub(super) decided: Decided,
    /// Sockets and processes, when the address is one of this host.
    pub(super) here: Option<Here>,
    /// CA certificates of the registered databases.
    pub(super) authorities: Arc<Authorities>,
    /// When certificates are due.
    pub(super) policy: Arc<ExpiryPolicy>,
}

impl Evidence {
    /// The endpoint in the configuration of its service.
    pub(super) fn configured(&self) -> Option<&Endpoint> {
        let (_, name) = self.record.service.as_ref()?;
        self.service.as_ref()?.description.endpoints.iter().find(|endpoint| endpoint.name == *name)
    }

    /// A file that the service's configuration names.
    pub(super) fn file(&self, path: &str) -> Option<&NamedFile> {
        self.service.as_ref()?.description.files.iter().find(|file| file.path == path)
    }

    /// The first certificate that was served.
    pub(super) fn leaf(&self) -> Option<&CertificateView> {
        self.served.first()?.as_ref()
    }

    /// The database that holds a certificate, and its nickname there, as far as they are known: of one that is bound, or in a file that the
    /// configuration names.
    pub(super) fn held(&self, fingerprint: &str) -> Option<(&str, Option<&str>)> {
        let awaited = match &self.decided {
            Decided::Certificates(all) => all.iter().find(|one| one.fingerprint_sha256 == fingerprint),
            Decided::Nothing | Decided::Missing(_) => None,
        };
        let bound = awaited.map(|one| (one.database.as_str(), Some(one.nickname.as_str())));
        bound.or_else(|| {
            let certificates = self.service.as_ref()?.description.files.iter().flat_map(|file| &file.certificates);
            let mut holders = certificates.filter(|one| one.fingerprint_sha256 == fingerprint).flat_map(|one| &one.holders);
            holders.next().map(|holder| (holder.database.as_str(), holder.nickname.as_deref()))
        })
    }

    /// Whether a connection was taken, as far as the end of the probe tells.
    pub(super) fn connected(&self) -> bool {
        use ProbeOutcome as Outcome;
        match self.report.outcome {
            Outcome::Unresolved | Outcome::Refused | Outcome::Unreachable | Outcome::NotAllowed => false,
            // Unless something was said or asked before.
            Outcome::TimedOut => !self.report.transcript.is_empty() || self.report.engine.is_some(),
            _ => true,
        }
    }
}

impl Watch {
    /// The service of an endpoint as it is now; nothing for one that was added by hand, or whose service was forgotten in this moment.
    pub(super) async fn service_of(&self, endpoint: &EndpointRecord) -> Option<Arc<KnownService>> {
        let (id, _) = endpoint.service.as_ref()?;
        let description = self.services.describe(id).await.ok()?;
        let bindings = self.deployments.bindings(id).await.ok()?;
        let tree = self.tree.clone();
        let known = blocking(move || {
            let reader = Account::named(&description.key_reader.user);
            let paths = || description.files.iter().filter(|file| file.owner.is_some() && !file.directory).map(|file| file.path.clone());
            let closed = reader.map(|reader| paths().filter_map(|path| Some((path.clone(), closed_to(&tree, &reader, &path)?))).collect());
            let changed = paths().filter_map(|path| Some((path.clone(), tree.changed_at(Path::new(&path)).ok()?))).collect();
            KnownService { bindings, closed: closed.unwrap_or_default(), changed, description }
        });
        known.await.ok().map(Arc::new)
    }

    /// Gathers what is known beside a probe. Sockets and processes are those of `since` or later.
    pub(super) async fn evidence(
        &self,
        record: EndpointRecord,
        (report, other): (ProbeReport, Option<ProbeReport>),
        service: Option<Arc<KnownService>>,
        policy: &Arc<ExpiryPolicy>,
        since: Instant,
    ) -> Evidence {
        let address: Option<SocketAddr> = report.address.as_deref().and_then(|address| address.parse().ok());
        let here = match address.filter(|address| sockets::is_own(address.ip())) {
            Some(address) => {
                let processes = service.as_ref().map(|known| known.description.service.processes.clone()).unwrap_or_default();
                self.here(address, processes, since).await
            }
            None => None,
        };
        Evidence {
            now: self.environment.clock.now(),
            served: report.chain.iter().map(|one| parse::certificate(&one.der.0).ok()).collect(),
            decided: self.decided(&record, service.as_deref()).await,
            authorities: self.authorities().await,
            policy: Arc::clone(policy),
            record,
            report,
            other,
            service,
            here,
        }
    }

    async fn decided(&self, record: &EndpointRecord, service: Option<&KnownService>) -> Decided {
        if let Some(expected) = &record.expected {
            return match self.deployments.expected(expected).await {
                Ok((fingerprint_sha256, view)) => Decided::Certificates(vec![Awaited {
                    fingerprint_sha256,
                    database: expected.database.clone(),
                    nickname: expected.nickname.clone(),
                    public_key: view.public_key.short(),
                    not_after: view.not_after,
                }]),
                Err(error) => Decided::Missing(error.problem().detail),
            };
        }
        let Some(((_, name), service)) = record.service.as_ref().zip(service) else { return Decided::Nothing };
        let bindings = service.bindings.iter().filter(|binding| binding.endpoints.is_empty() || binding.endpoints.contains(name));
        let mut found = Vec::new();
        let mut missing = None;
        for binding in bindings {
            match &binding.certificate {
                Some(bound) => found.push(Awaited {
                    fingerprint_sha256: bound.fingerprint_sha256.clone(),
                    database: binding.database.clone(),
                    nickname: binding.nickname.clone(),
                    public_key: bound.public_key.clone(),
                    not_after: bound.not_after,
                }),
                None => missing = binding.problem.clone(),
            }
        }
        match (found.is_empty(), missing) {
            (false, _) => Decided::Certificates(found),
            (true, Some(words)) => Decided::Missing(words),
            (true, None) => Decided::Nothing,
        }
    }
}

/// Why a user cannot open a file; nothing when it can, or when we cannot try.
fn closed_to(tree: &Tree, reader: &Account, path: &str) -> Option<String> {
    let tried = tree.open_as(reader, Path::new(path)).ok()?;
    tried.err().map(|error| error.to_string())
}
