//! What the areas write their lines with.

use super::rest::Call;
use super::shell::Command;
use super::{CommandLine, CommandLines, Site, quoted};
use crate::api::certificate::CertificateEntry;
use crate::api::database::DatabaseFormat;
use crate::api::paths;

/// The option that names the file with the database's password.
pub(super) const PASSWORD: &str = "-f \"$CERT_PW_FILE\"";

/// What certutil wants before a nickname with a colon; our `msgcert` takes nicknames as they are.
const INTERNAL: &str = "NSS Certificate DB:";

/// The lines of one operation while they are written.
pub(super) struct Writer<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) lines: CommandLines,
}

impl<'a> Writer<'a> {
    pub(super) fn new(site: &'a Site<'a>) -> Self {
        Self { site, lines: CommandLines::default() }
    }

    /// `sql:DIRECTORY`, or `dbm:` before one of the old format, and behind it the prefix of the files: `-P PREFIX`.
    pub(super) fn place(&self) -> String {
        self.place_with("-P")
    }

    /// The same with another option for the prefix.
    pub(super) fn place_with(&self, option: &str) -> String {
        let format = match self.site.format {
            DatabaseFormat::Sql => "sql:",
            DatabaseFormat::Dbm => "dbm:",
        };
        place([format, self.site.directory].concat().as_str(), option, self.site.prefix)
    }

    /// A file of the database itself: `cert9.db` behind its prefix.
    pub(super) fn own_file(&self, file: &str) -> String {
        self.beside(&[self.site.prefix, file].concat())
    }

    /// A file in the directory of the database.
    pub(super) fn beside(&self, file: &str) -> String {
        [self.site.directory.trim_end_matches('/'), "/", file].concat()
    }

    /// `certutil -L -d sql:DIRECTORY`.
    pub(super) fn certutil(&self, letter: &str) -> Command {
        Command::new("certutil").raw(letter).raw("-d").raw(&self.place())
    }

    /// The same with the password of the database.
    pub(super) fn certutil_unlocked(&self, letter: &str) -> Command {
        self.certutil(letter).raw(PASSWORD)
    }

    pub(super) fn command(&mut self, command: Command) {
        self.lines.commands.push(command.line());
    }

    pub(super) fn remarked(&mut self, command: Command, remark: &str) {
        self.lines.commands.push(command.remarked(remark));
    }

    /// Says where the lines do something else than the console; once.
    pub(super) fn note(&mut self, words: impl Into<String>) {
        let words = words.into();
        if !self.lines.notes.contains(&words) {
            self.lines.notes.push(words);
        }
    }

    /// A line of our `msgcert` on this database.
    pub(super) fn msgcert(&mut self, subcommand: &str, options: &str, words: &[&str]) {
        let mut command = Command::new("certdeck msgcert --database").word(self.site.directory).raw(subcommand);
        command = command.raw("-W \"$CERT_PW_FILE\"").raw(options);
        for word in words {
            command = command.word(word.strip_prefix(INTERNAL).unwrap_or(word));
        }
        self.lines.msgcert.push(command.line());
    }

    pub(super) fn call(&mut self, call: &Call) {
        self.lines.rest.push(call.line(self.site));
    }

    pub(super) fn call_remarked(&mut self, call: &Call, remark: &str) {
        self.lines.rest.push(CommandLine { remark: remark.to_owned(), ..call.line(self.site) });
    }

    /// Path of something of this database: `certificates`.
    pub(super) fn path(&self, what: &str) -> String {
        paths::of_database(self.site.database, what)
    }

    /// Path of something of a certificate: `""` for itself, `/renewal`.
    pub(super) fn certificate_path(&self, fingerprint: &str, what: &str) -> String {
        [paths::certificate(self.site.database, fingerprint).as_str(), what].concat()
    }

    /// What certutil calls a certificate. Where it cannot tell it from another, a note says so.
    pub(super) fn nickname(&mut self, fingerprint: &str) -> String {
        let Some(entry) = self.site.inventory.certificate(fingerprint) else {
            self.note("The database does not have this certificate; the lines name it by its fingerprint, which certutil does not know.");
            return fingerprint.to_owned();
        };
        self.name_of(&entry)
    }

    /// The same of a certificate at hand.
    pub(super) fn name_of(&mut self, entry: &CertificateEntry) -> String {
        let Some(nickname) = &entry.nickname else {
            self.note("The certificate has no nickname, and certutil finds none without: give it one first.");
            return entry.fingerprint_sha256.clone();
        };
        let namesakes = self.site.inventory.namesakes(nickname);
        if namesakes > 1 {
            self.note(
                [
                    &namesakes.to_string(),
                    " certificates have the nickname ",
                    nickname,
                    ". certutil cannot be told which one is meant and takes the newest that is valid; the console goes by the fingerprint.",
                ]
                .concat(),
            );
        }
        for_certutil(nickname)
    }
}

/// What stands before a colon certutil takes for a token: the internal one has to be named.
pub(super) fn for_certutil(nickname: &str) -> String {
    if nickname.contains(':') { [INTERNAL, nickname].concat() } else { nickname.to_owned() }
}

/// A directory, and the option for a prefix where there is one.
pub(super) fn place(directory: &str, option: &str, prefix: &str) -> String {
    if prefix.is_empty() { quoted(directory) } else { [&quoted(directory), " ", option, " ", &quoted(prefix)].concat() }
}
