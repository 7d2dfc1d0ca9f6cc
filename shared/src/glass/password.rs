//! Lines about the password of a database, the files that hold it, and unlocking.

use super::keys::modutil;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use super::{Action, quoted};
use crate::api::paths;

/// How servers call the internal token.
const INTERNAL: &str = "Internal (Software) Token";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ShowPassword => {
            writer.note("certutil looks at one password file at a time: it lists the keys, or the password is wrong.");
            let files = Command::new("ls -l")
                .word(&writer.beside("password.txt"))
                .word(&writer.beside("sslpassword.conf"))
                .raw("2> /dev/null || true");
            writer.command(files);
            writer.remarked(writer.certutil_unlocked("-K").raw("|| true"), "fails without keys, too: its words tell");
            writer.call(&Call::get(paths::password(writer.site.database)));
        }
        Action::ChangePassword => change(writer),
        Action::UnlockToken { token } => {
            writer.note("The tools of NSS have no login that lasts: each command reads the password from the file after -f.");
            let internal = is_internal(token);
            let command = if internal {
                writer.certutil_unlocked("-K")
            } else {
                writer.certutil("-K").option("-h", token).raw("-f \"$TOKEN_PW_FILE\"")
            };
            writer.remarked(command.raw("|| true"), "is the password right?");
            let file = if internal { "CERT_PW_FILE" } else { "TOKEN_PIN_FILE" };
            writer.call(&Call::post(paths::token_login(writer.site.database, token)).secret("password", file));
        }
        Action::LockToken { token } => {
            writer.note("The tools of NSS have no login that lasts: there is nothing to lock.");
            writer.call(&Call::new("DELETE", paths::token_login(writer.site.database, token)));
        }
        Action::ChangeTokenPassword { token } => {
            writer.command(modutil(writer, "-changepw").word(token).raw("-pwfile \"$TOKEN_PIN_FILE\" -newpwfile \"$NEW_PW_FILE\""));
            writer.note("modutil leaves the line in sslpassword.conf as it is.");
            line_of(writer, token, Some("NEW_PW_FILE"));
            let call = Call::new("PUT", paths::of_token(writer.site.database, token, "password"));
            writer.call(&call.secret("current_password", "TOKEN_PIN_FILE").secret("new_password", "NEW_PW_FILE"));
        }
        Action::WriteTokenPassword { token } => {
            writer.note("The tools of NSS do not write sslpassword.conf, and do not try the password.");
            let (file, path) = (pin_file(token), line_path(writer, token));
            line_of(writer, token, Some(file));
            writer.call(&Call::new("PUT", path).secret("password", file));
        }
        Action::RemoveTokenPassword { token } => {
            writer.note("The tools of NSS do not write sslpassword.conf.");
            line_of(writer, token, None);
            let path = line_path(writer, token);
            writer.call(&Call::new("DELETE", path));
        }
        _ => {}
    }
}

fn is_internal(token: &str) -> bool {
    token == "internal"
}

fn pin_file(token: &str) -> &'static str {
    if is_internal(token) { "CERT_PW_FILE" } else { "TOKEN_PIN_FILE" }
}

fn line_path(writer: &Writer<'_>, token: &str) -> String {
    paths::of_token(writer.site.database, token, "password-line")
}

/// Writes the line of a token in sslpassword.conf anew, or takes it away; owner and mode of the file stay. The shell reads the password from
/// its file, so that it stands in no command.
fn line_of(writer: &mut Writer<'_>, token: &str, password_file: Option<&str>) {
    let name = if is_internal(token) { INTERNAL } else { token };
    let file = quoted(&writer.beside("sslpassword.conf"));
    let start = quoted(&[name, ":"].concat());
    let others = ["awk -v start=", &start, " 'index($0, start) != 1' ", &file, " 2> /dev/null"].concat();
    let own = password_file.map(|variable| ["; printf '%s' ", &start, "; head -n 1 \"$", variable, "\""].concat()).unwrap_or_default();
    let line = ["(umask 077; lines=$(", &others, own.as_str(), "); printf '%s\\n' \"$lines\" > ", &file, ")"].concat();
    writer.command(Command::new(&line));
}

fn change(writer: &mut Writer<'_>) {
    writer.command(writer.certutil("-W").raw("-f \"$CERT_PW_FILE\" -@ \"$NEW_PW_FILE\""));
    writer.note("certutil changes the database only; each password file has to follow, and between the two servers do not start. The console changes all of them or none.");
    let plain = quoted(&writer.beside("password.txt"));
    writer.command(Command::new(&["if [ -e ", &plain, " ]; then cat \"$NEW_PW_FILE\" > ", &plain, "; fi"].concat()));
    let servers = quoted(&writer.beside("sslpassword.conf"));
    let before = writer.lines.commands.len();
    line_of(writer, "internal", Some("NEW_PW_FILE"));
    if let Some(line) = writer.lines.commands.get_mut(before) {
        line.command = ["if [ -e ", &servers, " ]; then ", &line.command, "; fi"].concat();
    }
    let call = Call::new("PUT", paths::password(writer.site.database));
    writer.call(&call.secret("current_password", "CERT_PW_FILE").secret("new_password", "NEW_PW_FILE"));
}
