//! Lines that let private keys in and out.

use super::Action;
use super::rest::Call;
use super::shell::Command;
use super::writer::Writer;
use crate::api::certificate::CertificateEntry;
use crate::api::keystore::{BundleExport, BundleParts, KeystoreExport, KeystoreFormat, KeystoreKind, Pkcs12Export, Pkcs12Strength};
use crate::api::paths;
use crate::x509::parse;

/// The password of a file with keys, as OpenSSL and as keytool read it.
const OPENSSL_IN: &str = "-passin file:\"$FILE_PW_FILE\"";

pub(super) fn write(writer: &mut Writer<'_>, action: &Action) {
    match action {
        Action::ImportKeystore { file, kind } => import(writer, file, *kind),
        Action::ExportPkcs12 { fingerprint, body } => pkcs12(writer, fingerprint, body),
        Action::ExportKeystore { fingerprint, body } => keystore(writer, fingerprint, body),
        Action::ExportBundle { fingerprint, body } => bundle(writer, fingerprint, body),
        _ => {}
    }
}

fn import(writer: &mut Writer<'_>, file: &str, kind: KeystoreKind) {
    let taken = |writer: &Writer<'_>, file: &str| {
        let command = Command::new("pk12util -i").word(file).raw("-d").raw(&writer.place());
        command.raw("-k \"$CERT_PW_FILE\" -w \"$FILE_PW_FILE\"")
    };
    match kind {
        KeystoreKind::Pkcs12 => {
            writer.remarked(Command::new("pk12util -l").word(file).raw("-w \"$FILE_PW_FILE\""), "what is in it");
            writer.command(taken(writer, file));
            writer.msgcert("import-cert", "--file-password-file \"$FILE_PW_FILE\"", &[file]);
        }
        KeystoreKind::Jks => {
            writer.note("pk12util reads PKCS#12 only: keytool translates.");
            let command = Command::new("keytool -importkeystore -noprompt -srckeystore").word(file);
            let command = command.raw("-srcstorepass:file \"$FILE_PW_FILE\" -destkeystore translated.p12 -deststoretype PKCS12");
            writer.command(command.raw("-deststorepass:file \"$FILE_PW_FILE\""));
            writer.command(taken(writer, "translated.p12"));
        }
        KeystoreKind::Keys => {
            writer.note("pk12util reads PKCS#12 only: OpenSSL puts key and certificate into one; keys without a certificate NSS's tools do not take.");
            let command = Command::new("openssl pkcs12 -export -in").word(file);
            // Of one file OpenSSL would read the two passwords from two lines.
            let sealed = command.raw("-out translated.p12").raw(OPENSSL_IN).raw("-passout fd:3 3< \"$FILE_PW_FILE\"");
            writer.command(sealed);
            writer.command(taken(writer, "translated.p12"));
        }
    }
    let path = writer.path("pkcs12");
    for path in [[&path, "?preview=true"].concat(), path.clone()] {
        let call = Call::post(path).octets_of("file", file);
        writer.call(&if kind == KeystoreKind::Keys { call } else { call.secret("password", "FILE_PW_FILE") });
    }
}

/// `pk12util -o`.
fn leave(writer: &mut Writer<'_>, fingerprint: &str, file: &str, options: &str) -> String {
    let nickname = writer.nickname(fingerprint);
    let command = Command::new("pk12util -o").word(file).raw("-d").raw(&writer.place()).option("-n", &nickname);
    writer.command(command.raw("-k \"$CERT_PW_FILE\" -w \"$FILE_PW_FILE\"").raw(options));
    nickname
}

