//! Requests, revocation lists, PKCS#7 and damaged PEM: found where they are, and never a panic.

use certdeck_shared::detect;
use certdeck_shared::request;
use certdeck_shared::x509::{asn1, fingerprint, parse};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::expected::normalized_name;
use super::{CERTIFICATES, CRLS, DAMAGED_PEM, PKCS7, REQUESTS, objects};

#[test]
fn requests_are_read_as_openssl_reads_them() {
    for object in objects(REQUESTS) {
        let read = request::view(&object.der);
        let detected = detect::read(&object.der);
        if object.expected["openssl"] != json!(true) {
            continue;
        }
        let view = read.unwrap_or_else(|error| panic!("{}: {error}", object.from));
        assert_eq!(detected.requests.len(), 1, "{} {detected:?}", object.from);
        if let Some(subject) = object.expected["o_subject"].as_str() {
            assert_eq!(view.subject.to_string(), normalized_name(subject, &view.subject), "{}", object.from);
        }
    }
}

#[test]
fn certificates_inside_pkcs7_are_found() {
    for object in objects(PKCS7) {
        let detected = detect::read(&object.der);
        if object.expected["openssl"] == json!(true) {
            assert_eq!(json!(detected.certificates.len()), object.expected["o_certs"], "{} {:?}", object.from, detected.problems);
            assert_eq!(detected.pkcs7.len(), 1, "{}", object.from);
            assert_eq!(json!(detected.crls.len()), object.expected["o_crls"], "{}", object.from);
        }
        if let Some(theirs) = object.expected["p_fingerprints"].as_array() {
            let mut ours: Vec<_> = detected.certificates.iter().map(|found| fingerprint::sha256_hex(&found.der)).collect();
            let mut theirs: Vec<_> = theirs.iter().map(|text| text.as_str().unwrap().to_owned()).collect();
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs, "{}", object.from);
        }
    }
}

#[test]
fn revocation_lists_are_told_from_certificates() {
    for object in objects(CRLS) {
        let detected = detect::read(&object.der);
        let _ = asn1::tree(&object.der);
        // What a fuzzer left of a list is often no list for anyone but OpenSSL.
        if object.expected["openssl"] == json!(true) && !object.from.contains("fuzz") {
            assert_eq!(detected.crls.len(), 1, "{} {detected:?}", object.from);
            assert!(parse::certificate(&object.der).is_err(), "{}", object.from);
        }
    }
}

#[test]
fn damaged_pem_is_named_by_line() {
    for object in objects(DAMAGED_PEM) {
        let detected = detect::read(&object.der);
        let usable = detected.certificates.iter().filter(|found| parse::certificate(&found.der).is_ok()).count()
            + detected.requests.iter().filter(|found| request::view(&found.der).is_ok()).count();
        assert!(usable > 0 || !detected.problems.is_empty() || !detected.is_empty(), "{}", object.from);
    }
}

#[test]
fn every_certificate_has_a_tree_and_is_found_by_its_content() {
    for object in objects(CERTIFICATES) {
        let Ok(view) = parse::certificate(&object.der) else { continue };
        let nodes = asn1::tree(&object.der).unwrap_or_else(|error| panic!("{}: {error}", object.from));
        let named: Vec<_> = nodes.iter().filter_map(|node| node.field).collect();
        for field in ["tbsCertificate", "serialNumber", "issuer", "validity", "subject", "subjectPublicKeyInfo", "signatureAlgorithm"] {
            assert!(named.contains(&field), "{} has no {field}: {named:?}", object.from);
        }
        assert_eq!(named.iter().filter(|name| **name == "extension").count(), view.extensions.len(), "{}", object.from);
        for node in &nodes {
            assert!(node.offset + node.header_length + node.length <= object.der.len(), "{}", object.from);
        }
        let detected = detect::read(&object.der);
        assert_eq!(detected.certificates.len(), 1, "{} {detected:?}", object.from);
    }
}
