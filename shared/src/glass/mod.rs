//! The glass box: the command lines that an operation stands for, those of NSS and OpenSSL, our `msgcert`, and the REST call. The page and
//! the server make them here, from the same description of the operation.
//!
//! Secrets never stand in a line. `$CERT_PW_FILE` names a file that holds the database's password, `$FILE_PW_FILE` one that holds the
//! password of a PKCS#12 file, `$NEW_PW_FILE` a new password, `$CERTDECK_TOKEN` holds an API token.

mod action;
mod certificates;
mod databases;
mod keys;
mod rest;
mod shell;

use serde::{Deserialize, Serialize};

pub use action::{Action, NamedCertificate, TrustStep};
pub use rest::curl;
pub use shell::quoted;

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
    /// Lines of our `msgcert`, where it has a subcommand for it.
    pub msgcert: Vec<CommandLine>,
    /// Lines for curl.
    pub rest: Vec<CommandLine>,
}

/// Where an operation happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site<'a> {
    /// Where the console is reached; `$CERTDECK_URL` when it is not known.
    pub origin: Option<&'a str>,
    /// Identifier of the database.
    pub database: &'a str,
    /// Its directory.
    pub directory: &'a str,
}

/// The lines for an operation on a database.
#[must_use]
pub fn command_lines(site: &Site<'_>, action: &Action) -> CommandLines {
    let mut lines = CommandLines::default();
    match action {
        Action::List | Action::Show { .. } | Action::Validate { .. } => certificates::look(site, action, &mut lines),
        Action::Trust { .. } | Action::Rename { .. } | Action::Delete { .. } | Action::Import { .. } => {
            certificates::change(site, action, &mut lines);
        }
        Action::Create | Action::Convert | Action::Merge { .. } | Action::Modules | Action::AddModule { .. } => {
            databases::lines(site, action, &mut lines);
        }
        Action::Keys
        | Action::GenerateKey { .. }
        | Action::Request { .. }
        | Action::SelfSigned { .. }
        | Action::ExportPkcs12 { .. }
        | Action::ImportPkcs12 { .. } => keys::lines(site, action, &mut lines),
    }
    lines
}

impl Site<'_> {
    /// `sql:DIRECTORY`, quoted.
    fn sql(&self) -> String {
        quoted(&["sql:", self.directory].concat())
    }
}

/// A line without a remark.
fn line(command: impl Into<String>) -> CommandLine {
    CommandLine { command: command.into(), remark: String::new() }
}

/// A line with a remark.
fn line_with(command: impl Into<String>, remark: &str) -> CommandLine {
    CommandLine { command: command.into(), remark: remark.to_owned() }
}

/// A line of our `msgcert` on this database.
fn msgcert(site: &Site<'_>, subcommand: &str, rest: &[&str]) -> CommandLine {
    let mut words = vec!["certdeck msgcert --database".to_owned(), quoted(site.directory), subcommand.to_owned()];
    words.push("-W \"$CERT_PW_FILE\"".to_owned());
    words.extend(rest.iter().map(|word| quoted(word)));
    line(words.join(" "))
}
