//! Lines that look at certificates and change them.

use crate::api::certificate::{CertificateChange, CertificateDeletion, TrustChange, TrustChanges};
use crate::api::paths;

use super::rest::{call, send, send_made};
use super::{Action, CommandLines, Site, line, line_with, msgcert, quoted};

const PASSWORD: &str = "-f \"$CERT_PW_FILE\"";

pub(super) fn look(site: &Site<'_>, action: &Action, lines: &mut CommandLines) {
    let sql = site.sql();
    match action {
        Action::Show { certificate } => {
            let (nickname, path) = (quoted(&certificate.nickname), paths::certificate(site.database, &certificate.fingerprint_sha256));
            lines.commands = vec![
                line(["certutil -L -d ", &sql, " -n ", &nickname].concat()),
                line_with(["certutil -L -d ", &sql, " -n ", &nickname, " -a | openssl x509 -noout -text"].concat(), "as OpenSSL reads it"),
                line_with(["certutil -O -d ", &sql, " -n ", &nickname].concat(), "its chain"),
            ];
            lines.msgcert = vec![msgcert(site, "show-cert", &[&certificate.nickname])];
            lines.rest = vec![call(site, "GET", &path), call(site, "GET", &[&path, "/chain"].concat())];
        }
        Action::Validate { certificate, usage } => {
            let letter = usage.to_string();
            lines.commands =
                vec![line(["certutil -V -d ", &sql, " -n ", &quoted(&certificate.nickname), " -u ", &letter, " -e ", PASSWORD].concat())];
            let path =
                [&paths::certificate(site.database, &certificate.fingerprint_sha256), "/validation?usage=", letter.as_str()].concat();
            lines.rest = vec![call(site, "GET", &path)];
        }
        _ => {
            lines.commands = vec![line(["certutil -L -d ", &sql].concat())];
            lines.msgcert = vec![msgcert(site, "list-certs", &[]), msgcert(site, "list-certs", &["-C"])];
            lines.rest = vec![call(site, "GET", &[&paths::of_database(site.database, "certificates"), "?representation=parsed"].concat())];
        }
    }
}

pub(super) fn change(site: &Site<'_>, action: &Action, lines: &mut CommandLines) {
    let sql = site.sql();
    match action {
        Action::Trust { changes } => {
            let each = changes.iter().map(|step| {
                let command = ["certutil -M -d ", &sql, " -n ", &quoted(&step.nickname), " -t ", &quoted(&step.trust), " ", PASSWORD];
                line_with(command.concat(), &["was ", &step.before].concat())
            });
            lines.commands = each.collect();
            let changes = changes.iter().map(|step| TrustChange {
                fingerprint_sha256: step.fingerprint_sha256.clone(),
                expected: Some(step.before.clone()),
                trust: step.trust.clone(),
            });
            lines.rest = vec![send(site, "PATCH", &paths::trust(site.database), &TrustChanges { changes: changes.collect() })];
        }
        Action::Rename { certificate, new_nickname } => {
            let names = [quoted(&certificate.nickname), " --new-n ".to_owned(), quoted(new_nickname)].concat();
            lines.commands = vec![line(["certutil --rename -d ", &sql, " -n ", &names, " ", PASSWORD].concat())];
            let change = CertificateChange { nickname: Some(new_nickname.clone()), trust: None };
            lines.rest = vec![send(site, "PATCH", &paths::certificate(site.database, &certificate.fingerprint_sha256), &change)];
        }
        Action::Delete { certificates, with_keys } => {
            let letter = if *with_keys { "-F" } else { "-D" };
            for one in certificates {
                lines.commands.push(line(["certutil ", letter, " -d ", &sql, " -n ", &quoted(&one.nickname), " ", PASSWORD].concat()));
                if !with_keys {
                    lines.msgcert.push(msgcert(site, "remove-cert", &[&one.nickname]));
                }
            }
            let deletion = CertificateDeletion {
                fingerprints_sha256: certificates.iter().map(|one| one.fingerprint_sha256.clone()).collect(),
                with_keys: *with_keys,
            };
            lines.rest = vec![send(site, "POST", &paths::deletion(site.database), &deletion)];
        }
        Action::Import { file, nickname, trust } => {
            let (name, file_word) = (quoted(nickname), quoted(file));
            let flags = quoted(trust);
            lines.commands =
                vec![line(["certutil -A -d ", &sql, " -n ", &name, " -t ", &flags, " -a -i ", &file_word, " ", PASSWORD].concat())];
            if trust == ",," {
                lines.msgcert = vec![msgcert(site, "add-cert", &[nickname, file])];
            } else if trust == "CT,," {
                lines.msgcert = vec![msgcert(site, "add-cert", &["-C", nickname, file])];
            }
            let arguments = [
                "--arg der \"$(openssl x509 -in ",
                &file_word,
                " -outform DER | base64 -w 0)\" --arg nickname ",
                &name,
                " --arg trust ",
                &flags,
            ];
            let path = paths::of_database(site.database, "certificates");
            lines.rest = vec![send_made(site, &path, &arguments.concat(), "{certificates: [{$der, $nickname, $trust}]}")];
        }
        _ => {}
    }
}
