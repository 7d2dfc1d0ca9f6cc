//! The text of `show-cert`: the lines of the manual, which are those of NSS's own tools.

use std::fmt::Write as _;

use certdeck_shared::hex::{hex, unhex};
use certdeck_shared::trust::UsageTrust;
use certdeck_shared::x509::asn1::{self, Node};
use certdeck_shared::x509::fingerprint;
use certdeck_shared::x509::view::{CertificateView, GeneralNameView};
use time::OffsetDateTime;
use time::macros::format_description;

use super::inventory::Listed;

/// Octets a line.
const OCTETS: usize = 16;

/// Everything about a certificate.
pub(super) fn text(one: &Listed) -> String {
    let (der, view) = (one.entry.der.0.as_slice(), &one.view);
    let nodes = asn1::tree(der).unwrap_or_default();
    let mut out = Lines::default();
    out.line(0, "Certificate:");
    out.line(1, "Data:");
    out.line(2, &format!("Version: {} (0x{:x})", view.version, view.version.saturating_sub(1)));
    out.line(2, "Serial Number:");
    out.octets(3, &unhex(&view.serial_number).unwrap_or_default());
    out.line(2, &format!("Signature Algorithm: {}", signature_algorithm(view)));
    out.line(2, &format!("Issuer: \"{}\"", view.issuer));
    out.line(2, "Validity:");
    out.line(3, &format!("Not Before: {}", moment(view.not_before)));
    out.line(3, &format!("Not After : {}", moment(view.not_after)));
    out.line(2, &format!("Subject: \"{}\"", view.subject));
    out.line(2, "Subject Public Key Info:");
    public_key(&mut out, view, der, &nodes);
    extensions(&mut out, view);
    out.line(1, &format!("Signature Algorithm: {}", signature_algorithm(view)));
    out.line(1, "Signature:");
    let signature = nodes.iter().rev().find(|node| node.depth == 1 && node.field == Some("signature"));
    out.octets(2, signature.and_then(|node| content(der, node)).and_then(|bits| bits.get(1..)).unwrap_or_default());
    for (name, digest) in
        [("SHA-256", fingerprint::sha256_hex(der)), ("SHA1", fingerprint::sha1_hex(der)), ("MD5", fingerprint::md5_hex(der))]
    {
        out.line(1, &format!("Fingerprint ({name}):"));
        out.line(2, &fingerprint::colons(&digest).to_uppercase());
    }
    out.line(1, "Certificate Trust Flags:");
    for (name, field) in [("SSL", one.trust.ssl), ("Email", one.trust.email), ("Object Signing", one.trust.object_signing)] {
        out.line(2, &format!("{name} Flags:"));
        for word in trust_words(field) {
            out.line(3, word);
        }
    }
    out.text
}

/// What NSS prints for the flags of a field, in its order.
fn trust_words(field: UsageTrust) -> impl Iterator<Item = &'static str> {
    let authority = field.valid_ca || field.trusted_ca || field.trusted_client_ca;
    [
        (field.prohibited || field.trusted_peer, "Terminal Record"),
        (field.trusted_peer, "Trusted"),
        (field.send_warning, "Warn When Sending"),
        (authority, "Valid CA"),
        (field.trusted_ca, "Trusted CA"),
        (field.user, "User"),
        (field.trusted_client_ca, "Trusted Client CA"),
        (field.step_up, "Step-up"),
    ]
    .into_iter()
    .filter_map(|(set, word)| set.then_some(word))
}

fn public_key(out: &mut Lines, view: &CertificateView, der: &[u8], nodes: &[Node]) {
    let place = nodes.iter().position(|node| node.field == Some("subjectPublicKey"));
    let after = |steps: usize| place.and_then(|place| nodes.get(place + steps)).and_then(|node| content(der, node));
    let key = &view.public_key;
    match key.algorithm.as_ref() {
        "RSA" => {
            out.line(3, "Public Key Algorithm: PKCS #1 RSA Encryption");
            out.line(3, "RSA Public Key:");
            out.line(4, "Modulus:");
            let modulus = after(2).unwrap_or_default();
            out.octets(5, modulus.strip_prefix(&[0]).unwrap_or(modulus));
            let exponent = key.exponent.as_deref().unwrap_or_default();
            let hexadecimal = exponent.parse::<u64>().map(|number| format!(" (0x{number:x})")).unwrap_or_default();
            out.line(4, &format!("Exponent: {exponent}{hexadecimal}"));
        }
        "EC" => {
            out.line(3, "Public Key Algorithm: X9.62 elliptic curve public key");
            out.line(3, "EC Public Key:");
            out.line(4, "PublicValue:");
            out.octets(5, after(0).and_then(|bits| bits.get(1..)).unwrap_or_default());
            out.line(4, &format!("Curve: {}", key.curve.as_deref().unwrap_or_default()));
        }
        other => {
            out.line(3, &format!("Public Key Algorithm: {other}"));
            out.octets(4, after(0).and_then(|bits| bits.get(1..)).unwrap_or_default());
        }
    }
}

