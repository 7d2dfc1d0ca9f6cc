//! Lines about what is on the tokens of other modules.

use super::Action;
use super::keys::made_with_noise;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::key::NewKey;
use crate::api::paths;

/// The option that names the file with the passwords of database and token, each behind its name.
const PASSWORDS: &str = "-f \"$TOKEN_PW_FILE\"";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListTokens => {
            writer.command(writer.certutil("-U"));
            writer.call(&Call::get(writer.path("tokens")));
        }
        Action::ListTokenCertificates { token } => {
            writer.command(on_token(writer, "-L", token));
            writer.call(&Call::get(paths::of_token(writer.site.database, token, "certificates")));
        }
        Action::AddTokenCertificate { token, file, nickname, trust } => add(writer, token, file, nickname, trust.as_deref()),
        Action::ChangeTokenCertificate { token, fingerprint, nickname, body } => {
            writer.note("NSS keeps the trust of a certificate on a token in the database, beside a copy of the certificate; certutil -M on the token's own fails (SEC_ERROR_TOKEN_NOT_LOGGED_IN).");
            let name = without_token(nickname);
            if let Some(trust) = &body.trust {
                let named = on_token(writer, "-L", token).option("-n", nickname).raw("-a >").word("token-certificate.pem");
                writer.command(named);
                let command = writer.certutil_unlocked("-A").option("-n", name).option("-t", trust);
                writer.command(command.option("-a -i", "token-certificate.pem"));
            }
            if body.nickname.is_some() {
                writer.note("The lines do not change the nickname: certutil --rename is for the database.");
            }
            let path = paths::on_token(writer.site.database, token, "certificates", fingerprint);
            writer.call(&Call::new("PATCH", path).json(body));
        }
        Action::DeleteTokenCertificate { token, fingerprint, nickname, with_key } => {
            writer.command(on_token(writer, if *with_key { "-F" } else { "-D" }, token).option("-n", nickname));
            // With its key it goes by its whole name, as everywhere.
            let path = paths::on_token(writer.site.database, token, "certificates", fingerprint);
            let named = writer.certificate_path(nickname, "?with_key=true");
            writer.call(&Call::new("DELETE", if *with_key { named } else { path }));
        }
        Action::ListTokenKeys { token } => {
            writer.remarked(on_token(writer, "-K", token).raw("|| true"), "fails where there are none");
            writer.call(&Call::get(paths::of_token(writer.site.database, token, "keys")));
        }
        Action::CreateTokenKey { token, body } => {
            let command = on_token(writer, "-G", token);
            made_with_noise(writer, command, body.algorithm, &[]);
            if body.label.is_some() {
                writer.note("certutil -G gives a key no label.");
            }
            let new = NewKey { algorithm: body.algorithm, label: body.label.clone() };
            writer.call(&Call::post(paths::of_token(writer.site.database, token, "keys")).json(&new));
        }
        Action::DeleteTokenKey { token, key } => {
            writer.command(on_token(writer, "-F", token).option("-k", key));
            writer.call(&Call::new("DELETE", paths::on_token(writer.site.database, token, "keys", key)));
        }
        _ => {}
    }
}

fn on_token(writer: &Writer<'_>, letter: &str, token: &str) -> Command {
    writer.certutil(letter).option("-h", token).raw(PASSWORDS)
}

fn without_token(nickname: &str) -> &str {
    nickname.split_once(':').map_or(nickname, |(_, name)| name)
}

fn add(writer: &mut Writer<'_>, token: &str, file: &str, nickname: &str, trust: Option<&str>) {
    writer.note("certutil -A puts the certificate on the token and then fails with the trust, which belongs into the database (SEC_ERROR_TOKEN_NOT_LOGGED_IN).");
    let name = without_token(nickname);
    let command = on_token(writer, "-A", token).option("-n", name).raw("-t ,,").option("-a -i", file).raw("|| true");
    writer.remarked(command, "it is there nevertheless");
    if let Some(trust) = trust {
        let beside = writer.certutil_unlocked("-A").option("-n", name).option("-t", trust).option("-a -i", file);
        writer.remarked(beside, "NSS keeps the trust beside, in the database");
    }
    #[derive(serde::Serialize)]
    struct Body<'a> {
        nickname: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        trust: Option<&'a str>,
    }
    let path = paths::of_token(writer.site.database, token, "certificates");
    writer.call(&Call::post(path).json(&Body { nickname, trust }).text_of("content", file));
}
