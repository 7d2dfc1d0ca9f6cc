//! Lines about revocation lists.

use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use super::{Action, quoted};
use crate::api::paths;
use crate::api::revocation::{NewRevocation, NewRevocationList, NextUpdate, RevocationReason};
use crate::issue::SerialNumber;
use crate::x509::parse;

/// The file with the script for crlutil.
const SCRIPT: &str = "crl-script";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ShowRevocationList { fingerprint } => {
            let authority = writer.nickname(fingerprint);
            writer.command(crlutil(writer, "-L").option("-n", &authority));
            let call = Call::get(paths::revocation_list(writer.site.database, fingerprint));
            writer.call(&call.header("Accept: application/pkix-crl").then("| openssl crl -inform DER -noout -text"));
        }
        Action::ListRevocations { fingerprint } => {
            let authority = writer.nickname(fingerprint);
            writer.command(crlutil(writer, "-L").option("-n", &authority));
            writer.call(&Call::get(paths::revocations(writer.site.database, fingerprint)));
        }
        Action::CreateRevocationList { fingerprint, body } => create(writer, fingerprint, body),
        Action::RevokeCertificate { fingerprint, body } => revoke(writer, fingerprint, body),
        Action::ListRevocationLists { serial_number } => {
            writer.command(crlutil(writer, "-L"));
            let asked = serial_number
                .as_deref()
                .filter(|serial| !serial.is_empty())
                .map(|serial| ["?serial_number=", &paths::segment(serial)].concat());
            writer.call(&Call::get([paths::stored_lists(writer.site.database), asked.unwrap_or_default()].concat()));
        }
        Action::ShowStoredList { list } => {
            let call = Call::get(paths::stored_list(writer.site.database, list));
            writer.call(&call.header("Accept: application/pkix-crl").then("| openssl crl -inform DER -noout -text"));
        }
        Action::ImportRevocationList { unverified } => {
            let bypass = if *unverified { "-B " } else { "" };
            writer.command(crlutil_unlocked(writer, "-I").raw(&[bypass, "-i ca.crl"].concat()));
            let asked = if *unverified { "?unverified=true" } else { "" };
            let call = Call::post([&paths::stored_lists(writer.site.database), asked].concat());
            writer.call(&call.header("Content-Type: application/pkix-crl").then("--data-binary @ca.crl"));
        }
        Action::DeleteRevocationList { list, authority } => {
            if let Some(authority) = authority {
                writer.command(crlutil_unlocked(writer, "-D").option("-n", authority));
            }
            writer.call(&Call::new("DELETE", paths::stored_list(writer.site.database, list)));
        }
        _ => {}
    }
}

fn crlutil(writer: &Writer<'_>, letter: &str) -> Command {
    Command::new("crlutil").raw(letter).raw("-d").raw(&writer.place())
}

fn crlutil_unlocked(writer: &Writer<'_>, letter: &str) -> Command {
    crlutil(writer, letter).raw("-f \"$CERT_PW_FILE\"")
}

/// A script of crlutil: each line a word of printf, moments told by date.
fn script(writer: &mut Writer<'_>, next: &NextUpdate, rest: &[String]) {
    let due = match (next.days, next.at) {
        (_, Some(at)) => ["-d ", &quoted(&at.to_string().replace(" +00:00:00", " UTC"))].concat(),
        (days, None) => ["-d '", &days.unwrap_or(30).to_string(), " days'"].concat(),
    };
    let moment = |option: &str| ["\"$(date -u ", option, if option.is_empty() { "" } else { " " }, "+%Y%m%d%H%M%SZ)\""].concat();
    let mut command = ["printf '%s\\n' update=", &moment(""), " nextupdate=", &moment(&due)].concat();
    for line in rest {
        command.push(' ');
        command.push_str(line);
    }
    writer.command(Command::new(&command).raw(">").word(SCRIPT));
}

/// Makes the list where there is none, changes it where there is one.
fn publish(writer: &mut Writer<'_>, authority: &str) {
    let there = crlutil(writer, "-L").option("-n", authority).raw("2> /dev/null | grep 'This Update' > /dev/null").line().command;
    let (change, make) = (crlutil_unlocked(writer, "-M").option("-n", authority), crlutil_unlocked(writer, "-G").option("-n", authority));
    let run = |command: Command| command.option("-c", SCRIPT).line().command;
    writer.command(Command::new(&["if ", &there, "; then ", &run(change), "; else ", &run(make), "; fi"].concat()));
    writer.note("crlutil does not count lists (CRL number) and names no issuer's key; the console does both.");
}

fn create(writer: &mut Writer<'_>, fingerprint: &str, new: &NewRevocationList) {
    let authority = writer.nickname(fingerprint);
    script(writer, &new.next_update, &[]);
    publish(writer, &authority);
    writer.command(crlutil(writer, "-L").option("-n", &authority));
    writer.call(&Call::post(paths::revocation_list(writer.site.database, fingerprint)).json(new));
}

fn revoke(writer: &mut Writer<'_>, fingerprint: &str, new: &NewRevocation) {
    let authority = writer.nickname(fingerprint);
    let path = paths::revocations(writer.site.database, fingerprint);
    let revoked = new.fingerprint_sha256.as_ref().and_then(|address| writer.site.inventory.certificate(address));
    let of_certificate = revoked.and_then(|entry| parse::certificate(&entry.der.0).ok()).map(|view| ["0x", &view.serial_number].concat());
    let serial = new.serial_number.clone().or(of_certificate).unwrap_or_default();
    let number = SerialNumber::parse(&serial).ok().and_then(|serial| u64::from_str_radix(&serial.to_hex(), 16).ok());
    match number.filter(|number| *number < i64::MAX as u64) {
        Some(number) => {
            let mut lines = Vec::new();
            if new.reason == RevocationReason::RemoveFromCrl {
                lines.push(["'rmcert ", &number.to_string(), "'"].concat());
            } else {
                lines.push(["\"addcert ", &number.to_string(), " $(date -u +%Y%m%d%H%M%SZ)\""].concat());
                if new.reason != RevocationReason::Unspecified {
                    lines.push(["'addext reasonCode 0 ", &(new.reason.code()).to_string(), "'"].concat());
                }
                if let Some(since) = new.invalidity_date {
                    let digits: String = since.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
                    lines.push(["'addext invalidityDate 0 ", &digits, "Z'"].concat());
                }
            }
            script(writer, &new.next_update, &lines);
            publish(writer, &authority);
        }
        None => {
            writer.note(
                "crlutil takes serial numbers up to 9223372036854775806 only and writes another one for larger ones: the list has to come from the console, and crlutil puts it into a database.",
            );
            writer.remarked(crlutil_unlocked(writer, "-I").raw("-i list.crl"), "list.crl from the last line of REST");
        }
    }
    writer.command(crlutil(writer, "-L").option("-n", &authority));
    writer.call(&Call::post(path).json(new));
    let list = Call::get(paths::revocation_list(writer.site.database, fingerprint)).header("Accept: application/pkix-crl");
    writer.call(&list.into_file("list.crl"));
}
