//! The chains of other projects' test suites (`shared/tests/corpus`, with its provenance): a directory is a database, what is self-issued
//! is trusted, and certutil is asked about every certificate and all ten usages.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::sync::Mutex;

use base64::Engine as _;
use certdeck_shared::validation::{Signed, Times, Usage};
use certdeck_shared::x509::parse;

use crate::certutil::Judge;

/// The DER of a PEM text.
pub fn certificate(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    base64::engine::general_purpose::STANDARD.decode(body).unwrap()
}

/// Where certutil says something else than we do.
pub type Differences = Vec<(String, String)>;

/// Asks both about certificates of a database, all ten usages.
pub fn compare_all(name: &str, judge: &Judge, wanted: impl Fn(usize) -> bool, at: impl Fn(usize) -> i64, differences: &mut Differences) {
    let store = judge.store();
    let signatures = |signed: Signed, issuer: usize| judge.fact(&store, signed, issuer);
    for place in (0..judge.listing.certificates.len()).filter(|place| wanted(*place)) {
        for usage in Usage::ALL {
            let times = Times { at: at(place), now: certdeck::host::now().unix_timestamp() };
            let findings = store.verify(place, usage, times, &signatures);
            let ours = findings.reasons.first().map(|reason| reason.error.text().to_owned());
            let said = judge.says(place, usage, times.at);
            if ours != said {
                let fingerprint = &judge.listing.certificates[place].fingerprint_sha256[..16];
                let word = |verdict: Option<String>| verdict.unwrap_or_else(|| "valid".to_owned());
                differences
                    .push((format!("{name}:{fingerprint}:{}", usage.letter()), format!("we: {} certutil: {}", word(ours), word(said))));
            }
        }
    }
}

/// Where we and certutil differ, with the reason: `suite:fingerprint:usages`.
const DIFFERENCES: &str = include_str!("nss_differences.tsv");

/// Every difference is listed, and everything listed (of this suite) is still a difference.
pub fn hold_against_table(found: Differences, suite: &str) {
    let found: BTreeMap<String, String> = found.into_iter().map(|(key, what)| (format!("{suite}{key}"), what)).collect();
    let listed: BTreeSet<&str> =
        DIFFERENCES.lines().filter_map(|line| line.split_once('\t')).map(|(key, _)| key).filter(|key| key.starts_with(suite)).collect();
    let unlisted: Vec<_> =
        found.iter().filter(|(key, _)| !listed.contains(key.as_str())).map(|(key, what)| format!("{key}\t{what}")).collect();
    let outdated: Vec<_> = listed.iter().filter(|key| !found.contains_key(**key)).collect();
    assert!(unlisted.is_empty() && outdated.is_empty(), "not listed:\n{}\nlisted, but the same: {outdated:?}", unlisted.join("\n"));
}

const SUITES: [&str; 12] = [
    "openssl-3.0.22/test/certs",
    "openssl-3.0.22/test/smime-certs",
    "openssl-3.0.22/test/ocsp-tests",
    "rustls+webpki/tests/",
    "rustls+rustls/",
    "chromium+badssl.com/",
    "libressl+openbsd-regress/",
    "google+boringssl/pki/testdata/path_builder_unittest",
    "google+boringssl/pki/testdata/verify_certificate_chain_unittest",
    "google+x509test/certs",
    "pyca+cryptography-vectors/x509/custom",
    "bcgit+bc-java/pkix/src/test/resources/PKITS/certs",
];

#[test]
fn nss_agrees_on_the_chains_of_other_projects() {
    let mut text = String::new();
    let file = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/tests/corpus/certificates.jsonl.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let mut databases: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let from = row["from"].as_str().unwrap();
        if SUITES.iter().any(|suite| from.starts_with(suite)) {
            let der = base64::engine::general_purpose::STANDARD.decode(row["der"].as_str().unwrap()).unwrap();
            databases.entry(from.rsplit_once('/').unwrap().0.to_owned()).or_default().push(der);
        }
    }
    assert!(databases.values().map(Vec::len).sum::<usize>() > 500);
    let (waiting, differences) = (Mutex::new(databases.into_iter().collect::<Vec<_>>()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((name, certificates)) = waiting.lock().unwrap().pop() else { break };
                    let views: Vec<_> = certificates.iter().map(|der| parse::certificate(der).ok()).collect();
                    let trust = |view: &Option<_>| {
                        let self_issued = view.as_ref().is_some_and(|view: &certdeck_shared::x509::view::CertificateView| view.self_issued);
                        if self_issued { "CT,C,C" } else { ",," }
                    };
                    let judge = Judge::new(certificates.iter().zip(&views).map(|(der, view)| (der.as_slice(), trust(view))));
                    let at = |place: usize| {
                        let view = parse::certificate(&judge.listing.certificates[place].der).ok();
                        // certutil reads years of two digits.
                        view.map_or(crate::generator::AT, |view| view.not_before.unix_timestamp() + 100_000).clamp(0, 2_400_000_000)
                    };
                    let mut found = Vec::new();
                    compare_all(&name, &judge, |_| true, at, &mut found);
                    differences.lock().unwrap().extend(found);
                }
            });
        }
    });
    hold_against_table(differences.into_inner().unwrap(), "corpus:");
}