fn extensions(out: &mut Lines, view: &CertificateView) {
    if view.extensions.is_empty() {
        return;
    }
    out.line(2, "Signed Extensions:");
    for extension in &view.extensions {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        let critical = if extension.critical { ", critical" } else { "" };
        out.line(3, &format!("Name: {name}{critical}"));
        if let Some(value) = extension_value(view, name) {
            out.line(4, &value);
        }
    }
}

fn extension_value(view: &CertificateView, name: &str) -> Option<String> {
    match name {
        "subjectAltName" => Some(view.subject_alternative_names.iter().map(general_name).collect::<Vec<_>>().join(", ")),
        "keyUsage" => Some(view.key_usage.as_ref()?.join(", ")),
        "extKeyUsage" | "extendedKeyUsage" => Some(view.extended_key_usage.as_ref()?.join(", ")),
        "basicConstraints" => {
            let constraints = view.basic_constraints?;
            let length = constraints.path_length.map(|length| format!(", at most {length} below")).unwrap_or_default();
            Some(if constraints.ca { format!("Is a CA{length}") } else { "Is not a CA".to_owned() })
        }
        "subjectKeyIdentifier" => Some(fingerprint::colons(view.subject_key_identifier.as_deref()?)),
        "authorityKeyIdentifier" => Some(fingerprint::colons(view.authority_key_identifier.as_deref()?)),
        _ => None,
    }
}

fn general_name(name: &GeneralNameView) -> String {
    match name {
        GeneralNameView::Dns(text) => format!("DNS name: \"{text}\""),
        GeneralNameView::Ip(text) => format!("IP Address: {text}"),
        GeneralNameView::Email(text) => format!("RFC822 Name: \"{text}\""),
        GeneralNameView::Uri(text) => format!("URI: \"{text}\""),
        GeneralNameView::DirectoryName(text) => format!("X.500 Name: \"{text}\""),
        GeneralNameView::RegisteredId(text) => format!("Registered ID: {text}"),
        GeneralNameView::OtherName { oid, value } => format!("Other Name: {oid} {value}"),
        GeneralNameView::Unknown { hex, .. } => format!("Unknown: {hex}"),
    }
}

/// NSS's names of the usual algorithms.
fn signature_algorithm(view: &CertificateView) -> &str {
    match view.signature_algorithm_oid.as_ref() {
        "1.2.840.113549.1.1.4" => "PKCS #1 MD5 With RSA Encryption",
        "1.2.840.113549.1.1.5" => "PKCS #1 SHA-1 With RSA Encryption",
        "1.2.840.113549.1.1.11" => "PKCS #1 SHA-256 With RSA Encryption",
        "1.2.840.113549.1.1.12" => "PKCS #1 SHA-384 With RSA Encryption",
        "1.2.840.113549.1.1.13" => "PKCS #1 SHA-512 With RSA Encryption",
        "1.2.840.10045.4.3.2" => "X9.62 ECDSA signature with SHA256",
        "1.2.840.10045.4.3.3" => "X9.62 ECDSA signature with SHA384",
        "1.2.840.10045.4.3.4" => "X9.62 ECDSA signature with SHA512",
        _ => &view.signature_algorithm,
    }
}

/// `Fri Jul 28 19:58:31 2006`, UTC.
fn moment(moment: OffsetDateTime) -> String {
    let format = format_description!("[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second] [year]");
    moment.format(&format).unwrap_or_default()
}

fn content<'der>(der: &'der [u8], node: &Node) -> Option<&'der [u8]> {
    let start = node.offset.checked_add(node.header_length)?;
    der.get(start..start.checked_add(node.length)?)
}

#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, level: usize, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{text}", "", indent = level * 4);
    }

    /// Octets in rows; a colon after each but the last.
    fn octets(&mut self, level: usize, octets: &[u8]) {
        let rows: Vec<String> = octets.chunks(OCTETS).map(|row| fingerprint::colons(&hex(row)).to_lowercase()).collect();
        for (number, row) in rows.iter().enumerate() {
            let end = if number + 1 < rows.len() { ":" } else { "" };
            self.line(level, &format!("{row}{end}"));
        }
    }
}
