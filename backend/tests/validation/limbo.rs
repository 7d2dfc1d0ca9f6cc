//! The cases of x509-limbo (C2SP/x509-limbo, Apache-2.0, at 8a2e6f41023b1716dc16fe63335e4bb972e4c3f6; those that SOURCES.md names):
//! the web's verdict against what the suite expects, and NSS's against certutil.

use std::collections::BTreeMap;
use std::io::Read as _;

use certdeck::verifiers::{Material, Purpose, web};
use serde::Deserialize;

use crate::certutil::Judge;
use crate::corpus::{certificate, compare_all};
use crate::generator::AT;

#[derive(Deserialize)]
struct Case {
    id: String,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    expected_peer_name: Option<Name>,
    expected_result: String,
    #[serde(default)]
    crls: Vec<String>,
}

#[derive(Deserialize)]
struct Name {
    value: String,
}

fn cases() -> Vec<Case> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(include_bytes!("limbo.jsonl.gz").as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Case {
    fn at(&self) -> i64 {
        let text = self.validation_time.as_deref();
        text.map_or(AT, |text| time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).unwrap().unix_timestamp())
    }

    /// Revocation lists, DER.
    fn lists(&self) -> Vec<Vec<u8>> {
        self.crls.iter().map(|text| certificate(text)).collect()
    }

    /// Leaf, anchors, others, DER; none when the suite's PEM holds no certificate.
    fn parts(&self) -> (Vec<u8>, Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let all = |texts: &[String]| texts.iter().map(|text| certificate(text)).collect::<Vec<_>>();
        (certificate(&self.peer_certificate), all(&self.trusted_certs), all(&self.untrusted_intermediates))
    }
}

/// Where the web's verdict here is another than the suite expects, with the reason.
const DIFFERENCES: &str = include_str!("limbo_differences.tsv");

#[test]
fn the_web_verdict_is_that_of_the_suite_but_for_listed_cases() {
    let listed: BTreeMap<&str, &str> = DIFFERENCES.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut found = BTreeMap::new();
    for case in cases() {
        let (leaf, anchors, others) = case.parts();
        let slices = |all: &'_ [Vec<u8>]| all.iter().map(|der| der.as_slice().to_vec()).collect::<Vec<_>>();
        let (anchors, others, lists) = (slices(&anchors), slices(&others), case.lists());
        let material = Material {
            leaf: &leaf,
            anchors: anchors.iter().map(Vec::as_slice).collect(),
            others: others.iter().map(Vec::as_slice).collect(),
            lists: lists.iter().map(Vec::as_slice).collect(),
            at: case.at(),
        };
        let purpose = if case.validation_kind == "CLIENT" { Purpose::Client } else { Purpose::Server };
        let opinion = web::opinion(&material, purpose, case.expected_peer_name.as_ref().map(|name| name.value.as_str())).unwrap();
        let says = opinion.refusal.map_or_else(|| "SUCCESS".to_owned(), |refusal| refusal.code);
        if (says == "SUCCESS") != (case.expected_result == "SUCCESS") {
            found.insert(case.id, says);
        }
    }
    let unlisted: Vec<_> =
        found.iter().filter(|(id, _)| !listed.contains_key(id.as_str())).map(|(id, says)| format!("{id}\t{says}")).collect();
    let outdated: Vec<_> = listed.keys().filter(|id| !found.contains_key(**id)).collect();
    assert!(unlisted.is_empty() && outdated.is_empty(), "not listed:\n{}\nlisted, but the same: {outdated:?}", unlisted.join("\n"));
    assert!(listed.values().all(|reason| reason.len() > 20), "a reason for each");
}

#[test]
fn nss_agrees_on_the_suite() {
    let mut differences = Vec::new();
    for case in cases() {
        let (leaf, anchors, others) = case.parts();
        // A hundred certificates that are no part of any chain say no more than three.
        let others = others.iter().take(12);
        let anchors = anchors.iter().map(|der| (der.as_slice(), "CT,C,C"));
        let mut judge = Judge::new(anchors.chain(others.map(|der| (der.as_slice(), ",,"))).chain([(leaf.as_slice(), ",,")]));
        judge.add_lists(&case.lists());
        compare_all(&case.id, &judge, |place| judge.listing.certificates[place].der == leaf, |_| case.at(), &mut differences);
    }
    crate::corpus::hold_against_table(differences, "limbo:");
}
