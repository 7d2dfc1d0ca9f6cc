//! The glass box: the command lines that an operation stands for, those of NSS and OpenSSL, our `msgcert`, and the REST call. This is the only
//! place that makes them; the page, the REST interface and the audit log show them.
//!
//! An operation of the REST interface has a variant of [`Action`] by its `operationId`, or a reason in [`WITHOUT_LINES`]; a test holds the
//! OpenAPI document to that. Where the tools of NSS cannot do what the console does, the notes say so and the lines are the nearest ones.
//!
//! Secrets never stand in a line. `$CERT_PW_FILE` names a file that holds the database's password, `$NEW_PW_FILE` a new password,
//! `$FILE_PW_FILE` the password of a PKCS#12 file or key store, `$SOURCE_PW_FILE` that of another database, `$TOKEN_PIN_FILE` the PIN of a token,
//! `$TOKEN_PW_FILE` lines `token:password` for database and token as `certutil -f` takes them, `$USER_PW_FILE` the password of an account,
//! `$CHANNEL_SECRET_FILE` the secret of a channel of notices, `$WEBHOOK_URL_FILE` the address of a webhook; `$CERTDECK_TOKEN` holds an API token.

mod action;
mod certificate_maps;
mod certificates;
mod console;
mod content;
mod databases;
mod deployments;
mod endpoints;
mod inventory;
mod issuing;
mod keys;
mod keystores;
mod modules;
mod notices;
mod password;
mod probes;
mod renewal;
mod requests;
mod rest;
mod revocation;
mod services;
mod shell;
mod tokens;
mod validity;
mod writer;

use serde::{Deserialize, Serialize};

pub use action::{Action, CertificateFile, ConfiguredService, WITHOUT_LINES};
pub use inventory::{Inventory, NoInventory};
pub use shell::quoted;

use writer::Writer;

use crate::api::database::DatabaseFormat;

/// Most certificates that get lines of their own; what is more is told in a note.
const MOST: usize = 20;

/// One line, with a remark behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommandLine {
    /// What to type.
    pub command: String,
    /// A remark, without its `#`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remark: String,
}

/// What an operation stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommandLines {
    /// Lines for certutil and its relatives, in order.
    pub commands: Vec<CommandLine>,
    /// Where these do something else than the console, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Lines of our `msgcert`, where it has a subcommand for it.
    pub msgcert: Vec<CommandLine>,
    /// Lines for curl.
    pub rest: Vec<CommandLine>,
}

/// Where an operation happens.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Where the console is reached; `$CERTDECK_URL` when it is not known.
    pub origin: Option<&'a str>,
    /// Identifier of the database; empty for what is done to none.
    pub database: &'a str,
    /// Its directory.
    pub directory: &'a str,
    /// What the names of its files begin with, before `cert9.db`; mostly nothing.
    pub prefix: &'a str,
    /// Its format.
    pub format: DatabaseFormat,
    /// Its certificates.
    pub inventory: &'a dyn Inventory,
}

impl Site<'static> {
    /// No database at all, for what is done to the console.
    #[must_use]
    pub fn console() -> Self {
        Self { origin: None, database: "", directory: "", prefix: "", format: DatabaseFormat::Sql, inventory: &NoInventory }
    }
}

/// The lines for an operation.
#[must_use]
pub fn command_lines(site: &Site<'_>, action: &Action) -> CommandLines {
    let mut writer = Writer::new(site);
    let areas = [
        certificates::write,
        validity::write,
        keys::write,
        requests::write,
        issuing::write,
        renewal::write,
        revocation::write,
        keystores::write,
        databases::write,
        password::write,
        modules::write,
        tokens::write,
        services::write,
        deployments::write,
        probes::write,
        endpoints::write,
        notices::write,
        certificate_maps::write,
        console::write,
    ];
    // Each area writes its own operations and leaves the others alone.
    for area in areas {
        area(&mut writer, action);
    }
    if writer.lines.commands.is_empty() && writer.lines.notes.is_empty() {
        writer.note("The tools of NSS have nothing of the kind.");
    }
    writer.lines
}
