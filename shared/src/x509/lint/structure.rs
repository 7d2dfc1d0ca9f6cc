//! Extensions: damaged, unknown, contradicting each other, missing.

use super::super::usage;
use super::super::view::CertificateView;
use super::{Findings, Severity, extension};

pub(super) fn check(view: &CertificateView, findings: &mut Findings) {
    for extension in &view.extensions {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        let earlier = view.extensions.iter().take_while(|other| !std::ptr::eq(*other, extension));
        if earlier.clone().any(|other| other.oid == extension.oid) {
            findings.add(Severity::Warning, "duplicate-extension", &["It has the extension ", name, " twice; the first one counts."]);
        } else if let Some(reason) = &extension.malformed {
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
    if view.version < 3 && !view.extensions.is_empty() {
        findings.add(Severity::Note, "version", &["It has extensions, but says it is of version ", &view.version.to_string(), "."]);
    }
    if view.version == 3 {
        identifiers(view, findings);
    }
}

/// What helps others to find the way from one certificate to the next.
fn identifiers(view: &CertificateView, findings: &mut Findings) {
    if view.is_ca() {
        if extension(view, "2.5.29.19") == Some(false) {
            findings.add(Severity::Note, "constraints-not-critical", &["It is a CA, and its basic constraints are not critical."]);
        }
        if view.subject_key_identifier.is_none() {
            findings.add(Severity::Note, "no-subject-key-identifier", &["It is a CA without subject key identifier."]);
        }
    }
    if view.authority_key_identifier.is_none() && !view.self_issued {
        let words = ["It does not name its issuer's key: NSS takes the newest of several issuers of one name then, and tries no other."];
        findings.add(Severity::Note, "no-authority-key-identifier", &words);
    }
}