/// A name of a file that can be made of a nickname: `mail.p12`.
fn file_of(writer: &Writer<'_>, fingerprint: &str, extension: &str) -> String {
    let nickname = writer.site.inventory.certificate(fingerprint).and_then(|entry| entry.nickname).unwrap_or_default();
    let plain: String =
        nickname.chars().map(|letter| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' }).collect();
    let plain = plain.trim_matches(['-', '.']);
    [if plain.is_empty() { "certificate" } else { plain }, extension].concat()
}

fn pkcs12(writer: &mut Writer<'_>, fingerprint: &str, export: &Pkcs12Export) {
    let file = file_of(writer, fingerprint, ".p12");
    let ciphers = match export.strength {
        Pkcs12Strength::Modern => "",
        Pkcs12Strength::Legacy => {
            "-c 'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC' -C 'PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC' -M SHA-1"
        }
    };
    let nickname = leave(writer, fingerprint, &file, ciphers);
    if export.friendly_name.is_some() {
        writer.note("pk12util names key and certificate by the nickname and by nothing else.");
    }
    if export.without_chain {
        writer.note("pk12util takes the issuers along that the database has.");
    }
    let look = Command::new("openssl pkcs12 -in").word(&file).raw(OPENSSL_IN).raw("-info -noout");
    writer.remarked(if export.strength == Pkcs12Strength::Legacy { look.raw("-legacy") } else { look }, "look into it");
    if export.strength == Pkcs12Strength::Modern {
        writer.msgcert("export-cert", "--file-password-file \"$FILE_PW_FILE\"", &["-o", &file, &nickname]);
    }
    let call = Call::post(paths::certificate_file(writer.site.database, fingerprint, "pkcs12")).json(export);
    writer.call(&call.secret("database_password", "CERT_PW_FILE").secret("file_password", "FILE_PW_FILE").into_file(&file));
}

fn keystore(writer: &mut Writer<'_>, fingerprint: &str, export: &KeystoreExport) {
    let (file, kind) = match export.format {
        KeystoreFormat::Pkcs12 => ("keystore.p12", "PKCS12"),
        KeystoreFormat::Jks => ("keystore.jks", "JKS"),
    };
    writer.note("NSS's tools write no key stores for Java: keytool makes one of what pk12util wrote.");
    let entry = writer.site.inventory.certificate(fingerprint);
    leave(writer, fingerprint, "leaving.p12", "");
    let source = entry.and_then(|entry| entry.nickname).unwrap_or_default().to_lowercase();
    let command =
        Command::new("keytool -importkeystore -noprompt -srckeystore leaving.p12 -srcstoretype PKCS12").option("-srcalias", &source);
    let command = command.raw("-srcstorepass:file \"$FILE_PW_FILE\"").option("-destkeystore", file).option("-deststoretype", kind);
    let command = command.raw("-deststorepass:file \"$FILE_PW_FILE\" -destkeypass:file \"$FILE_PW_FILE\"");
    writer.command(command.option("-destalias", export.alias.as_deref().unwrap_or("tomcat")));
    writer.command(Command::new("rm leaving.p12"));
    let call = Call::post(paths::certificate_file(writer.site.database, fingerprint, "keystore")).json(export);
    writer.call(&call.secret("database_password", "CERT_PW_FILE").secret("store_password", "FILE_PW_FILE").into_file(file));
}

fn bundle(writer: &mut Writer<'_>, fingerprint: &str, export: &BundleExport) {
    let file = match export.parts {
        BundleParts::LeafAndChain => "leaf-and-chain.pem",
        BundleParts::FullChain => "full-chain.pem",
        BundleParts::Chain => "chain.pem",
        BundleParts::Key => "key.pem",
        BundleParts::All => "all.pem",
    };
    let chain = writer.site.inventory.chain(fingerprint);
    if export.parts.has_key() {
        leave(writer, fingerprint, "leaving.p12", "");
        let key = Command::new("openssl pkcs12 -in leaving.p12 -nocerts -nodes").raw(OPENSSL_IN).raw("| openssl pkey");
        let key = if export.key_password.is_some() { key.raw("-aes256 -passout file:\"$FILE_PW_FILE\"") } else { key };
        writer.remarked(key.option("-out", file), "the key lies open in it unless it is sealed");
        writer.command(Command::new("rm leaving.p12"));
    }
    let is_root = |entry: &CertificateEntry| parse::certificate(&entry.der.0).is_ok_and(|view| view.self_issued);
    let wanted: Vec<&CertificateEntry> = match export.parts {
        BundleParts::Key => Vec::new(),
        BundleParts::Chain => chain.iter().skip(1).collect(),
        BundleParts::FullChain => chain.iter().collect(),
        BundleParts::LeafAndChain | BundleParts::All => {
            chain.iter().enumerate().filter(|(place, entry)| *place == 0 || !is_root(entry)).map(|(_, entry)| entry).collect()
        }
    };
    for (place, entry) in wanted.into_iter().enumerate() {
        let nickname = writer.name_of(entry);
        let into = if place == 0 && !export.parts.has_key() { ">" } else { ">>" };
        writer.command(writer.certutil("-L").option("-n", &nickname).option(["-a ", into].concat().as_str(), file));
    }
    let mut call =
        Call::post(paths::certificate_file(writer.site.database, fingerprint, "bundle")).json(export).without("database_password");
    call = call.without("key_password");
    if export.parts.has_key() {
        call = call.secret("database_password", "CERT_PW_FILE");
        if export.key_password.is_some() {
            call = call.secret("key_password", "FILE_PW_FILE");
        }
    }
    writer.call(&call.into_file(file));
}
