//! Good connections that are to be looked at all the same.

use std::sync::Arc;

use certdeck_shared::api::endpoint::{EndpointState, Grade};
use certdeck_shared::api::notice::{ExpiryPolicy, ExpiryRule, Lead, Selector, Stage, Timing};
use certdeck_shared::api::probe::ProbeEngine;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use time::Duration;

use super::scene::{NOW, Scene, Wish};

fn living(days: i64, left: i64) -> EndpointState {
    let mut scene = Scene::new();
    let end = NOW + Duration::days(left);
    let leaf = Wish { life: (end - Duration::days(days), end), ..Wish::leaf("mail.example.com", &scene.pki.intermediate) }.made();
    scene.sends(&[leaf.der(), scene.pki.intermediate.der()]);
    scene.holds(&[leaf.der(), scene.pki.intermediate.der()]);
    scene.judged().state
}

#[test]
fn a_certificate_is_due_thirty_days_before_its_end_or_when_a_third_is_left() {
    assert_eq!(living(365, 31), EndpointState::Good);
    assert_eq!(living(365, 29), EndpointState::Due);
    assert_eq!(living(47, 16), EndpointState::Good);
    assert_eq!(living(47, 15), EndpointState::Due);
    assert_eq!(living(6, 3), EndpointState::Good);
    assert_eq!(living(6, 1), EndpointState::Due);
}

#[test]
fn how_near_the_end_is_comes_with_it() {
    let due = |left: i64| {
        let mut scene = Scene::new();
        scene.evidence.now = NOW + Duration::days(88 - left);
        scene.judged().due
    };
    assert_eq!([40, 20, 10, 3].map(due), [None, Some(Stage::FirstNotice), Some(Stage::Reminder), Some(Stage::LastDays)]);
}

#[test]
fn the_policy_in_force_says_when_a_certificate_is_due() {
    let by = |applies_to: Selector, days: Option<u16>| {
        let mut scene = Scene::new();
        let leaf = scene.pki.leaf.clone();
        scene.binds(&leaf);
        scene.evidence.record.tags = vec!["shop".to_owned()];
        let lead = |days| Lead { days: Some(days), percent: None };
        let timing = days.map(|days| Timing { first_notice: lead(days), reminder: lead(2), last_days: lead(1) });
        let rules = vec![ExpiryRule { applies_to, timing }];
        scene.evidence.policy = Arc::new(ExpiryPolicy { rules, ..ExpiryPolicy::default() });
        scene.judged().state
    };
    // It has 88 days left.
    let mail = |database: &str| Selector::Certificate { database: database.to_owned(), nickname: "mail".to_owned() };
    assert_eq!(by(mail("d"), Some(100)), EndpointState::Due);
    assert_eq!(by(mail("d"), Some(80)), EndpointState::Good);
    assert_eq!(by(mail("other"), Some(100)), EndpointState::Good);
    assert_eq!(by(Selector::Tag { tag: "shop".to_owned() }, Some(100)), EndpointState::Due);
    assert_eq!(by(Selector::Database { database: "d".to_owned() }, Some(100)), EndpointState::Due);
    assert_eq!(by(Selector::Database { database: "d".to_owned() }, None), EndpointState::Good);
    let issuer = Scene::new().pki.intermediate.certificate.subject_name().entries().next().unwrap().data().to_string().unwrap();
    assert_eq!(by(Selector::Issuer { name: issuer }, Some(100)), EndpointState::Due);
    assert_eq!(by(Selector::Issuer { name: "another".to_owned() }, Some(100)), EndpointState::Good);
}

#[test]
fn weak_means_are_named_with_their_grade() {
    let of = |change: &dyn Fn(&mut Scene)| {
        let mut scene = Scene::new();
        change(&mut scene);
        let judgement = scene.judged();
        let first = judgement.findings.into_iter().find(|finding| finding.grade <= Grade::Weak);
        (judgement.state, first.map(|finding| finding.code).unwrap_or_default())
    };
    let weak = |code: &str| (EndpointState::Weak, code.to_owned());
    assert_eq!(of(&|_| ()), (EndpointState::Good, String::new()));
    assert_eq!(of(&|scene| scene.evidence.report.tls_version = Some("TLS 1.0".to_owned())), weak("old-protocol"));
    let suite = |name: &'static str| move |scene: &mut Scene| scene.evidence.report.cipher_suite = Some(name.to_owned());
    assert_eq!(of(&suite("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")), weak("cbc"));
    assert_eq!(of(&suite("TLS_RSA_WITH_AES_128_GCM_SHA256")), weak("no-forward-secrecy"));
    assert_eq!(of(&|scene| scene.evidence.report.key_exchange_group = Some("DH 1024".to_owned())), weak("short-dh"));
    assert_eq!(of(&|scene| scene.evidence.report.engine = Some(ProbeEngine::Openssl)), weak("old-clients-only"));
    assert_eq!(of(&|scene| scene.file(super::scene::KEY).snakeoil = true), weak("snakeoil"));
    assert_eq!(of(&|scene| scene.pair().key_matches = Some(false)), weak("files-broken"));
    let serve = |scene: &mut Scene, leaf: super::scene::Made| {
        scene.sends(&[leaf.der(), scene.pki.intermediate.der()]);
        scene.holds(&[leaf.der(), scene.pki.intermediate.der()]);
    };
    let short = |scene: &mut Scene| {
        let key = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
        let leaf = Wish::leaf("mail.example.com", &scene.pki.intermediate).made_for(key);
        serve(scene, leaf);
    };
    assert_eq!(of(&short), weak("weak-key"));
    let sha1 = |scene: &mut Scene| {
        let leaf = Wish { digest: MessageDigest::sha1(), ..Wish::leaf("mail.example.com", &scene.pki.intermediate) }.made();
        serve(scene, leaf);
    };
    assert_eq!(of(&sha1), weak("sha1-signature"));
    let first = |scene: &mut Scene| {
        let leaf = Wish { version: 0, ..Wish::leaf("mail.example.com", &scene.pki.intermediate) }.made();
        serve(scene, leaf);
    };
    assert_eq!(of(&first), weak("old-certificate-version"));
}

#[test]
fn a_weak_authority_that_is_sent_is_named_and_a_root_is_not() {
    let mut scene = Scene::new();
    let weak = Wish { digest: MessageDigest::sha1(), ..Wish::authority("Weak", Some(&scene.pki.root)) }.made();
    let leaf = Wish::leaf("mail.example.com", &weak).made();
    scene.sends(&[leaf.der(), weak.der(), scene.pki.root.der()]);
    scene.holds(&[leaf.der()]);
    let judgement = scene.judged();
    let codes: Vec<&str> = judgement.findings.iter().filter(|one| one.grade != Grade::Note).map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["authority-sha1-signature"], "{judgement:#?}");
}
