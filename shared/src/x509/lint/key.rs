//! Key, signature and serial number.

use super::super::view::CertificateView;
use super::{Findings, Severity};

pub(super) fn check(view: &CertificateView, findings: &mut Findings) {
    public_key(view, findings);
    signature(view, findings);
    serial_number(view, findings);
}

fn public_key(view: &CertificateView, findings: &mut Findings) {
    let key = &view.public_key;
    let bits = key.bits.to_string();
    match key.algorithm.as_ref() {
        "RSA" | "RSASSA-PSS" => {
            if key.bits < 2048 && key.bits > 0 {
                let severity = if key.bits < 1024 { Severity::Error } else { Severity::Warning };
                findings.add_as(
                    severity,
                    "weak-key",
                    "e_rsa_mod_less_than_2048_bits",
                    &["Its RSA key has only ", &bits, " bits; at least 2048 are needed."],
                );
            }
            if matches!(key.exponent.as_deref(), Some("0" | "1" | "2" | "3")) {
                let exponent = key.exponent.as_deref().unwrap_or_default();
                let zlint = if exponent != "3" { "e_rsa_public_exponent_too_small" } else { "w_rsa_public_exponent_not_in_range" };
                findings.add_as(Severity::Warning, "small-exponent", zlint, &["Its RSA exponent is ", exponent, "; 65537 is usual."]);
            }
        }
        "EC" if key.bits > 0 && key.bits < 224 => {
            findings.add_as(
                Severity::Warning,
                "weak-key",
                "e_ec_improper_curves",
                &["Its elliptic curve has only ", &bits, " bits; at least 256 are usual."],
            );
        }
        "EC" if key.curve.as_deref() == Some("explicit parameters") => {
            findings.add(
                Severity::Warning,
                "explicit-curve",
                &["Its elliptic curve is written out instead of named; NSS and browsers refuse it."],
            );
        }
        "EC" if !matches!(key.curve.as_deref(), Some("P-256" | "P-384" | "P-521")) => {
            let curve = key.curve.as_deref().unwrap_or("unknown");
            findings.add(Severity::Note, "unusual-curve", &["Its elliptic curve is ", curve, "; browsers know P-256, P-384 and P-521."]);
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
    } else if length < 8 && !view.self_issued {
        let bits = (length * 8).to_string();
        let words =
            ["Its serial number has only ", &bits, " bits; a CA puts at least 64 random ones into it, so that nobody can foretell it."];
        findings.add(Severity::Note, "low-serial-entropy", &words);
    }
}
