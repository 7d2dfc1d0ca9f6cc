//! Chains, dates and names.

use std::sync::Arc;

use certdeck_shared::api::endpoint::{EndpointState, RungKind, RungState};
use certdeck_shared::api::service::{ServiceKind, TlsMode};
use certdeck_shared::x509::parse;
use time::Duration;

use super::scene::{Authorized, NOW, Scene, Wish};
use crate::domain::watch::authorities::{Authorities, Authority};

/// A scene that sends these of leaf, intermediate, root and the leaf of somebody else.
fn sending(places: &[usize]) -> Scene {
    let mut scene = Scene::new();
    let other = Authorized::new();
    let all = [scene.pki.leaf.der(), scene.pki.intermediate.der(), scene.pki.root.der(), other.intermediate.der()];
    scene.sends(&places.iter().map(|place| all[*place].clone()).collect::<Vec<_>>());
    scene
}

#[test]
fn a_chain_is_whole_with_and_without_its_root() {
    for places in [&[0, 1][..], &[0, 1, 2]] {
        let judgement = sending(places).judged();
        let rung = judgement.rung(RungKind::Chain);
        assert_eq!((rung.state, judgement.state), (RungState::Pass, EndpointState::Good), "{judgement:#?}");
        assert!(rung.words.contains("Root, which the database Internal trusts"), "{}", rung.words);
    }
}

#[test]
fn disorder_and_what_does_not_belong_are_warned_of() {
    for (places, words) in [(&[0, 2, 1][..], "wrong order"), (&[0, 1, 3], "do not belong"), (&[0, 3, 1], "do not belong")] {
        let judgement = sending(places).judged();
        let rung = judgement.rung(RungKind::Chain);
        assert_eq!(rung.state, RungState::Warn, "{rung:#?}");
        assert!(rung.words.contains(words) && rung.cure.is_some(), "{rung:#?}");
    }
}

#[test]
fn a_missing_intermediate_is_known_from_a_database_and_else_unknown() {
    let mut scene = sending(&[0]);
    let der = scene.pki.intermediate.der();
    let view = parse::certificate(&der).unwrap();
    scene.evidence.authorities = Arc::new(Authorities(vec![Authority { view, der, trusted: false, database: "Internal".to_owned() }]));
    scene.judged().is_broken_at(RungKind::Chain, EndpointState::Broken, "Intermediate, which comes next, is not sent");
    let judgement = sending(&[0]).judged();
    assert_eq!((judgement.rung(RungKind::Chain).state, judgement.state), (RungState::Unknown, EndpointState::Good), "{judgement:#?}");
    let judgement = sending(&[0, 3]).judged();
    assert_eq!(judgement.rung(RungKind::Chain).state, RungState::Warn, "{judgement:#?}");
}

#[test]
fn the_certificate_of_an_authority_is_no_leaf() {
    sending(&[1, 0]).judged().is_broken_at(RungKind::Chain, EndpointState::Broken, "is that of an authority");
}

#[test]
fn an_intermediate_of_the_same_name_with_another_key_did_not_issue_it() {
    let mut scene = Scene::new();
    let twin = Wish::authority("Intermediate", Some(&scene.pki.root)).made();
    scene.sends(&[scene.pki.leaf.der(), twin.der()]);
    let judgement = scene.judged();
    assert_eq!(judgement.rung(RungKind::Chain).state, RungState::Warn, "{judgement:#?}");
}

#[test]
fn an_intermediate_that_ended_breaks_the_chain() {
    let mut scene = Scene::new();
    let intermediate =
        Wish { life: (NOW - Duration::days(9), NOW - Duration::days(1)), ..Wish::authority("Old", Some(&scene.pki.root)) }.made();
    let leaf = Wish::leaf("mail.example.com", &intermediate).made();
    scene.sends(&[leaf.der(), intermediate.der()]);
    scene.judged().is_broken_at(RungKind::Chain, EndpointState::Broken, "Old, which is sent above it, is valid from");
}

#[test]
fn a_certificate_signed_with_its_own_key_is_whole() {
    let mut scene = Scene::new();
    scene.by_hand("mail.example.com");
    let own = Wish { issuer: None, is_ca: false, ..Wish::authority("mail.example.com", None) }.made();
    scene.sends(&[own.der()]);
    let judgement = scene.judged();
    assert_eq!((judgement.rung(RungKind::Chain).state, judgement.broken()), (RungState::Warn, None), "{judgement:#?}");
}

#[test]
fn dates_count_on_both_sides() {
    for (begin, end, words) in [(-90, -3, "expired 3 days ago"), (2, 90, "is valid from 24 Nov 2026 only")] {
        let mut scene = Scene::new();
        let life = (NOW + Duration::days(begin), NOW + Duration::days(end));
        let leaf = Wish { life, ..Wish::leaf("mail.example.com", &scene.pki.intermediate) }.made();
        scene.sends(&[leaf.der(), scene.pki.intermediate.der()]);
        scene.judged().is_broken_at(RungKind::Dates, EndpointState::Broken, words);
    }
}

#[test]
fn names_are_those_that_clients_ask_for() {
    let by_hand = |host: &'static str| {
        let mut scene = Scene::new();
        scene.by_hand(host);
        scene.evidence.record.server_name = None;
        (scene.evidence.record.tls, scene.evidence.record.port) = (TlsMode::Implicit, 443);
        scene.judged().rung(RungKind::Names).state
    };
    assert_eq!(by_hand("mail.example.com"), RungState::Pass);
    assert_eq!(by_hand("MAIL.example.com."), RungState::Pass);
    assert_eq!(by_hand("www.example.com"), RungState::Fail);
    assert_eq!(by_hand("192.0.2.1"), RungState::Warn, "somebody wrote an address");
    assert_eq!(by_hand("127.0.0.1"), RungState::Unknown, "nobody asks for that");
    let configured = |names: &[&str], kind| {
        let mut scene = Scene::new();
        scene.known.description.service.kind = kind;
        (scene.evidence.record.server_name, scene.evidence.record.port) = (None, 443);
        scene.known.description.endpoints[0].server_names = names.iter().map(|name| (*name).to_owned()).collect();
        scene.judged().rung(RungKind::Names).state
    };
    assert_eq!(configured(&["mail.example.com"], ServiceKind::Apache), RungState::Pass);
    assert_eq!(configured(&["www.example.com"], ServiceKind::Apache), RungState::Fail);
    assert_eq!(configured(&["mail.example.com", "alias.example.com"], ServiceKind::Apache), RungState::Warn);
    assert_eq!(configured(&["*.example.com", "_"], ServiceKind::Apache), RungState::Unknown);
    assert_eq!(configured(&[], ServiceKind::Vsftpd), RungState::Unknown);
    assert_eq!(configured(&["host1.example.com"], ServiceKind::Postfix), RungState::Warn, "it calls itself so");
}
