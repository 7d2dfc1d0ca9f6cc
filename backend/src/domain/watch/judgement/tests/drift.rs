//! Database, file, process and wire: which of them differs, and what makes them agree.

use certdeck_shared::api::endpoint::{Advice, EndpointState, Mark, RungKind, RungState};
use time::Duration;
use time::macros::datetime;

use super::scene::{Made, NOW, Scene, Wish};
use crate::domain::watch::evidence::Decided;

/// Another certificate that lives so many days longer than the one that is served.
fn another(scene: &Scene, longer: i64) -> Made {
    let life = (NOW - Duration::days(2), NOW + Duration::days(88 + longer));
    Wish { life, ..Wish::leaf("mail.example.com", &scene.pki.intermediate) }.made()
}

fn marks(scene: Scene) -> ([Mark; 4], Option<Advice>, EndpointState) {
    let judgement = scene.judged();
    let prints = &judgement.prints;
    let marks = [prints.database.mark, prints.file.mark, prints.process.mark, prints.wire.mark];
    (marks, prints.advice, judgement.state)
}

#[test]
fn all_agree() {
    let mut scene = Scene::new();
    scene.binds(&scene.pki.leaf.clone());
    scene.written(datetime!(2026-11-21 11:17 UTC));
    assert_eq!(marks(scene), ([Mark::Same; 4], None, EndpointState::Good));
    assert_eq!(marks(Scene::new()), ([Mark::None, Mark::Same, Mark::Same, Mark::Same], None, EndpointState::Good));
}

#[test]
fn a_file_that_was_replaced_and_not_read_again_is_stale() {
    let mut scene = Scene::new();
    let new = another(&scene, 90);
    scene.binds(&new);
    scene.holds(&[new.der(), scene.pki.intermediate.der()]);
    scene.written(datetime!(2026-11-22 11:17 UTC));
    let judgement = scene.judged();
    judgement.is_broken_at(RungKind::Expected, EndpointState::Stale, "before");
    assert_eq!(
        judgement.words,
        "The port serves the certificate from before. The file was replaced at 11:17 UTC. master started at 08:02 UTC and has not been \
         reloaded since."
    );
    let prints = &judgement.prints;
    assert_eq!((prints.process.mark, prints.wire.mark, prints.advice), (Mark::Differs, Mark::Differs, Some(Advice::Reload)));
    assert_eq!(prints.process.words, "older than the file: master (process 2214, since 08:02 UTC)");
    assert_eq!(judgement.rung(RungKind::Expected).cure.as_deref(), Some("Reload Postfix."));
}

#[test]
fn a_reload_that_was_refused_is_not_a_reload_that_was_forgotten() {
    let mut scene = Scene::new();
    let new = another(&scene, 90);
    scene.holds(&[new.der()]);
    scene.written(datetime!(2026-11-22 11:17 UTC));
    scene.pair().key_matches = Some(false);
    let judgement = scene.judged();
    judgement.is_broken_at(RungKind::Expected, EndpointState::Stale, "is not that of the certificate");
    assert!(judgement.words.ends_with("Postfix keeps what it had."), "{}", judgement.words);
}

#[test]
fn a_process_younger_than_its_file_has_its_certificate_from_elsewhere() {
    let mut scene = Scene::new();
    let new = another(&scene, 90);
    scene.holds(&[new.der()]);
    scene.written(datetime!(2026-11-22 07:00 UTC));
    scene.judged().is_broken_at(RungKind::Expected, EndpointState::Stale, "from elsewhere");
}

#[test]
fn a_renewed_certificate_that_was_not_deployed_is_to_be_deployed() {
    let mut scene = Scene::new();
    let new = another(&scene, 90);
    scene.binds(&new);
    let differs = [Mark::Same, Mark::Differs, Mark::Differs, Mark::Differs];
    assert_eq!(marks(scene), (differs, Some(Advice::Deploy), EndpointState::Stale));
}

#[test]
fn a_file_that_was_renewed_past_the_database_is_to_be_imported() {
    let mut scene = Scene::new();
    let old = another(&scene, -30);
    scene.binds(&old);
    let differs = [Mark::Same, Mark::Differs, Mark::Differs, Mark::Differs];
    assert_eq!(marks(scene), (differs, Some(Advice::ImportFile), EndpointState::Stale));
}

#[test]
fn a_certificate_that_was_named_by_hand_is_compared_with_the_wire() {
    let mut scene = Scene::new();
    scene.by_hand("mail.example.com");
    let other = another(&scene, 90);
    scene.binds(&other);
    let judgement = scene.judged();
    judgement.is_broken_at(RungKind::Expected, EndpointState::Stale, "another certificate than mail of the database");
    assert_eq!((judgement.prints.file.mark, judgement.prints.advice), (Mark::Unknown, None));
    let mut scene = Scene::new();
    scene.by_hand("mail.example.com");
    scene.evidence.decided = Decided::Missing("There is no certificate mail.".to_owned());
    let judgement = scene.judged();
    assert_eq!((judgement.rung(RungKind::Expected).state, judgement.prints.database.mark), (RungState::Warn, Mark::Unknown));
}

#[test]
fn the_first_of_several_hosts_is_no_drift_of_the_others() {
    let mut scene = Scene::new();
    let first = another(&scene, 90);
    scene.sends(&[first.der(), scene.pki.intermediate.der()]);
    // The same service serves it under another name at this port.
    let path = "/etc/first.pem";
    let mut file = scene.file(super::scene::CERTIFICATE).clone();
    (file.path, file.certificates) = (path.to_owned(), vec![crate::deploy::served::certificate(&first.der()).unwrap()]);
    scene.known.description.files.push(file);
    let mut endpoint = scene.known.description.endpoints[0].clone();
    endpoint.name = "first".to_owned();
    endpoint.pairs[0].certificate = super::scene::effective("SSLCertificateFile", path);
    scene.known.description.endpoints.push(endpoint);
    scene.evidence.record.server_name = None;
    let judgement = scene.judged();
    assert_eq!(judgement.rung(RungKind::Expected).state, RungState::Unknown, "{judgement:#?}");
}

#[test]
fn a_service_that_does_not_run_has_loaded_nothing() {
    let mut scene = Scene::new();
    scene.ends(certdeck_shared::api::probe::ProbeOutcome::Refused);
    scene.evidence.here = Some(crate::domain::watch::surroundings::Here::default());
    let judgement = scene.judged();
    assert_eq!((judgement.prints.process.mark, judgement.prints.wire.mark), (Mark::None, Mark::None));
    assert_eq!(judgement.prints.process.words, "It does not run.");
}
