//! Lines that look at certificates and change them.

use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use super::{Action, CertificateFile, MOST, quoted};
use crate::api::paths;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListCertificates => {
            writer.command(writer.certutil("-L"));
            writer.msgcert("list-certs", "", &[]);
            writer.msgcert("list-certs", "-C", &[]);
            writer.call(&Call::get([&writer.path("certificates"), "?representation=parsed"].concat()));
        }
        Action::ShowCertificate { fingerprint } => show(writer, fingerprint),
        Action::ShowChain { fingerprint } => {
            let nickname = writer.nickname(fingerprint);
            writer.command(writer.certutil("-O").option("-n", &nickname));
            writer.call(&Call::get(writer.certificate_path(fingerprint, "/chain")));
        }
        Action::ImportCertificates { files } => import(writer, files),
        Action::ChangeCertificate { fingerprint, body } => {
            let nickname = writer.nickname(fingerprint);
            if let Some(trust) = &body.trust {
                writer.command(writer.certutil_unlocked("-M").option("-n", &nickname).option("-t", trust));
            }
            if let Some(new) = &body.nickname {
                writer.command(writer.certutil_unlocked("--rename").option("-n", &nickname).option("--new-n", new));
            }
            writer.call(&Call::new("PATCH", writer.certificate_path(fingerprint, "")).json(body));
        }
        Action::DeleteCertificate { fingerprint, with_key } => {
            delete(writer, fingerprint, *with_key);
            let what = if *with_key { "?with_key=true" } else { "" };
            writer.call(&Call::new("DELETE", writer.certificate_path(fingerprint, what)));
        }
        Action::DeleteCertificates { body } => {
            for fingerprint in body.fingerprints_sha256.iter().take(MOST) {
                delete(writer, fingerprint, body.with_keys);
            }
            more(writer, body.fingerprints_sha256.len());
            writer.call(&Call::post(paths::deletion(writer.site.database)).json(body));
        }
        Action::ChangeTrust { body } => {
            for change in body.changes.iter().take(MOST) {
                let nickname = writer.nickname(&change.fingerprint_sha256);
                let command = writer.certutil_unlocked("-M").option("-n", &nickname).option("-t", &change.trust);
                match &change.expected {
                    Some(before) => writer.remarked(command, &["was ", before].concat()),
                    None => writer.command(command),
                }
            }
            more(writer, body.changes.len());
            if body.changes.len() > 1 {
                writer.note("certutil changes one certificate after the other; the console changes all of them or none.");
            }
            writer.call(&Call::new("PATCH", paths::trust(writer.site.database)).json(body));
        }
        _ => {}
    }
}

fn show(writer: &mut Writer<'_>, fingerprint: &str) {
    let nickname = writer.nickname(fingerprint);
    let shown = || writer.certutil("-L").option("-n", &nickname);
    let (plain, pem) = (shown(), shown().raw("-a | openssl x509 -noout -text"));
    writer.command(plain);
    writer.remarked(pem, "as OpenSSL reads it");
    writer.remarked(writer.certutil("-O").option("-n", &nickname), "its chain");
    writer.msgcert("show-cert", "", &[&nickname]);
    writer.call(&Call::get(writer.certificate_path(fingerprint, "")));
    writer.call(&Call::get(writer.certificate_path(fingerprint, "/chain")));
}

fn delete(writer: &mut Writer<'_>, fingerprint: &str, with_key: bool) {
    let nickname = writer.nickname(fingerprint);
    let letter = if with_key { "-F" } else { "-D" };
    writer.command(writer.certutil_unlocked(letter).option("-n", &nickname));
    if !with_key {
        writer.msgcert("remove-cert", "", &[&nickname]);
    }
}

fn import(writer: &mut Writer<'_>, files: &[CertificateFile]) {
    let (mut arguments, mut items) = (String::new(), Vec::new());
    for (number, one) in files.iter().take(MOST).enumerate() {
        let trust = one.trust.as_deref().filter(|trust| !trust.is_empty()).unwrap_or(",,");
        writer.command(writer.certutil_unlocked("-A").option("-n", &one.nickname).option("-t", trust).option("-a -i", &one.file));
        match trust {
            ",," => writer.msgcert("add-cert", "", &[&one.nickname, &one.file]),
            "CT,," => writer.msgcert("add-cert", "-C", &[&one.nickname, &one.file]),
            _ => {}
        }
        let number = (number + 1).to_string();
        arguments
            .push_str(&[" --arg der", &number, " \"$(openssl x509 -in ", &quoted(&one.file), " -outform DER | base64 -w 0)\""].concat());
        arguments.push_str(&[" --arg name", &number, " ", &quoted(&one.nickname), " --arg trust", &number, " ", &quoted(trust)].concat());
        items.push(["{der: $der", &number, ", nickname: $name", &number, ", trust: $trust", &number, "}"].concat());
    }
    more(writer, files.len());
    if files.len() > 1 {
        writer.note("certutil reads one certificate from a file; each has to be in a file of its own.");
    }
    let filter = ["{certificates: [", &items.join(", "), "]}"].concat();
    let call = Call::post(writer.path("certificates")).header("Content-Type: application/json").then("-d @-").line(writer.site);
    writer.lines.rest.push(Command::new(&["jq -n", &arguments].concat()).word(&filter).raw("|").raw(&call.command).line());
}

/// Says how many the lines leave out.
fn more(writer: &mut Writer<'_>, all: usize) {
    if all > MOST {
        writer.note([&(all - MOST).to_string(), " more in the same way."].concat());
    }
}
