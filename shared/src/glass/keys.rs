//! Lines about private keys.

use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use super::{Action, CommandLine};
use crate::api::key::KeyAlgorithm;
use crate::api::paths;

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ListKeys => {
            writer.remarked(writer.certutil_unlocked("-K").raw("|| true"), "fails where there are none");
            writer.call(&Call::get(writer.path("keys")));
        }
        Action::ShowKey { key } => {
            writer.command(writer.certutil_unlocked("-K").option("| grep", key));
            writer.call(&Call::get(paths::key(writer.site.database, key)));
        }
        Action::CreateKey { body } => {
            let command = writer.certutil_unlocked("-G");
            made_with_noise(writer, command, body.algorithm, &[]);
            if body.label.is_some() {
                writer.note("certutil -G gives a key no label.");
            }
            writer.call(&Call::post(writer.path("keys")).json(body));
        }
        Action::DeleteKey { key } => {
            writer.command(writer.certutil_unlocked("-F").option("-k", key));
            writer.call(&Call::new("DELETE", paths::key(writer.site.database, key)));
        }
        Action::ListAlgorithms { token } => {
            writer.note("certutil does not tell which keys a token makes; modutil tells what its slots are for.");
            writer.command(modutil(writer, "-list"));
            writer.call(&Call::get(paths::token_algorithms(writer.site.database, token)));
        }
        _ => {}
    }
}

/// `modutil -force -dbdir sql:DIRECTORY -list`: without `-force` it asks whether all browsers are closed.
pub(super) fn modutil(writer: &Writer<'_>, option: &str) -> Command {
    Command::new("modutil -force -dbdir").raw(&writer.place_with("-dbprefix")).raw(option)
}

/// certutil's options for a key pair.
pub(super) fn key_options(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa2048 => "-k rsa -g 2048",
        KeyAlgorithm::Rsa3072 => "-k rsa -g 3072",
        KeyAlgorithm::Rsa4096 => "-k rsa -g 4096",
        KeyAlgorithm::EcP256 => "-k ec -q nistp256",
        KeyAlgorithm::EcP384 => "-k ec -q nistp384",
        KeyAlgorithm::EcP521 => "-k ec -q nistp521",
        // certutil has it since it makes such keys at all.
        KeyAlgorithm::Ed25519 => "-k ed -q ed25519",
    }
}

/// A command of certutil that makes a key pair, with the noise that it would otherwise ask of the keyboard; `answers` are typed at its prompts.
pub(super) fn made_with_noise(writer: &mut Writer<'_>, command: Command, algorithm: KeyAlgorithm, answers: &[String]) {
    if algorithm == KeyAlgorithm::Ed25519 {
        writer.note("certutil makes Ed25519 keys where NSS has them; an older one answers that `ed` is no kind of key.");
    }
    let noise = CommandLine {
        command: "head -c 64 /dev/urandom > noise".to_owned(),
        remark: "certutil asks for keyboard strokes otherwise".to_owned(),
    };
    writer.lines.commands.push(noise);
    writer.command(command.raw(key_options(algorithm)).raw("-z noise").answering(answers));
}
