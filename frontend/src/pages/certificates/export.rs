//! Exporting a certificate with its chain and, for who enters the password again, its private key.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::keystore::{BundleExport, BundleParts, KeystoreExport, KeystoreFormat, Pkcs12Export, Pkcs12Strength};

use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, checkbox};
use crate::components::form::submission::Submission;
use crate::ids;
use crate::state::row::Row;
use crate::state::{App, browser};
use crate::transport::client;

/// What can be made: value, words, ending of the file, whether a key is in it, whether it has a password of its own.
const KINDS: [(&str, &str, &str, bool, bool); 9] = [
    ("pkcs12", "PKCS#12, AES-256: key, certificate, chain", "p12", true, true),
    ("legacy", "PKCS#12 for old readers, 3DES and RC2-40", "p12", true, true),
    ("java", "Key store for Tomcat, PKCS#12", "p12", true, true),
    ("jks", "Key store for Tomcat, JKS", "jks", true, true),
    ("leaf-and-chain", "PEM: certificate and chain, as servers send it", "chain.pem", false, false),
    ("full-chain", "PEM: certificate and chain up to the root", "full-chain.pem", false, false),
    ("chain", "PEM: issuers only, a file of CAs", "ca.pem", false, false),
    ("key", "PEM: private key", "key.pem", true, false),
    ("all", "PEM: key, certificate and chain in one", "all.pem", true, false),
];

fn kind_of(name: &str) -> (&'static str, &'static str, &'static str, bool, bool) {
    KINDS.into_iter().find(|kind| kind.0 == name).unwrap_or(KINDS[4])
}

#[derive(Clone, Copy)]
struct Form {
    what: RwSignal<String>,
    database_password: RwSignal<String>,
    file_password: RwSignal<String>,
    alias: RwSignal<String>,
    weak: RwSignal<bool>,
    incomplete: RwSignal<bool>,
}

/// What is to be made, without its passwords.
enum Export {
    Pkcs12(Pkcs12Export),
    Keystore(KeystoreExport),
    Bundle(BundleExport),
}

impl Form {
    /// What is to be made. The passwords go in where it is sent, and nowhere else.
    fn wanted(self) -> Export {
        let (what, accept_weak_password) = (self.what.get(), self.weak.get());
        match what.as_str() {
            "pkcs12" | "legacy" => {
                let strength = if what == "legacy" { Pkcs12Strength::Legacy } else { Pkcs12Strength::Modern };
                Export::Pkcs12(Pkcs12Export { strength, accept_weak_password, ..Pkcs12Export::default() })
            }
            "java" | "jks" => {
                let format = if what == "jks" { KeystoreFormat::Jks } else { KeystoreFormat::Pkcs12 };
                let alias = Some(self.alias.get()).filter(|text| !text.is_empty());
                Export::Keystore(KeystoreExport { format, alias, accept_weak_password, ..KeystoreExport::default() })
            }
            _ => {
                let parts = match what.as_str() {
                    "full-chain" => BundleParts::FullChain,
                    "chain" => BundleParts::Chain,
                    "key" => BundleParts::Key,
                    "all" => BundleParts::All,
                    _ => BundleParts::LeafAndChain,
                };
                let sealed = parts.has_key() && self.file_password.with(|password| !password.is_empty());
                let key_password = sealed.then(String::new);
                let accept_incomplete_chain = self.incomplete.get();
                Export::Bundle(BundleExport {
                    parts,
                    key_password,
                    accept_weak_password,
                    accept_incomplete_chain,
                    ..BundleExport::default()
                })
            }
        }
    }

    fn stands_for(self, fingerprint: String) -> Action {
        match self.wanted() {
            Export::Pkcs12(body) => Action::ExportPkcs12 { fingerprint, body },
            Export::Keystore(body) => Action::ExportKeystore { fingerprint, body },
            Export::Bundle(body) => Action::ExportBundle { fingerprint, body },
        }
    }

    async fn send(self, db: &str, fingerprint: &str) -> Result<Vec<u8>, ClientError> {
        let (database_password, file_password) = (self.database_password.get_untracked(), self.file_password.get_untracked());
        match untrack(|| self.wanted()) {
            Export::Pkcs12(body) => {
                client().export_pkcs12(db, fingerprint, &Pkcs12Export { database_password, file_password, ..body }).await
            }
            Export::Keystore(body) => {
                let export = KeystoreExport { database_password, store_password: file_password, ..body };
                client().export_keystore(db, fingerprint, &export).await
            }
            Export::Bundle(body) => {
                let database_password = body.parts.has_key().then_some(database_password);
                let key_password = body.key_password.is_some().then_some(file_password);
                client().export_bundle(db, fingerprint, &BundleExport { database_password, key_password, ..body }).await
            }
        }
    }
}

