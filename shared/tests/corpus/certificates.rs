//! Certificates: what OpenSSL reads we read, with the same content.

use certdeck_shared::detect;
use certdeck_shared::x509::view::CertificateView;
use certdeck_shared::x509::{fingerprint, parse};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::expected::{
    extended_key_usage, general_name, key_usage, normalized_general_name, normalized_name, openssl_key_usage, openssl_time, rdns,
    serial_number, texts,
};
use super::{CERTIFICATES, Object, objects};

/// SHA-256, field or `*`, why. Everything else must agree.
const EXCEPTIONS: &str = include_str!("exceptions.tsv");

struct Report {
    differences: Vec<String>,
    used: Vec<usize>,
}

#[test]
fn certificates_are_read_as_openssl_reads_them() {
    let exceptions: Vec<Vec<&str>> =
        EXCEPTIONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| line.split('\t').collect()).collect();
    let mut report = Report { differences: Vec::new(), used: vec![0; exceptions.len()] };
    let objects = objects(CERTIFICATES);
    assert!(objects.len() > 3_800);
    let mut compared = 0;
    for object in &objects {
        let fingerprint = fingerprint::sha256_hex(&object.der);
        let mut differ = |field: &str, ours: String, theirs: String| {
            if let Some(index) = exceptions.iter().position(|row| row[0] == fingerprint && (row[1] == "*" || row[1] == field)) {
                report.used[index] += 1;
            } else {
                report.differences.push(format!("{fingerprint}\t{field}\t{}\n    ours   {ours}\n    theirs {theirs}", object.from));
            }
        };
        let readable = object.expected["openssl"] == json!(true) || object.expected["pyca"] == json!(true);
        // OpenSSL reads the first of what is there; for us detection takes a file apart.
        let certificate = match parse::certificate(&object.der) {
            Err(error @ parse::ParseError::TrailingData { .. }) => {
                detect::read(&object.der).certificates.first().map_or(Err(error), |found| parse::certificate(&found.der))
            }
            other => other,
        };
        match certificate {
            Ok(view) if readable => {
                compared += 1;
                compare(&view, object, &mut differ);
            }
            Ok(_) => {}
            Err(error) if readable => differ("unreadable", error.to_string(), "readable".to_owned()),
            Err(_) => {}
        }
    }
    let differences = report.differences.len();
    assert!(report.differences.is_empty(), "{differences} differences\n{}", report.differences.join("\n"));
    let unused: Vec<_> = exceptions.iter().zip(&report.used).filter(|(_, used)| **used == 0).map(|(row, _)| row.join(" ")).collect();
    assert!(unused.is_empty(), "exceptions that no longer are: {unused:#?}");
    assert!(compared > 3_700, "{compared}");
}

fn compare(view: &CertificateView, object: &Object, differ: &mut dyn FnMut(&str, String, String)) {
    let expected = &object.expected;
    let mut same = |field: &str, ours: Value, theirs: &Value| {
        if !theirs.is_null() && ours != *theirs {
            differ(field, ours.to_string(), theirs.to_string());
        }
    };
    same("subject", rdns(&view.subject), &expected["p_subject_rdns"]);
    same("issuer", rdns(&view.issuer), &expected["p_issuer_rdns"]);
    if expected["p_subject_rdns"].is_null() {
        for (field, ours, theirs) in [("subject", &view.subject, &expected["o_subject"]), ("issuer", &view.issuer, &expected["o_issuer"])] {
            if let Some(theirs) = theirs.as_str() {
                same(field, json!(ours.to_string()), &json!(normalized_name(theirs, ours)));
            }
        }
    }
    if let Some(serial) = expected["o_serial"].as_str() {
        let (sign, digits) = serial.strip_prefix('-').map_or(("", serial), |digits| ("-", digits));
        let digits = Some(digits.trim_start_matches('0')).filter(|digits| !digits.is_empty()).unwrap_or("0");
        same("serial", json!(serial_number(&view.serial_number)), &json!([sign, digits].concat()));
    }
    let time = |instant: time::OffsetDateTime| json!(instant.format(&time::format_description::well_known::Rfc3339).unwrap());
    same("notBefore", time(view.not_before), &json!(openssl_time(&expected["o_not_before"])));
    same("notAfter", time(view.not_after), &json!(openssl_time(&expected["o_not_after"])));
    same("version", json!(i64::from(view.version) - 1), &expected["p_version"]);
    same("signature algorithm", json!(view.signature_algorithm_oid), &expected["p_sig_alg"]);
    same("key algorithm", json!(view.public_key.algorithm_oid), &expected["p_spki_alg_oid"]);
    if expected["o_spki_bits"].as_u64().is_some_and(|bits| bits > 0) {
        same("key bits", json!(view.public_key.bits), &expected["o_spki_bits"]);
    }
    if let Some(exponent) = expected["p_spki"]["exponent"].as_u64() {
        same("exponent", json!(view.public_key.exponent), &json!(exponent.to_string()));
    }
    let listed: Vec<_> = view.extensions.iter().map(|extension| json!([extension.oid, extension.critical])).collect();
    same("extensions", json!(listed), &expected["p_extensions"]);
    same("subject key identifier", json!(view.subject_key_identifier), &expected["p_ski"]);
    same("authority key identifier", json!(view.authority_key_identifier), &expected["p_aki"]);
    same("policies", json!(view.policies.iter().map(|policy| policy.oid.as_ref()).collect::<Vec<_>>()), &expected["p_policies"]);
    if !expected["p_scts"].is_null() {
        same("timestamps", json!(view.signed_certificate_timestamps.len()), &expected["p_scts"]);
    }
    if !expected["p_crldp"].is_null() {
        let theirs: Vec<_> = texts(&expected["p_crldp"]).iter().filter_map(|text| text.strip_prefix("URI:").map(str::to_owned)).collect();
        same("CRL distribution points", json!(view.crl_distribution_points), &json!(theirs));
    }
    access(view, &expected["p_aia"], &mut same);
    usages(view, expected, &mut same);
    names(view, expected, &mut same);
}

