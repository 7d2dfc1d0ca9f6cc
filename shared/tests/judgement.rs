//! Chains, lint and verdicts over views that are written out here.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::chain::{Ending, issuer_of, ordered, path};
use certdeck_shared::x509::lint::{Severity, findings};
use certdeck_shared::x509::usage;
use certdeck_shared::x509::verdict::{Standing, standing, verdict};
use certdeck_shared::x509::view::{BasicConstraintsView, CertificateView, GeneralNameView, PublicKeyView};
use rstest::rstest;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-06-01 00:00 UTC);

fn certificate(subject: &str, issuer: &str) -> CertificateView {
    CertificateView {
        serial_number: "4f3a9c0de1b2768855".into(),
        subject: subject.parse().unwrap(),
        issuer: issuer.parse().unwrap(),
        self_issued: subject == issuer,
        not_before: datetime!(2026-01-01 00:00 UTC),
        not_after: datetime!(2026-12-22 00:00 UTC),
        public_key: PublicKeyView {
            algorithm: "RSA".into(),
            algorithm_oid: "1.2.840.113549.1.1.1".into(),
            bits: 2048,
            exponent: Some("65537".into()),
            ..CertificateView::blank().public_key
        },
        signature_algorithm: "SHA-256 with RSA".into(),
        signature_algorithm_oid: "1.2.840.113549.1.1.11".into(),
        ..CertificateView::blank()
    }
}

fn authority(subject: &str, issuer: &str) -> CertificateView {
    let mut view = certificate(subject, issuer);
    view.basic_constraints = Some(BasicConstraintsView { ca: true, path_length: None });
    view.key_usage = Some(vec!["keyCertSign".into(), "cRLSign".into()]);
    view.subject_key_identifier = Some("aa".into());
    view
}

fn server() -> CertificateView {
    let mut view = certificate("CN=www.example.org", "CN=Issuing");
    view.extended_key_usage = Some(vec!["serverAuth".into()]);
    view.key_usage = Some(vec!["digitalSignature".into()]);
    view.authority_key_identifier = Some("aa".into());
    view.subject_alternative_names = vec![GeneralNameView::Dns("www.example.org".into())];
    view
}

#[test]
fn a_chain_is_followed_to_its_root() {
    let (leaf, issuing, root) = (server(), authority("CN=Issuing", "CN=Root"), authority("CN=Root", "CN=Root"));
    let all = [&root, &leaf, &issuing];
    let found = path(1, &all);
    assert_eq!((found.places, found.ending), (vec![1, 2, 0], Ending::Complete));
    assert_eq!(ordered(&all), [1, 2, 0]);
    assert_eq!(path(0, &[&leaf]).ending, Ending::MissingIssuer);
}

#[test]
fn key_identifiers_choose_among_issuers_of_one_name() {
    let mut leaf = server();
    leaf.authority_key_identifier = Some("bb".into());
    let (mut old, mut new) = (authority("CN=Issuing", "CN=Root"), authority("CN=Issuing", "CN=Root"));
    old.subject_key_identifier = Some("aa".into());
    new.subject_key_identifier = Some("bb".into());
    assert_eq!(issuer_of(&leaf, &[&old, &new]), Some(1));
    assert_eq!(issuer_of(&leaf, &[&old]), None);
}

#[test]
fn two_that_issued_each_other_are_a_loop() {
    let (one, other) = (authority("CN=A", "CN=B"), authority("CN=B", "CN=A"));
    assert_eq!(path(0, &[&one, &other]).ending, Ending::Loop);
}

#[test]
fn a_good_server_certificate_has_no_findings() {
    assert_eq!(findings(&server(), NOW), []);
    assert_eq!(usage::words(&server()), ["TLS server"]);
    assert!(usage::is_tls_server(&server()));
}

