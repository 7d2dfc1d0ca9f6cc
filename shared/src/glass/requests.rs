//! Lines about requests and the answers of CAs.

use super::Action;
use super::content;
use super::keys::made_with_noise;
use super::rest::Call;
use super::shell::Command;
use super::writer::{Writer, for_certutil};
use crate::api::key::KeyAlgorithm;
use crate::api::keystore::OutsideKeyFormat;
use crate::api::paths;
use crate::api::request::NewRequest;
use crate::request::{self, RequestForm, Usages};

/// The file that a request goes to.
const REQUEST: &str = "request.pem";
/// The file that holds what the CA sent.
const REPLY: &str = "reply.pem";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListRequests => {
            writer.note("certutil does not remember requests; their keys are those that it lists as orphans.");
            writer.remarked(writer.certutil_unlocked("-K").raw("|| true"), "fails where there are none");
            writer.call(&Call::get(writer.path("requests")));
        }
        Action::ShowRequest { request } => {
            writer.note("certutil does not remember requests; what is in the file that was sent OpenSSL tells.");
            writer.command(Command::new("openssl req -in request.pem -noout -verify -text"));
            writer.call_remarked(
                &Call::get(paths::request(writer.site.database, request)),
                "also as text/plain, application/x-pem-file, application/pkcs10",
            );
        }
        Action::RequestForm { fingerprint } => {
            let nickname = writer.nickname(fingerprint);
            writer.remarked(writer.certutil("-L").option("-n", &nickname), "what to ask for again");
            writer.call(&Call::get(paths::request_form(writer.site.database, fingerprint)));
        }
        Action::CreateRequest { body } => create(writer, body),
        Action::ChangeRequest { request, body } => {
            writer.note("Note, CA and nickname of a request are the console's own: certutil knows no requests.");
            writer.call(&Call::new("PATCH", paths::request(writer.site.database, request)).json(body));
        }
        Action::DeleteRequest { request, key } => {
            writer.note("certutil does not remember requests: there is only a key to delete.");
            let path = paths::request(writer.site.database, request);
            if let Some(key) = key {
                writer.command(writer.certutil_unlocked("-F").option("-k", key));
                writer.call(&Call::new("DELETE", [&path, "?with_key=true"].concat()));
            } else {
                writer.call(&Call::new("DELETE", path));
            }
        }
        Action::ReplyToRequest { request, nickname } => {
            install(writer, nickname);
            let path = paths::reply(writer.site.database, request);
            writer.call(&Call::post([&path, "?preview=true"].concat()).text_of("content", REPLY));
            writer.call(&Call::post(path).text_of("content", REPLY));
        }
        Action::BundleWithOutsideKey { request, format } => bundle(writer, request, *format),
        Action::ReplyToAny { nickname } => {
            install(writer, nickname.as_deref().unwrap_or("NICKNAME"));
            writer.call(&Call::post(paths::replies(writer.site.database)).text_of("content", REPLY));
        }
        _ => {}
    }
}

fn install(writer: &mut Writer<'_>, nickname: &str) {
    writer.note("certutil reads the first certificate of the file only, finds its key by itself, and does not ask whether one is missing; issuers go in one by one.");
    writer.command(writer.certutil_unlocked("-A").option("-n", nickname).raw("-t ,,").option("-a -i", REPLY));
    writer.remarked(writer.certutil("-O").option("-n", &for_certutil(nickname)), "is the chain whole?");
    writer.msgcert("add-cert", "", &[nickname, REPLY]);
}

