//! Our lint against zlint's own tests: where a finding names one of its lints, both must find it in the same certificates.

use std::collections::BTreeMap;

use certdeck_shared::x509::lint::findings;
use certdeck_shared::x509::parse;
use time::macros::datetime;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::{CERTIFICATES, objects};

/// Where we judge differently on purpose.
const DIFFERENT: [(&str, &str, &str); 5] = [
    (
        "e_server_cert_valid_time_longer_than_100_days",
        "exactlyOnSecondMilestoneLongerThan100days.pem",
        "It does not say that it is for servers; we hold only those to browsers' limits that do.",
    ),
    (
        "e_server_cert_valid_time_longer_than_200_days",
        "exactlyOnFirstMilestoneLongerThan200days.pem",
        "It does not say that it is for servers; we hold only those to browsers' limits that do.",
    ),
    (
        "e_server_cert_valid_time_longer_than_47_days",
        "exactlyOnThirdMilestoneLongerThan47days.pem",
        "It does not say that it is for servers; we hold only those to browsers' limits that do.",
    ),
    (
        "e_sub_cert_valid_time_longer_than_825_days",
        "subCertOver825DaysBad.pem",
        "It does not say that it is for servers; we hold only those to browsers' limits that do.",
    ),
    ("e_sub_cert_or_sub_ca_using_sha1", "rsawithsha1after2016.pem", "It is self-signed: nobody verifies the signature of a root."),
];

#[test]
fn findings_with_the_name_of_a_lint_are_those_of_the_lint() {
    let certificates: BTreeMap<String, Vec<u8>> = objects(CERTIFICATES).into_iter().map(|object| (object.from, object.der)).collect();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for line in include_str!("zlint.tsv").lines().filter(|line| !line.starts_with('#')) {
        let [lint, file, outcome] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let expected = match outcome {
            "Error" | "Warn" => true,
            "Pass" => false,
            // Not for certificates of this kind or age.
            _ => continue,
        };
        let der = &certificates[&format!("zmap+zlint/v3/testdata/{file}")];
        let Ok(view) = parse::certificate(der) else { continue };
        let found = findings(&view, datetime!(2026-11-21 00:00 UTC)).iter().any(|finding| finding.zlint.as_deref() == Some(lint));
        compared += 1;
        let listed = DIFFERENT.iter().any(|(one, of, _)| (*one, *of) == (lint, file));
        if (found != expected) != listed {
            wrong.push(format!("{lint} {file}: zlint {outcome}, we {found}, listed {listed}"));
        }
    }
    assert!(wrong.is_empty(), "of {compared}:\n{}", wrong.join("\n"));
    assert!(compared > 30, "{compared}");
}
