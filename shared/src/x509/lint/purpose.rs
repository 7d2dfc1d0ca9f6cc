//! What it is for: names, key usage, extended key usage, and whether they agree.

use time::macros::datetime;

use super::super::view::{CertificateView, GeneralNameView};
use super::{Findings, Severity, is_server};

pub(super) fn check(view: &CertificateView, findings: &mut Findings) {
    names(view, findings);
    key_usage(view, findings);
    client_authentication(view, findings);
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
    if view.subject.is_empty() && super::extension(view, "2.5.29.17") == Some(false) {
        findings.add(
            Severity::Note,
            "names-not-critical",
            &["Its subject is empty, so its alternative names must be critical, and are not."],
        );
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
        } else if view.key_usage.is_none() && view.version == 3 {
            findings.add(Severity::Note, "ca-without-key-usage", &["It is a CA and has no key usage; RFC 5280 wants one."]);
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
}

/// Since the day that root programs named, server certificates of public CAs must not be for clients as well.
fn client_authentication(view: &CertificateView, findings: &mut Findings) {
    let has = |usage: &str| view.extended_key_usage.as_ref().is_some_and(|usages| usages.iter().any(|allowed| allowed == usage));
    let is_public =
        !view.signed_certificate_timestamps.is_empty() || view.policies.iter().any(|policy| policy.oid.starts_with("2.23.140.1."));
    if is_server(view) && is_public && has("clientAuth") {
        let severity = if view.not_before >= datetime!(2027-03-15 00:00 UTC) { Severity::Warning } else { Severity::Note };
        findings.add(
            severity,
            "client-auth-in-server",
            &["It is for servers and clients; public CAs issue no such certificates from March 2027, so clients need one of their own."],
        );
    }
}
