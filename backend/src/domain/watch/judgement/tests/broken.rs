//! Rungs that a probe did not get past, and why.

use certdeck_shared::api::endpoint::{Advice, EndpointState, RungKind, RungState};
use certdeck_shared::api::probe::{ProbeEngine, ProbeOutcome};
use certdeck_shared::api::service::{FileKey, TlsMode};
use time::macros::datetime;

use super::scene::{CERTIFICATE, KEY, Scene};
use crate::domain::watch::surroundings::{Listener, Running};

/// What is done to the files, and how that is named.
type Flaw = (fn(&mut Scene), &'static str);

const FLAWS: [Flaw; 7] = [
    (|scene| scene.pair().key_matches = Some(false), "is not that of the certificate"),
    (|scene| scene.file(KEY).owner = None, "There is no file /etc/mail.key, which smtpd_tls_key_file names"),
    (|scene| scene.file(KEY).key = Some(FileKey::Encrypted), "is encrypted"),
    (|scene| scene.file(KEY).key = None, "holds no private key"),
    (|scene| scene.file(CERTIFICATE).certificates.clear(), "holds no certificate"),
    (
        |scene| {
            scene.known.closed.insert(KEY.to_owned(), "Permission denied (os error 13)".to_owned());
        },
        "User root, as which it is read, cannot open /etc/mail.key: Permission denied; its mode is 0600, root:root.",
    ),
    (
        |scene| {
            let (leaf, above) = (scene.pki.leaf.der(), scene.pki.intermediate.der());
            scene.holds(&[above, leaf]);
            scene.pair().key_matches = Some(false);
        },
        "the certificate of the authority comes first",
    ),
];

#[test]
fn starttls_that_is_offered_and_broken_is_explained_by_the_files() {
    for (flaw, cause) in FLAWS {
        let mut scene = Scene::new();
        scene.ends(ProbeOutcome::OfferedButBroken);
        flaw(&mut scene);
        scene.judged().is_broken_at(RungKind::Starttls, EndpointState::Broken, cause);
    }
}

#[test]
fn a_service_that_died_of_its_files_is_down_and_they_are_named() {
    for (flaw, cause) in FLAWS {
        let mut scene = Scene::new();
        scene.ends(ProbeOutcome::Refused);
        let here = scene.evidence.here.as_mut().unwrap();
        (here.listeners, here.processes) = (Vec::new(), Vec::new());
        flaw(&mut scene);
        let judgement = scene.judged();
        judgement.is_broken_at(RungKind::Listening, EndpointState::Down, cause);
        assert!(judgement.rung(RungKind::Listening).cause.as_ref().unwrap().starts_with("Postfix does not run"));
    }
}

#[test]
fn implicit_tls_that_ends_at_once_is_explained_by_the_files() {
    for outcome in [ProbeOutcome::Closed, ProbeOutcome::HandshakeFailed, ProbeOutcome::KeyMismatch] {
        for (flaw, cause) in FLAWS {
            let mut scene = Scene::new();
            scene.evidence.record.tls = TlsMode::Implicit;
            scene.ends(outcome);
            scene.evidence.report.engine = Some(ProbeEngine::Openssl);
            flaw(&mut scene);
            let judgement = scene.judged();
            judgement.is_broken_at(RungKind::Handshake, EndpointState::Broken, cause);
            assert_eq!(judgement.rung(RungKind::Starttls).state, RungState::Skipped);
        }
    }
}

#[test]
fn files_that_were_mended_and_not_read_again_need_a_reload() {
    let mut scene = Scene::new();
    scene.ends(ProbeOutcome::OfferedButBroken);
    scene.written(datetime!(2026-11-22 11:17 UTC));
    let judgement = scene.judged();
    judgement.is_broken_at(RungKind::Starttls, EndpointState::Broken, "good now and were changed at 11:17 UTC; master (process 2214");
}

#[test]
fn a_service_that_runs_listens_elsewhere() {
    let mut scene = Scene::new();
    scene.ends(ProbeOutcome::Refused);
    let here = scene.evidence.here.as_mut().unwrap();
    here.listeners.clear();
    here.elsewhere = vec!["127.0.0.1:587".parse().unwrap()];
    scene.judged().is_broken_at(RungKind::Listening, EndpointState::Down, "runs and listens at 127.0.0.1:587 only");
}

#[test]
fn another_program_at_the_port_is_named() {
    let mut scene = Scene::new();
    let other = Running { id: 7, program: "nc".to_owned(), started_at: None };
    let here = scene.evidence.here.as_mut().unwrap();
    here.listeners = vec![Listener { address: "127.0.0.1".parse().unwrap(), holder: Some(other), of_service: Some(false) }];
    let judgement = scene.judged();
    judgement.is_broken_at(RungKind::Listening, EndpointState::Broken, "nc (process 7) listens at 127.0.0.1:25, and not Postfix.");
    assert_eq!(judgement.prints.advice, Some(Advice::LookWhoListens));
}

#[test]
fn who_listens_on_another_host_is_not_known() {
    for (outcome, state) in [
        (ProbeOutcome::Refused, EndpointState::Down),
        (ProbeOutcome::TimedOut, EndpointState::Down),
        (ProbeOutcome::Unreachable, EndpointState::Down),
        (ProbeOutcome::Unresolved, EndpointState::Down),
    ] {
        let mut scene = Scene::new();
        scene.by_hand("mail.example.com");
        scene.ends(outcome);
        let judgement = scene.judged();
        assert_eq!(judgement.rung(RungKind::Listening).state, RungState::Unknown);
        judgement.is_broken_at(RungKind::Connects, state, "");
    }
}

#[test]
fn a_name_without_an_address_is_told_once() {
    let mut scene = Scene::new();
    scene.by_hand("mail.example.invalid");
    scene.ends(ProbeOutcome::Unresolved);
    let judgement = scene.judged();
    assert_eq!((judgement.words.as_str(), &judgement.rung(RungKind::Connects).cause), ("Unresolved.", &None));
}

#[test]
fn a_socket_that_refuses_is_behind_a_packet_filter() {
    for outcome in [ProbeOutcome::Refused, ProbeOutcome::TimedOut] {
        let mut scene = Scene::new();
        scene.ends(outcome);
        scene.judged().is_broken_at(RungKind::Connects, EndpointState::Down, "packet filter of this host");
    }
}

#[test]
fn what_may_not_be_asked_is_unknown_at_every_rung() {
    let mut scene = Scene::new();
    scene.by_hand("192.0.2.1");
    scene.ends(ProbeOutcome::NotAllowed);
    let judgement = scene.judged();
    assert_eq!((judgement.state, judgement.broken()), (EndpointState::Unknown, None), "{judgement:#?}");
    assert!(judgement.rungs.iter().all(|rung| rung.state == RungState::Unknown), "{judgement:#?}");
}

#[test]
fn what_has_no_words_before_tls_ends_at_starttls_and_not_at_the_handshake() {
    for outcome in [ProbeOutcome::Closed, ProbeOutcome::TurnedAway, ProbeOutcome::NotOffered, ProbeOutcome::WrongProtocol] {
        let mut scene = Scene::new();
        scene.by_hand("mail.example.com");
        scene.ends(outcome);
        scene.judged().is_broken_at(RungKind::Starttls, EndpointState::Broken, "");
    }
    let mut scene = Scene::new();
    scene.by_hand("mail.example.com");
    scene.ends(ProbeOutcome::Silent);
    scene.judged().is_broken_at(RungKind::Starttls, EndpointState::Down, "");
}

#[test]
fn a_client_certificate_that_is_wanted_breaks_nothing() {
    let mut scene = Scene::new();
    scene.evidence.report.outcome = ProbeOutcome::ClientCertificateRequired;
    let judgement = scene.judged();
    assert_eq!((judgement.state, judgement.rung(RungKind::Handshake).state), (EndpointState::Good, RungState::Warn), "{judgement:#?}");
    let mut scene = Scene::new();
    scene.ends(ProbeOutcome::ClientCertificateRequired);
    let judgement = scene.judged();
    assert_eq!((judgement.state, judgement.broken()), (EndpointState::Unknown, None), "{judgement:#?}");
}