/// The form above the certificate; `close` puts it away.
pub fn export_form(app: App, row: &Arc<Row>, close: Callback<()>) -> View {
    let has_key = row.entry.key_id.is_some();
    let first = if has_key { KINDS[0].0 } else { KINDS[4].0 };
    let form = Form {
        what: RwSignal::new(first.to_owned()),
        database_password: RwSignal::new(String::new()),
        file_password: RwSignal::new(String::new()),
        alias: RwSignal::new(String::new()),
        weak: RwSignal::new(false),
        incomplete: RwSignal::new(false),
    };
    let sending = Submission::new();
    let (name, fingerprint) = (row.name.clone(), row.entry.fingerprint_sha256.clone());
    let shown = fingerprint.clone();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(db) = app.selected.get_untracked() else { return };
        let (name, fingerprint) = (name.clone(), fingerprint.clone());
        sending.run(async move { form.send(&db, &fingerprint).await }, move |content| {
            let ending = kind_of(&form.what.get_untracked()).2;
            browser::download(&browser::file_name(&name, ending), "application/octet-stream", &content);
            app.announce("Exported");
            close.run(());
        });
    };
    let options: Vec<(&'static str, &'static str)> = KINDS.iter().filter(|kind| has_key || !kind.3).map(|kind| (kind.0, kind.1)).collect();
    let kind = Memo::new(move |_| kind_of(&form.what.get()));
    let faults = sending.faults;
    let fields = move || {
        let (what, _, _, key, sealed) = kind.get();
        let mut fields = Vec::new();
        if what == "legacy" {
            fields.push(callout(
                "warn",
                "RC2 with 40 bits is broken, and 3DES and SHA-1 are old. Only for a reader that takes nothing else.",
            ));
        } else if what == "jks" {
            fields.push(callout("warn", "JKS protects the key weakly. Java since version 9 prefers PKCS#12."));
        }
        if key {
            fields.push(
                Field::password(ids::EXPORT_DATABASE_PASSWORD, "Password of the database", form.database_password, "off")
                    .hint("Entered again: a key leaves for nothing less, and the log says so.")
                    .faults(faults, "/database_password")
                    .view(),
            );
            let (label, pointer, hint) = match what {
                "pkcs12" | "legacy" => ("Password for the file", "/file_password", "Whoever imports it is asked for it."),
                "java" | "jks" => ("Password for store and key", "/store_password", "Tomcat takes one for both."),
                _ => ("Password for the key", "/key_password", "Empty: anyone who has the file can use the key."),
            };
            fields.push(
                Field::password(ids::EXPORT_FILE_PASSWORD, label, form.file_password, "new-password")
                    .hint(hint)
                    .faults(faults, pointer)
                    .view(),
            );
            if matches!(what, "java" | "jks") {
                fields.push(Field::text(ids::EXPORT_ALIAS, "Alias", form.alias).placeholder("tomcat").faults(faults, "/alias").view());
            }
            if sealed || what != "key" {
                fields.push(checkbox("Accept a weak password", "", form.weak));
            }
        }
        if !sealed && what != "key" {
            fields.push(checkbox("Accept a chain that breaks off", "", form.incomplete));
        }
        fields
    };
    let ready = Signal::derive(move || {
        let (_, _, _, key, _) = kind.get();
        // A database may have no password.
        !key || form.database_password.with(|password| !password.is_empty())
            || app.database().is_some_and(|database| !database.token.login_required)
    });
    browser::focus_soon(ids::EXPORT_WHAT);
    view! {
        <form class="asking" on:submit=submit on:keydown=move |event| if event.key() == "Escape" { close.run(()) }>
            <div class="form">
                {Field::select(ids::EXPORT_WHAT, "Export", form.what, &options).view()}
                {fields}
                {faults.callout()}
                <div class="row wrap">{sending.button("export", "Export", ready)}<button class="btn plain" type="button" on:click=move |_| close.run(())>"Cancel"</button></div>
                {glass_of_form(move || form.stands_for(shown.clone()))}
            </div>
        </form>
    }
}