fn access(view: &CertificateView, theirs: &Value, same: &mut dyn FnMut(&str, Value, &Value)) {
    let Some(list) = theirs.as_array() else { return };
    let of = |method: &str| -> Vec<String> {
        list.iter()
            .filter(|row| row[0] == json!(method))
            .filter_map(|row| row[1].as_str()?.strip_prefix("URI:").map(str::to_owned))
            .collect()
    };
    same("OCSP", json!(view.ocsp), &json!(of("1.3.6.1.5.5.7.48.1")));
    same("CA issuers", json!(view.ca_issuers), &json!(of("1.3.6.1.5.5.7.48.2")));
}

fn usages(view: &CertificateView, expected: &Value, same: &mut dyn FnMut(&str, Value, &Value)) {
    if !expected["p_key_usage"].is_null() {
        let theirs: Vec<_> = texts(&expected["p_key_usage"]).iter().map(|name| key_usage(name)).collect();
        same("key usage", json!(view.key_usage), &json!(theirs));
    } else if let Some(text) = expected["o_ku"].as_str().filter(|text| *text != "INVALID") {
        let theirs: Vec<_> = text.split(", ").map(openssl_key_usage).filter(|name| !name.is_empty()).collect();
        same("key usage", json!(view.key_usage), &json!(theirs));
    }
    if !expected["p_eku"].is_null() {
        let theirs: Vec<_> = texts(&expected["p_eku"]).iter().map(|dotted| extended_key_usage(dotted)).collect();
        same("extended key usage", json!(view.extended_key_usage), &json!(theirs));
    } else if let Some(text) = expected["o_eku"].as_str().filter(|text| !matches!(*text, "INVALID" | "<EMPTY>")) {
        let count = text.split(", ").filter(|usage| !usage.is_empty()).count();
        same("extended key usage", json!(view.extended_key_usage.as_ref().map_or(0, Vec::len)), &json!(count));
    }
    let ours = view.basic_constraints.map(|constraints| json!({"ca": constraints.ca, "pathlen": constraints.path_length}));
    if !expected["p_basic_constraints"].is_null() {
        same("basic constraints", json!(ours), &expected["p_basic_constraints"]);
    } else if let Some(text) = expected["o_bc"].as_str().filter(|text| text.starts_with("CA:")) {
        let length = text.split("pathlen:").nth(1).and_then(|length| length.trim().parse::<u32>().ok());
        same("basic constraints", json!(ours), &json!({"ca": text.contains("CA:TRUE"), "pathlen": length}));
    }
}

fn names(view: &CertificateView, expected: &Value, same: &mut dyn FnMut(&str, Value, &Value)) {
    let ours: Vec<_> = view.subject_alternative_names.iter().map(general_name).collect();
    if !expected["p_san"].is_null() {
        let theirs: Vec<_> = texts(&expected["p_san"]).iter().map(|text| normalized_general_name(text)).collect();
        same("alternative names", json!(ours), &json!(theirs));
    } else if let Some(text) = expected["o_san"].as_str() {
        if ["DNS:", "IP Address:", "email:", "URI:"].iter().any(|kind| text.starts_with(kind)) {
            // OpenSSL's texts for the other kinds cannot be told apart again.
            if !text.contains(['\u{fffd}']) && !text.contains("DirName") && !text.contains("othername") {
                same("alternative names", json!(ours.join(", ")), &json!(text.replace("IP Address:", "IP:")));
            }
        } else if matches!(text, "INVALID") {
            let malformed = view.extensions.iter().any(|extension| extension.oid == "2.5.29.17" && extension.malformed.is_some());
            same("alternative names", json!(malformed), &json!(true));
        }
    }
}
