//! What is weak, wrong or unusual about a certificate, in words.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::life::{LifeState, counted, date, life_at};
use super::usage;
use super::view::{CertificateView, GeneralNameView};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing to do.
    Good,
    /// Worth knowing.
    Note,
    /// Will hurt soon, or somewhere.
    Warning,
    /// It does not work, or is not safe.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name: `weak-key`.
    pub code: String,
    /// A sentence for people.
    pub words: String,
}

/// Longest life that browsers accept for a server certificate (CA/Browser Forum, since September 2020).
const LONGEST_SERVER_LIFE: i64 = 398;

/// Everything there is to say, worst first.
#[must_use]
pub fn findings(view: &CertificateView, now: OffsetDateTime) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    validity(view, now, &mut findings);
    key(view, &mut findings);
    signature(view, &mut findings);
    serial_number(view, &mut findings);
    names(view, &mut findings);
    key_usage(view, &mut findings);
    extensions(view, &mut findings);
    findings.0.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, severity: Severity, code: &str, words: &[&str]) {
        self.0.push(Finding { severity, code: code.to_owned(), words: words.concat() });
    }
}

fn validity(view: &CertificateView, now: OffsetDateTime, findings: &mut Findings) {
    if view.not_after < view.not_before {
        findings.add(Severity::Error, "validity-inverted", &["It ends before it begins."]);
        return;
    }
    let life = life_at(view.not_before, view.not_after, now);
    match life.state {
        LifeState::Expired => findings.add(Severity::Error, "expired", &["It expired on ", &date(view.not_after), "."]),
        LifeState::NotYet => findings.add(Severity::Error, "not-yet-valid", &["It is not valid before ", &date(view.not_before), "."]),
        LifeState::Due | LifeState::Soon => {
            findings.add(Severity::Warning, "expires-soon", &["It ", &life.words, ", on ", &date(view.not_after), "."]);
        }
        LifeState::Valid => {}
    }
    // Both ends count, hence the one second.
    let days = (view.not_after - view.not_before + Duration::SECOND).whole_days();
    if days > LONGEST_SERVER_LIFE && is_server(view) && !view.self_issued {
        let days = counted(days, "day");
        findings.add(Severity::Note, "long-validity", &["It is valid for ", &days, "; browsers accept 398 from public CAs."]);
    }
}

/// A certificate that is clearly meant for a server, not one that merely is not restricted.
fn is_server(view: &CertificateView) -> bool {
    !view.is_ca() && view.extended_key_usage.as_ref().is_some_and(|usages| usages.iter().any(|usage| usage == "serverAuth"))
}

fn key(view: &CertificateView, findings: &mut Findings) {
    let key = &view.public_key;
    let bits = key.bits.to_string();
    match key.algorithm.as_ref() {
        "RSA" | "RSASSA-PSS" => {
            if key.bits < 2048 && key.bits > 0 {
                let severity = if key.bits < 1024 { Severity::Error } else { Severity::Warning };
                findings.add(severity, "weak-key", &["Its RSA key has only ", &bits, " bits; at least 2048 are needed."]);
            }
            if matches!(key.exponent.as_deref(), Some("1" | "3")) {
                let exponent = key.exponent.as_deref().unwrap_or_default();
                findings.add(Severity::Warning, "small-exponent", &["Its RSA exponent is ", exponent, "; 65537 is usual."]);
            }
        }
        "EC" if key.bits > 0 && key.bits < 224 => {
            findings.add(Severity::Warning, "weak-key", &["Its elliptic curve has only ", &bits, " bits; at least 256 are usual."]);
        }
        "EC" if key.curve.as_deref() == Some("explicit parameters") => {
            findings.add(
                Severity::Warning,
                "explicit-curve",
                &["Its elliptic curve is written out instead of named; NSS and browsers refuse it."],
            );
        }
        "DSA" => findings.add(Severity::Warning, "dsa-key", &["Its key is DSA, which TLS no longer uses."]),
        _ => {}
    }
}

