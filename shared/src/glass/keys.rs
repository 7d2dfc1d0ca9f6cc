//! Lines that make keys, requests and certificates around them, and let keys in and out.

use crate::api::issue::{CertificateKey, NewSelfSigned, Validity};
use crate::api::key::{KeyAlgorithm, NewKey};
use crate::api::paths;
use crate::api::request::{NewRequest, Tracking};
use crate::request::RequestForm;

use super::rest::{call, send, send_made};
use super::{Action, CommandLine, CommandLines, Site, line, line_with, msgcert, quoted};

pub(super) fn lines(site: &Site<'_>, action: &Action, lines: &mut CommandLines) {
    let sql = site.sql();
    match action {
        Action::GenerateKey { algorithm } => {
            lines.commands = made_with_noise(*algorithm, ["certutil -G -d ", &sql, " -f \"$CERT_PW_FILE\""].concat());
            let new = NewKey { algorithm: *algorithm, label: None };
            lines.rest = vec![send(site, "POST", &paths::of_database(site.database, "keys"), &new)];
        }
        Action::Request { subject, dns_names, algorithm, nickname, file } => {
            let file_word = quoted(file);
            let command =
                ["certutil -R -d ", &sql, " -f \"$CERT_PW_FILE\" -s ", &quoted(subject), &names(dns_names), " -a -o ", &file_word];
            lines.commands = made_with_noise(*algorithm, command.concat());
            lines.commands.push(line_with(["openssl req -in ", &file_word, " -noout -verify -text"].concat(), "look at it"));
            if *algorithm == KeyAlgorithm::Rsa2048 {
                lines.msgcert = vec![msgcert(site, "request-cert", &["-S", subject, "-F", "ascii", "-o", file])];
            }
            let tracking = Tracking { accept: accepted(dns_names), ..Tracking::named(nickname.clone()) };
            let new = NewRequest::Form { key_algorithm: *algorithm, form: form(subject, dns_names), tracking };
            let mut sent = send(site, "POST", &paths::of_database(site.database, "requests"), &new);
            sent.command = [&sent.command, " | jq -r .pem > ", file_word.as_str()].concat();
            lines.rest = vec![sent];
        }
        Action::SelfSigned { nickname, subject, dns_names, algorithm, months } => {
            let (name, subject_word, months_word) = (quoted(nickname), quoted(subject), months.to_string());
            let command = [
                "certutil -S -x -d ",
                &sql,
                " -f \"$CERT_PW_FILE\" -n ",
                &name,
                " -s ",
                &subject_word,
                " -t P,, -v ",
                &months_word,
                &names(dns_names),
                " --keyUsage digitalSignature,critical --extKeyUsage serverAuth",
            ];
            lines.commands = made_with_noise(*algorithm, command.concat());
            if *algorithm == KeyAlgorithm::Rsa2048 && *months == 3 {
                lines.msgcert = vec![msgcert(site, "add-selfsign-cert", &["-S", subject, nickname])];
            }
            let new = NewSelfSigned {
                nickname: nickname.clone(),
                form: form(subject, dns_names),
                key: CertificateKey::Algorithm(*algorithm),
                validity: Validity { months: Some(*months), ..Validity::default() },
                ..NewSelfSigned::default()
            };
            lines.rest = vec![send(site, "POST", &paths::of_database(site.database, "self-signed"), &new)];
        }
        Action::ExportPkcs12 { certificate, file } => {
            let file_word = quoted(file);
            let names = [" -n ", &quoted(&certificate.nickname), " -o ", &file_word].concat();
            lines.commands = vec![
                line(["pk12util -d ", &sql, &names, " -k \"$CERT_PW_FILE\" -w \"$FILE_PW_FILE\""].concat()),
                line_with(["openssl pkcs12 -in ", &file_word, " -passin file:\"$FILE_PW_FILE\" -info -noout"].concat(), "look into it"),
            ];
            let mut shown = msgcert(site, "export-cert", &["-o", file, &certificate.nickname]);
            shown.command = shown.command.replace("export-cert ", "export-cert --file-password-file \"$FILE_PW_FILE\" ");
            lines.msgcert = vec![shown];
            let path = [&paths::certificate(site.database, &certificate.fingerprint_sha256), "/pkcs12"].concat();
            let arguments = "--rawfile password \"$CERT_PW_FILE\" --rawfile file \"$FILE_PW_FILE\"";
            let filter = "{database_password: ($password | rtrimstr(\"\\n\")), file_password: ($file | rtrimstr(\"\\n\"))}";
            let mut sent = send_made(site, &path, arguments, filter);
            sent.command = [&sent.command, " -o ", file_word.as_str()].concat();
            lines.rest = vec![sent];
        }
        Action::ImportPkcs12 { file } => {
            let file_word = quoted(file);
            lines.commands = vec![line(["pk12util -d ", &sql, " -i ", &file_word, " -k \"$CERT_PW_FILE\" -w \"$FILE_PW_FILE\""].concat())];
            let mut shown = msgcert(site, "import-cert", &[file]);
            shown.command = shown.command.replace("import-cert ", "import-cert --file-password-file \"$FILE_PW_FILE\" ");
            lines.msgcert = vec![shown];
            let arguments = ["--arg file \"$(base64 -w 0 ", &file_word, ")\" --rawfile password \"$FILE_PW_FILE\""].concat();
            let filter = "{$file, password: ($password | rtrimstr(\"\\n\"))}";
            lines.rest = vec![send_made(site, &paths::of_database(site.database, "pkcs12"), &arguments, filter)];
        }
        _ => {
            lines.commands = vec![line(["certutil -K -d ", &sql, " -f \"$CERT_PW_FILE\""].concat())];
            lines.rest = vec![call(site, "GET", &paths::of_database(site.database, "keys"))];
        }
    }
}

/// certutil's key options; without noise from a file it asks for strokes on the keyboard.
fn made_with_noise(algorithm: KeyAlgorithm, command: String) -> Vec<CommandLine> {
    let options = match algorithm {
        KeyAlgorithm::Rsa2048 => "-k rsa -g 2048",
        KeyAlgorithm::Rsa3072 => "-k rsa -g 3072",
        KeyAlgorithm::Rsa4096 => "-k rsa -g 4096",
        KeyAlgorithm::EcP256 => "-k ec -q nistp256",
        KeyAlgorithm::EcP384 => "-k ec -q nistp384",
        KeyAlgorithm::EcP521 => "-k ec -q nistp521",
        // certutil has it since it makes such keys at all; older ones answer that `ed` is no kind of key.
        KeyAlgorithm::Ed25519 => "-k ed -q ed25519",
    };
    vec![
        line_with("head -c 64 /dev/urandom > noise", "certutil asks for keyboard strokes otherwise"),
        line([command.as_str(), " ", options, " -z noise"].concat()),
    ]
}

fn names(dns_names: &[String]) -> String {
    if dns_names.is_empty() { String::new() } else { [" -8 ", &quoted(&dns_names.join(","))].concat() }
}

fn form(subject: &str, dns_names: &[String]) -> RequestForm {
    RequestForm { subject: subject.to_owned(), subject_alternative_names: dns_names.join("\n"), ..RequestForm::default() }
}

/// What certutil does without asking, a request for a server without alternative names, has to be wanted here.
fn accepted(dns_names: &[String]) -> Vec<String> {
    if dns_names.is_empty() { vec!["no-alternative-names".to_owned()] } else { Vec::new() }
}