fn create(writer: &mut Writer<'_>, new: &NewRequest) {
    match new {
        NewRequest::Form { key_algorithm, form, .. } => {
            let (command, answers) = asked(writer, form, new, family(*key_algorithm));
            made_with_noise(writer, command, *key_algorithm, &answers);
            look(writer);
            if *key_algorithm == KeyAlgorithm::Rsa2048 {
                let subject = request::distinguished_name(form).to_rfc1485();
                writer.msgcert("request-cert", "-F ascii", &["-S", &subject, "-o", REQUEST]);
            }
        }
        NewRequest::ExistingKey { key_id, form, .. } => {
            let (command, answers) = asked(writer, form, new, "EC");
            writer.command(command.option("-k", key_id).answering(&answers));
            look(writer);
        }
        NewRequest::ToBeSigned { key_id, certification_request_info, .. } => {
            writer.note("The page has put the request together, and the key signs it as it is; certutil -R puts one together by itself.");
            let subject = request::unsigned_view(&certification_request_info.0).map(|view| view.subject.to_rfc1485()).unwrap_or_default();
            let command = writer.certutil_unlocked("-R").option("-s", &subject).option("-a -o", REQUEST);
            writer.command(command.option("-k", key_id));
            look(writer);
        }
        NewRequest::Ready { .. } => {
            writer.note("The request is signed already: NSS has nothing to do, and certutil would not remember it.");
            look(writer);
        }
    }
    let mut call = Call::post(writer.path("requests")).json(new);
    if let NewRequest::Form { form, .. } | NewRequest::ExistingKey { form, .. } = new
        && !form.challenge_password.is_empty()
    {
        writer.note("The line leaves the challenge password out, which would stand there for everyone.");
        call = call.without("/form/challenge_password");
    }
    writer.call(&match new {
        NewRequest::Ready { .. } => call.text_of("content", REQUEST),
        _ => call.then(&["| jq -r .pem > ", REQUEST].concat()),
    });
}

fn look(writer: &mut Writer<'_>) {
    writer.remarked(Command::new(&["openssl req -in ", REQUEST, " -noout -verify -text"].concat()), "look at it");
}

/// `RSA` or `EC`, as views name algorithms.
pub(super) fn family(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => "RSA",
        KeyAlgorithm::EcP256 | KeyAlgorithm::EcP384 | KeyAlgorithm::EcP521 => "EC",
        KeyAlgorithm::Ed25519 => "Ed25519",
    }
}

/// `certutil -R` with what the form says, without its key.
fn asked(writer: &mut Writer<'_>, form: &RequestForm, new: &NewRequest, family: &str) -> (Command, Vec<String>) {
    let tracking = new.tracking();
    let command = match tracking.nickname.split_once(':') {
        Some((token, _)) => writer.certutil("-R").option("-h", token).raw("-f \"$TOKEN_PW_FILE\""),
        None => writer.certutil_unlocked("-R"),
    };
    let names = request::names(&form.subject_alternative_names).unwrap_or_default();
    let options = content::extensions(writer, &names, &Usages::of(form, family));
    let subject = request::distinguished_name(form).to_rfc1485();
    if !form.challenge_password.is_empty() {
        writer.note("certutil writes no challenge password into a request.");
    }
    let command = command.option("-s", &subject).raw(options.text.trim_start()).maybe("-p", tracking.phone.as_deref());
    (command.option("-a -o", REQUEST), options.answers)
}

/// The key of a request that is kept outside the database, in `key.pem`, and the answer, in `reply.pem`.
fn bundle(writer: &mut Writer<'_>, request: &str, format: OutsideKeyFormat) {
    writer.note("The key is not in the database: NSS has nothing to do. The console takes certificate and chain from where it keeps them; OpenSSL reads them from the answer.");
    let (file, name) = match format {
        OutsideKeyFormat::Pkcs12 => ("bundle.p12", "pkcs12"),
        OutsideKeyFormat::Pem => ("bundle.pem", "pem"),
    };
    match format {
        OutsideKeyFormat::Pkcs12 => {
            let command = Command::new("openssl pkcs12 -export -inkey key.pem -in").word(REPLY).option("-out", file);
            // Of one file OpenSSL would read the two passwords from two lines.
            writer.command(command.raw("-passin file:\"$FILE_PW_FILE\" -passout fd:3 3< \"$FILE_PW_FILE\""));
        }
        OutsideKeyFormat::Pem => {
            writer.command(Command::new("openssl pkey -in key.pem -passin file:\"$FILE_PW_FILE\"").option("-out", file));
            writer.command(Command::new("openssl x509 -in").word(REPLY).option(">>", file));
        }
    }
    let body = serde_json::json!({ "format": name });
    let call = Call::post(paths::request_bundle(writer.site.database, request)).json(&body).octets_of("file", "key.pem");
    let call = call.secret("password", "FILE_PW_FILE");
    let call = if format == OutsideKeyFormat::Pkcs12 { call.secret("bundle_password", "FILE_PW_FILE") } else { call };
    writer.call(&call.into_file(file));
}