fn signature(view: &CertificateView, findings: &mut Findings) {
    let name = view.signature_algorithm.as_ref();
    // Nobody verifies the signature of a root.
    if view.self_issued && view.is_ca() {
        return;
    }
    if name.starts_with("MD") || name.starts_with("md") {
        findings.add(Severity::Error, "broken-signature", &["It is signed with ", name, ", which can be forged."]);
    } else if name.contains("SHA-1") {
        findings.add(Severity::Warning, "sha1-signature", &["It is signed with ", name, ", which browsers and current systems refuse."]);
    }
}

fn serial_number(view: &CertificateView, findings: &mut Findings) {
    let serial = view.serial_number.as_str();
    let length = serial.len() / 2;
    if serial.bytes().all(|digit| digit == b'0') {
        findings.add(Severity::Warning, "zero-serial", &["Its serial number is zero; it must be positive."]);
    } else if serial.as_bytes().first().is_some_and(|digit| *digit >= b'8') {
        findings.add(Severity::Warning, "negative-serial", &["Its serial number is negative; it must be positive."]);
    } else if length > 20 {
        findings.add(Severity::Note, "long-serial", &["Its serial number has ", &length.to_string(), " octets; at most 20 are allowed."]);
    }
}

fn names(view: &CertificateView, findings: &mut Findings) {
    let names = &view.subject_alternative_names;
    if is_server(view) {
        let common_name = view.subject.common_name();
        if names.is_empty() {
            findings.add(
                Severity::Warning,
                "no-alternative-names",
                &["It has no alternative names: browsers look at nothing else and refuse it."],
            );
        } else if let Some(host) = common_name.filter(|name| name.contains('.') && !name.contains([' ', '@']))
            && !names
                .iter()
                .any(|name| matches!(name, GeneralNameView::Dns(value) | GeneralNameView::Ip(value) if value.eq_ignore_ascii_case(host)))
        {
            findings.add(Severity::Note, "common-name-differs", &["The common name ", host, " is not among the alternative names."]);
        }
    }
    if names.iter().any(|name| matches!(name, GeneralNameView::Unknown { .. })) {
        findings.add(Severity::Note, "unreadable-name", &["One of its alternative names cannot be read."]);
    }
}

fn key_usage(view: &CertificateView, findings: &mut Findings) {
    let may = |usage: &str| view.key_usage.as_ref().is_some_and(|usages| usages.iter().any(|allowed| allowed == usage));
    if view.is_ca() {
        if view.key_usage.is_some() && !may("keyCertSign") {
            findings.add(Severity::Warning, "ca-cannot-sign", &["It is a CA, but its key usage does not allow it to sign certificates."]);
        }
    } else {
        if may("keyCertSign") {
            findings.add(Severity::Warning, "signs-without-ca", &["Its key usage allows signing certificates, but it is no CA."]);
        }
        if view.basic_constraints.is_some_and(|constraints| constraints.path_length.is_some()) {
            findings.add(Severity::Note, "path-length-without-ca", &["It limits the length of paths, but is no CA."]);
        }
    }
    if is_server(view) && view.key_usage.is_some() && !may("digitalSignature") && !may("keyEncipherment") && !may("keyAgreement") {
        findings.add(Severity::Warning, "server-cannot-handshake", &["It is for servers, but its key usage allows no TLS handshake."]);
    }
    if view.version < 3 && !view.extensions.is_empty() {
        findings.add(Severity::Note, "version", &["It has extensions, but says it is of version ", &view.version.to_string(), "."]);
    }
}

fn extensions(view: &CertificateView, findings: &mut Findings) {
    for extension in &view.extensions {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        if let Some(reason) = &extension.malformed {
            findings.add(Severity::Warning, "malformed-extension", &["The extension ", name, " is damaged: ", reason, "."]);
        } else if extension.critical && extension.name.is_none() {
            findings.add(
                Severity::Warning,
                "unknown-critical-extension",
                &["The critical extension ", name, " is unknown: software refuses what it does not know."],
            );
        }
    }
    if view.extensions.iter().any(|extension| extension.oid == "1.3.6.1.4.1.11129.2.4.3") {
        findings.add(Severity::Error, "precertificate", &["It is a precertificate, for certificate transparency logs only."]);
    }
    if usage::is_tls_server(view) && view.extended_key_usage.is_none() && view.version == 3 && !view.self_issued && view.key_usage.is_none()
    {
        findings.add(Severity::Note, "unrestricted", &["Nothing says what it is for: it has neither key usage nor extended key usage."]);
    }
}