#[rstest]
#[case("weak-key", Severity::Warning, |view: &mut CertificateView| view.public_key.bits = 1024)]
#[case("weak-key", Severity::Error, |view: &mut CertificateView| view.public_key.bits = 512)]
#[case("small-exponent", Severity::Warning, |view: &mut CertificateView| view.public_key.exponent = Some("3".into()))]
#[case("sha1-signature", Severity::Warning, |view: &mut CertificateView| view.signature_algorithm = "SHA-1 with RSA".into())]
#[case("broken-signature", Severity::Error, |view: &mut CertificateView| view.signature_algorithm = "MD5 with RSA".into())]
#[case("no-alternative-names", Severity::Warning, |view: &mut CertificateView| view.subject_alternative_names.clear())]
#[case("common-name-differs", Severity::Note, |view: &mut CertificateView| view.subject = "CN=mail.example.org".parse().unwrap())]
#[case("expired", Severity::Error, |view: &mut CertificateView| view.not_after = datetime!(2026-05-01 00:00 UTC))]
#[case("not-yet-valid", Severity::Error, |view: &mut CertificateView| view.not_before = datetime!(2026-07-01 00:00 UTC))]
#[case("validity-inverted", Severity::Error, |view: &mut CertificateView| view.not_after = datetime!(2025-07-01 00:00 UTC))]
#[case("expires-soon", Severity::Warning, |view: &mut CertificateView| view.not_after = datetime!(2026-06-05 00:00 UTC))]
#[case("long-validity", Severity::Note, |view: &mut CertificateView| view.not_after = datetime!(2027-12-01 00:00 UTC))]
#[case("zero-serial", Severity::Warning, |view: &mut CertificateView| view.serial_number = "00".into())]
#[case("negative-serial", Severity::Warning, |view: &mut CertificateView| view.serial_number = "ff".into())]
#[case("signs-without-ca", Severity::Warning, |view: &mut CertificateView| view.key_usage.as_mut().unwrap().push("keyCertSign".into()))]
#[case("server-cannot-handshake", Severity::Warning, |view: &mut CertificateView| view.key_usage = Some(vec!["dataEncipherment".into()]))]
fn one_fault_is_one_finding(#[case] code: &str, #[case] severity: Severity, #[case] change: fn(&mut CertificateView)) {
    let mut view = server();
    change(&mut view);
    let found = findings(&view, NOW);
    assert_eq!(found.iter().map(|finding| (finding.code.as_str(), finding.severity)).collect::<Vec<_>>(), [(code, severity)]);
}

#[test]
fn a_root_signed_with_sha1_is_no_finding() {
    let mut root = authority("CN=Root", "CN=Root");
    root.signature_algorithm = "SHA-1 with RSA".into();
    assert_eq!(findings(&root, NOW), []);
}

#[rstest]
#[case(
    "CT,C,",
    Standing::Unknown,
    "Valid until 22 Dec 2026, trusted to issue certificates for servers, clients and e-mail",
    Severity::Good
)]
#[case("p,p,p", Standing::Unknown, "Distrusted for everything", Severity::Error)]
#[case("p,,", Standing::Unknown, "Distrusted for TLS", Severity::Error)]
#[case("P,,", Standing::Unknown, "Valid until 22 Dec 2026, trusted by itself", Severity::Good)]
#[case("", Standing::Anchored, "Valid until 22 Dec 2026, for TLS server, its chain ends in a trusted CA", Severity::Good)]
#[case(
    "",
    Standing::Unanchored(Ending::MissingIssuer),
    "Valid until 22 Dec 2026, but its issuer is not in this database",
    Severity::Warning
)]
#[case("", Standing::Distrusted, "Valid until 22 Dec 2026, but a CA of its chain is distrusted", Severity::Error)]
fn the_verdict_is_one_sentence(#[case] trust: &str, #[case] chain: Standing, #[case] words: &str, #[case] severity: Severity) {
    let judged = verdict(&server(), TrustFlags::parse(trust).unwrap(), chain, NOW);
    assert_eq!((judged.words.as_str(), judged.severity), (words, severity));
}

#[rstest]
#[case(datetime!(2026-12-16 00:00 UTC), "Expires in 6 days", Severity::Error)]
#[case(datetime!(2026-12-01 00:00 UTC), "Expires in 21 days", Severity::Warning)]
#[case(datetime!(2026-12-25 00:00 UTC), "Expired on 22 Dec 2026, 3 days ago", Severity::Error)]
#[case(datetime!(2025-12-25 00:00 UTC), "Not valid before 1 Jan 2026", Severity::Error)]
fn dates_come_first(#[case] now: OffsetDateTime, #[case] words: &str, #[case] severity: Severity) {
    let judged = verdict(&server(), TrustFlags::default(), Standing::Anchored, now);
    assert_eq!((judged.words.as_str(), judged.severity), (words, severity));
}

#[test]
fn a_chain_stands_by_its_anchor_and_falls_by_its_cas() {
    let (leaf, mut issuing, root) = (server(), authority("CN=Issuing", "CN=Root"), authority("CN=Root", "CN=Root"));
    let trust = |text: &str| TrustFlags::parse(text).unwrap();
    let flags = [trust(""), trust(""), trust("C,,")];
    assert_eq!(standing(0, &[&leaf, &issuing, &root], &flags, &[], NOW), Standing::Anchored);
    assert_eq!(standing(0, &[&leaf, &issuing, &root], &[trust(""), trust("p,p,p"), trust("C,,")], &[], NOW), Standing::Distrusted);
    assert_eq!(standing(0, &[&leaf, &issuing, &root], &[], &[], NOW), Standing::Unanchored(Ending::Complete));
    assert_eq!(standing(0, &[&leaf, &issuing, &root], &flags, &[false, true, false], NOW), Standing::IssuerRevoked);
    // What stands above an anchor, or is one, nobody looks up.
    assert_eq!(standing(0, &[&leaf, &issuing, &root], &flags, &[false, false, true], NOW), Standing::Anchored);
    issuing.not_after = datetime!(2026-05-01 00:00 UTC);
    assert_eq!(standing(0, &[&leaf, &issuing, &root], &flags, &[], NOW), Standing::IssuerExpired);
}
