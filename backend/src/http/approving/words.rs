//! What a call does to what, for whoever decides on it: said by the console, which looks names up, and not by whoever asks.

use std::sync::Arc;

use certdeck_shared::api::import::Import;
use certdeck_shared::detect;
use certdeck_shared::x509::{parse, revocation_list};
use serde_json::Value;

use crate::domain::console::Console;
use crate::domain::databases::{OpenDatabase, blocking};
use crate::domain::import;
use crate::host::clock::moment;
use crate::http::operations::Operation;

/// Characters of a name.
const LONGEST: usize = 120;

/// How many certificates are named.
const MOST_NAMED: usize = 10;

/// A call with what it names.
pub(super) struct Named<'a> {
    /// The console.
    pub console: &'a Arc<Console>,
    /// The line of the table.
    pub operation: &'a Operation,
    /// What the path names.
    pub parameters: Vec<(String, String)>,
    /// A body of JSON; null for any other.
    pub body: Value,
    /// The body as it came.
    pub bytes: &'a [u8],
}

impl Named<'_> {
    /// A parameter of the path.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What the call does, as the end of a sentence.
    pub(super) async fn words(&self) -> String {
        let what = self.what().await;
        match self.database() {
            Some(database) => format!("{what}, in the database {}", self.place(&database).await),
            None => what,
        }
    }

    async fn what(&self) -> String {
        let path = self.operation.path.strip_prefix("/api/v1/").unwrap_or(self.operation.path);
        let path = path.strip_prefix("databases/{database}/").unwrap_or(path);
        let certificate = self.certificate().await;
        match (self.operation.method, path) {
            ("POST", "certificates/{fingerprint}/pkcs12") => format!("export {certificate} with its private key as PKCS#12"),
            ("POST", "certificates/{fingerprint}/keystore") => format!("export {certificate} with its private key as a key store"),
            ("POST", "certificates/{fingerprint}/bundle") => format!("export {certificate} with its private key as PEM"),
            ("PATCH", "certificates/{fingerprint}") => format!("change name or trust of {certificate}"),
            ("DELETE", "certificates/{fingerprint}") => format!("delete {certificate}"),
            ("PATCH", "trust") => format!("change the trust of {}", self.listed("/changes").await),
            ("POST", "deletion") => format!("delete {}", self.listed("/fingerprints_sha256").await),
            ("PATCH", "tokens/{token}/certificates/{fingerprint}") => format!("change {certificate} on the token {}", self.named("token")),
            ("POST", "certificates") => format!("import {}", self.imported()),
            ("POST", "tokens/{token}/certificates") => format!("put {} on the token {}", self.imported(), self.named("token")),
            ("DELETE", "tokens/{token}/certificates/{fingerprint}") => {
                format!("delete {certificate} from the token {}", self.named("token"))
            }
            ("DELETE", "tokens/{token}/keys/{key}") => {
                format!("delete the private key {} of the token {}", self.named("key"), self.named("token"))
            }
            ("POST", "merge") => format!("take over the database {}", self.source().await),
            ("POST", "crls") => format!("import a revocation list of {}", self.list_issuer()),
            ("POST", "certificates/{fingerprint}/crl") => format!("make a revocation list of {certificate}"),
            ("POST", "certificates/{fingerprint}/revocations") => {
                format!("revoke {} of {certificate}", self.revoked().await)
            }
            ("POST", "snapshots/{snapshot}/restoration") => format!("put the database back to {}", self.snapshot().await),
            ("POST", "modules") => format!("add the PKCS#11 module {} ({})", self.given("/name"), self.given("/library")),
            ("PATCH", "modules/{module}") => format!("change the PKCS#11 module {}", self.named("module")),
            ("DELETE", "modules/{module}") => format!("remove the PKCS#11 module {}", self.named("module")),
            ("PUT", "password") => "change the password of the database".to_owned(),
            ("PUT", "tokens/{token}/password") => format!("change the password of the token {}", self.named("token")),
            ("PUT", "tokens/{token}/password-line") => format!("write the password of the token {} into a file", self.named("token")),
            ("POST", "users") => format!("make the account {} with {}", self.given("/user_name"), self.grants()),
            ("PATCH", "users/{user_name}") => format!("change the account {}: {}", self.named("user_name"), self.account_change()),
            ("DELETE", "users/{user_name}") => format!("remove the account {}", self.named("user_name")),
            ("POST", "api-tokens") => format!("make the API token {} with {}", self.given("/label"), self.grants()),
            ("POST", "api-tokens/{id}/rotation") => format!("give the API token {} a new secret", self.api_token().await),
            (method, path) => format!("call {method} {path}"),
        }
    }

    fn database(&self) -> Option<Arc<OpenDatabase>> {
        self.console.databases.by_id(self.parameter("database")?).ok()
    }

    async fn place(&self, database: &OpenDatabase) -> String {
        let record = self.console.store.databases().by_id(&database.id).await.ok().flatten();
        let label = record.map_or_else(|| database.id.clone(), |record| record.label);
        format!("{} ({})", quoted(&label), database.location.directory().display())
    }

    fn named(&self, parameter: &str) -> String {
        quoted(self.parameter(parameter).unwrap_or_default())
    }

    fn given(&self, pointer: &str) -> String {
        quoted(self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default())
    }

    fn grants(&self) -> String {
        let grants = self.body.pointer("/grants").cloned().unwrap_or_default();
        let grants: Option<certdeck_shared::api::role::Grants> = serde_json::from_value(grants).ok();
        grants.map_or_else(|| "no grants".to_owned(), |grants| format!("the grants {grants}"))
    }

    fn account_change(&self) -> String {
        let password = self.body.get("password").is_some_and(|password| !password.is_null()).then(|| "a new password".to_owned());
        let grants = self.body.get("grants").is_some_and(|grants| !grants.is_null()).then(|| self.grants());
        password.into_iter().chain(grants).collect::<Vec<_>>().join(" and ")
    }

    async fn api_token(&self) -> String {
        let id = self.parameter("id").unwrap_or_default();
        let found = self.console.store.api_tokens().by_id(id).await.ok().flatten();
        quoted(&found.map_or_else(|| id.to_owned(), |record| record.token.label))
    }

    async fn certificate(&self) -> String {
        match self.parameter("fingerprint") {
            Some(address) => self.nicknamed(address).await,
            None => String::new(),
        }
    }

    /// A certificate of the database by the name it has there.
    async fn nicknamed(&self, address: &str) -> String {
        let Some(database) = self.database() else { return quoted(address) };
        let listing = database.listing().await.ok();
        let found = listing.as_ref().and_then(|listing| listing.certificate(&address.to_ascii_lowercase()));
        match found.and_then(|certificate| certificate.nickname.as_deref()) {
            Some(nickname) => format!("the certificate {} ({})", quoted(nickname), address.chars().take(16).collect::<String>()),
            None => format!("the certificate {}", quoted(address)),
        }
    }

    /// The certificates that a body lists, by their names.
    async fn listed(&self, pointer: &str) -> String {
        let entries = self.body.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
        let mut names = Vec::new();
        for entry in entries.iter().take(MOST_NAMED) {
            let fingerprint = entry.as_str().or_else(|| entry.get("fingerprint_sha256")?.as_str()).unwrap_or_default();
            let name = self.nicknamed(fingerprint).await;
            let trust = entry.get("trust").and_then(Value::as_str).map(|trust| format!(" to {}", quoted(trust)));
            names.push(name + &trust.unwrap_or_default());
        }
        let more = entries.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        names.join(", ") + &more
    }

    /// The subjects of certificates that come in, with the trust they are to have.
    fn imported(&self) -> String {
        let read = match (&self.body, self.body.get("content").and_then(Value::as_str)) {
            (Value::Null, _) => import::from_file(self.bytes).ok(),
            (_, Some(content)) => import::from_file(content.as_bytes()).ok(),
            (value, None) => serde_json::from_value::<Import>(value.clone()).ok(),
        };
        let all = read.map(|import| import.certificates).unwrap_or_default();
        let own = self.body.get("trust").and_then(Value::as_str);
        let named = all.iter().take(MOST_NAMED).map(|item| {
            let subject =
                parse::certificate(&item.der.0).map_or_else(|_| "what is no certificate".to_owned(), |view| view.subject.to_string());
            let trust = item.trust.as_deref().or(own).map(|trust| format!(" with the trust {}", quoted(trust)));
            format!("{}{}", quoted(&subject), trust.unwrap_or_default())
        });
        let named: Vec<String> = named.collect();
        let more = all.len().saturating_sub(named.len());
        named.join(", ") + &(if more > 0 { format!(" and {more} more") } else { String::new() })
    }

    fn list_issuer(&self) -> String {
        let lists = detect::read(self.bytes).crls;
        let list = lists.first().and_then(|list| revocation_list::read(&list.der).ok());
        list.map_or_else(|| "nobody".to_owned(), |list| quoted(&list.issuer.to_string()))
    }

    /// The database that a merge takes from.
    async fn source(&self) -> String {
        let id = self.body.get("source").and_then(Value::as_str).unwrap_or_default();
        match self.console.databases.by_id(id) {
            Ok(database) => self.place(&database).await,
            Err(_) => quoted(id),
        }
    }

    async fn revoked(&self) -> String {
        match self.body.get("fingerprint_sha256").and_then(Value::as_str) {
            Some(fingerprint) => self.nicknamed(fingerprint).await,
            None => format!("the serial number {}", self.given("/serial_number")),
        }
    }

    async fn snapshot(&self) -> String {
        let id = self.parameter("snapshot").unwrap_or_default().to_owned();
        let Some(database) = self.database() else { return quoted(&id) };
        let (snapshots, wanted) = (database.snapshots.clone(), id.clone());
        let found = blocking(move || snapshots.find(&wanted)).await.ok().and_then(Result::ok);
        match found {
            Some((manifest, _)) => format!("the snapshot of {} (before: {})", moment(manifest.taken_at), manifest.reason),
            None => format!("the snapshot {}", quoted(&id)),
        }
    }
}

/// A name between quotation marks, without what could end or break the line.
fn quoted(name: &str) -> String {
    let name: String = name.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).take(LONGEST).collect();
    format!("“{name}”")
}
