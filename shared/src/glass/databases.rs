//! Lines that make databases, join them, and list their modules.

use crate::api::paths;

use super::rest::{call, send_made};
use super::{Action, CommandLines, Site, line, line_with, quoted};

/// jq's argument for the database's password, which its filters trim.
const PASSWORD: &str = "--rawfile password \"$CERT_PW_FILE\"";

pub(super) fn lines(site: &Site<'_>, action: &Action, lines: &mut CommandLines) {
    let sql = site.sql();
    let directory = quoted(site.directory);
    match action {
        Action::Create => {
            lines.commands =
                vec![line(["mkdir -m 0700 ", &directory].concat()), line(["certutil -N -d ", &sql, " -f \"$CERT_PW_FILE\""].concat())];
            let command = ["certdeck msgcert --database ", &directory, " generate-certDB -W \"$CERT_PW_FILE\""];
            lines.msgcert = vec![line_with(command.concat(), "with a self-signed certificate Server-Cert in it")];
            let arguments = [PASSWORD, " --arg path ", &directory].concat();
            let filter = "{action: \"create\", $path, password: ($password | rtrimstr(\"\\n\"))}";
            lines.rest = vec![send_made(site, paths::DATABASES, &arguments, filter)];
        }
        Action::Convert => {
            lines.commands = vec![
                line_with(
                    ["certutil -K -d ", &sql, " -f \"$CERT_PW_FILE\""].concat(),
                    "opened as sql: with the password, NSS makes cert9.db and key4.db",
                ),
                line_with(["modutil -force -list -dbdir ", &sql].concat(), "and pkcs11.txt from secmod.db"),
            ];
            let path = paths::of_database(site.database, "conversion");
            lines.rest = vec![send_made(site, &path, PASSWORD, "{password: ($password | rtrimstr(\"\\n\"))}")];
        }
        Action::Merge { source, source_directory } => {
            let source_sql = quoted(&["sql:", source_directory].concat());
            lines.commands = vec![line_with(
                ["certutil --merge -d ", &sql, " -f \"$CERT_PW_FILE\" --source-dir ", &source_sql, " -@ \"$SOURCE_PW_FILE\""].concat(),
                "what both have stays as it is here",
            )];
            let path = paths::of_database(site.database, "merge");
            lines.rest = vec![
                send_made(site, &[&path, "?preview=true"].concat(), &["--arg source ", &quoted(source)].concat(), "{$source}"),
                send_made(site, &path, &["--arg source ", &quoted(source)].concat(), "{$source}"),
            ];
        }
        Action::AddModule { name, library } => {
            let (name, library) = (quoted(name), quoted(library));
            lines.commands = vec![line(["modutil -force -dbdir ", &sql, " -add ", &name, " -libfile ", &library].concat())];
            let arguments = ["--arg name ", &name, " --arg library ", &library].concat();
            lines.rest = vec![send_made(site, &paths::of_database(site.database, "modules"), &arguments, "{$name, $library}")];
        }
        _ => {
            lines.commands = vec![line(["modutil -force -list -dbdir ", &sql].concat())];
            lines.rest = vec![call(site, "GET", &paths::of_database(site.database, "modules"))];
        }
    }
}
