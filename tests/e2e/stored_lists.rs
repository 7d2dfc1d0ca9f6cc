//! The revocation lists that lie in a database: what they do to verdicts, and how they come and go; certutil and crlutil are the judges.

use std::path::Path;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::ValidationQuery;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::revocation::{NewRevocation, RevocationReason};
use certdeck_shared::api::validation::{Simulation, UsageVerdict, Verifier};
use certdeck_shared::request::RequestForm;
use certdeck_shared::validation::{ListStanding, NssError, Usage};
use certdeck_shared::x509::{parse, revocation_list};
use support::deck::{Deck, refusal, unchanged};
use support::{poll, run};

use crate::issuing::{below, certutil_says_valid, root};

/// The subject of the CA of these tests, as openssl takes it.
const NAME: &str = "/O=Certdeck tests/CN=Keeper CA";
const QUERY: ValidationQuery = ValidationQuery { at: None, usage: None, name: None };

fn crlutil(deck: &Deck, arguments: &[&str]) -> String {
    let database = format!("sql:{}", deck.database.path());
    run::must("crlutil", &[arguments, &["-d", &database]].concat())
}

fn certutil_says(deck: &Deck, nickname: &str) -> String {
    let said = deck.database.certutil(&["-V", "-e", "-n", nickname, "-u", "V"]);
    format!("{}{}", said.out, said.err)
}

/// NSS's verdict on a server by REST.
async fn verdict(deck: &Deck, nickname: &str) -> UsageVerdict {
    let address = deck.named(nickname).await.fingerprint_sha256;
    let all = deck.client.validation(&deck.id, &address, &QUERY).await.unwrap();
    all.usages.into_iter().find(|verdict| verdict.usage == Usage::SslServer).unwrap()
}

/// A list by a CA of this name with a key of its own, made by openssl.
pub fn list_of_another(room: &Path, subject: &str) -> Vec<u8> {
    let path = |name: &str| room.join(name).to_str().unwrap().to_owned();
    let (key, ca, list, settings) = (path("other.key"), path("other.pem"), path("other.crl"), path("other.cnf"));
    run::must(
        "openssl",
        &["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", &key, "-out", &ca, "-subj", subject],
    );
    std::fs::write(path("index.txt"), "").unwrap();
    std::fs::write(path("number"), "77\n").unwrap();
    let text = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={}\ncrlnumber={}\ndefault_md=sha256\ndefault_crl_days=9\n",
        path("index.txt"),
        path("number")
    );
    std::fs::write(&settings, text).unwrap();
    run::must("openssl", &["ca", "-config", &settings, "-gencrl", "-keyfile", &key, "-cert", &ca, "-out", &list]);
    std::fs::read(list).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_ca_of_the_database_revoked_is_revoked_in_every_verdict() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Keeper")).await.unwrap();
    let form = |name: &str| RequestForm { common_name: name.to_owned(), ..RequestForm::default() };
    let taken = deck.client.issue(&deck.id, &below(&ca, "taken", form("taken.example"))).await.unwrap();
    deck.client.issue(&deck.id, &below(&ca, "kept", form("kept.example"))).await.unwrap();
    assert!(verdict(&deck, "taken").await.valid);
    let revocation = NewRevocation {
        fingerprint_sha256: Some(taken.fingerprint_sha256.clone()),
        reason: RevocationReason::KeyCompromise,
        ..NewRevocation::default()
    };
    deck.client.revoke(&deck.id, &ca.fingerprint_sha256, &revocation).await.unwrap();
    assert!(certutil_says(&deck, "taken").contains("has been revoked"));
    certutil_says_valid(&deck, "kept", "V");

    let said = verdict(&deck, "taken").await;
    let reason = &said.reasons[0];
    let found = reason.revocation.as_ref().unwrap();
    assert_eq!((said.valid, reason.error, found.reason), (false, NssError::RevokedCertificate, RevocationReason::KeyCompromise));
    assert_eq!(found.issuer, ca.fingerprint_sha256);
    assert!(found.words.starts_with("Revoked on ") && found.words.contains(" by Keeper (key compromised)"), "{}", found.words);
    assert!(verdict(&deck, "kept").await.valid);
    let all = deck.client.validation(&deck.id, &taken.fingerprint_sha256, &QUERY).await.unwrap();
    let code = |verifier| {
        let other = all.others.iter().find(|other| other.verifier == verifier && other.usage == Usage::SslServer).unwrap();
        (other.valid, other.code.clone().unwrap())
    };
    assert_eq!(code(Verifier::Openssl), (false, "23".to_owned()));
    assert_eq!(code(Verifier::Web), (false, "CertRevoked".to_owned()));
    assert_eq!(deck.named("taken").await.revocation.unwrap().words, found.words);
    assert_eq!(deck.named("kept").await.revocation, None);

    let stored = deck.client.stored_lists(&deck.id, Some(&format!("0x{}", taken.serial_number))).await.unwrap();
    let list = &stored.lists[0];
    assert_eq!((stored.lists.len(), list.standing, list.revoked_count, list.number.as_deref()), (1, ListStanding::Heeded, 1, Some("1")));
    assert_eq!(list.revoked_here[0].fingerprint_sha256.as_ref(), Some(&taken.fingerprint_sha256));
    assert_eq!(list.entry.as_ref().unwrap().reason, RevocationReason::KeyCompromise);
    assert_eq!(refusal(deck.client.stored_lists(&deck.id, Some("many")).await), ProblemCode::InvalidInput);

    // Out, tried, and in again.
    let der = deck.client.export_stored_list(&deck.id, &list.fingerprint_sha256).await.unwrap();
    deck.client.delete_list(&deck.id, &list.fingerprint_sha256).await.unwrap();
    assert_eq!(refusal(deck.client.delete_list(&deck.id, &list.fingerprint_sha256).await), ProblemCode::NotFound);
    certutil_says_valid(&deck, "taken", "V");
    assert!(verdict(&deck, "taken").await.valid);
    let trial = Simulation { revocation_lists: vec![Base64(der.clone())], ..Simulation::default() };
    let trial = unchanged(&deck.database, deck.client.simulate(&deck.id, &trial)).await.unwrap();
    let stops = trial.stops.iter().find(|change| change.usage == Usage::SslServer).unwrap();
    assert_eq!(stops.certificates.iter().map(|one| one.nickname.as_deref()).collect::<Vec<_>>(), [Some("taken")]);
    let preview = unchanged(&deck.database, deck.client.import_list(&deck.id, der.clone(), true, false)).await.unwrap();
    assert_eq!((preview.list.standing, preview.replaced, preview.snapshot), (ListStanding::Heeded, None, None));
    let imported = deck.client.import_list(&deck.id, der, false, false).await.unwrap();
    assert!(imported.snapshot.is_some());
    assert!(certutil_says(&deck, "taken").contains("has been revoked"));
    assert!(!verdict(&deck, "taken").await.valid);
    assert!(crlutil(&deck, &["-L"]).contains("Keeper"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_nss_would_not_heed_stay_out_and_are_named_where_they_are_in() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Keeper")).await.unwrap();
    let form = RequestForm { common_name: "taken.example".to_owned(), ..RequestForm::default() };
    let taken = deck.client.issue(&deck.id, &below(&ca, "taken", form)).await.unwrap();
    let subject = deck.named("Keeper").await;
    let name = parse::certificate(&subject.der.0).unwrap().subject.to_string();
    let foreign = list_of_another(deck.room.path(), NAME);
    let stranger = list_of_another(deck.room.path(), "/CN=Stranger");
    let import = |file: &Vec<u8>, unverified| deck.client.import_list(&deck.id, file.clone(), false, unverified);
    for unverified in [false, true] {
        assert_eq!(refusal(unchanged(&deck.database, import(&foreign, unverified)).await), ProblemCode::ListRefused);
    }
    assert_eq!(refusal(unchanged(&deck.database, import(&stranger, false)).await), ProblemCode::ListRefused);
    assert_eq!(refusal(unchanged(&deck.database, import(&b"no list".to_vec(), false)).await), ProblemCode::Unreadable);
    assert_eq!(import(&stranger, true).await.unwrap().list.standing, ListStanding::NoIssuer);

    // crlutil -B takes the foreign one, and NSS then heeds nothing of that name.
    let revocation = NewRevocation { fingerprint_sha256: Some(taken.fingerprint_sha256.clone()), ..NewRevocation::default() };
    deck.client.revoke(&deck.id, &ca.fingerprint_sha256, &revocation).await.unwrap();
    assert!(!verdict(&deck, "taken").await.valid);
    let older = deck
        .client
        .stored_lists(&deck.id, None)
        .await
        .unwrap()
        .lists
        .into_iter()
        .find(|list| list.standing == ListStanding::Heeded)
        .unwrap();
    let older = deck.client.export_stored_list(&deck.id, &older.fingerprint_sha256).await.unwrap();
    // Lists have whole seconds, and the next one is to be newer.
    let made = revocation_list::read(&older).unwrap().this_update;
    poll::second_is_over(made.unix_timestamp()).await;
    let foreign = list_of_another(deck.room.path(), NAME);
    let file = deck.room.path().join("foreign.der");
    std::fs::write(&file, run::openssl(&["crl", "-outform", "DER"], &foreign)).unwrap();
    let password = deck.database.password_file().to_str().unwrap();
    crlutil(&deck, &["-I", "-B", "-i", file.to_str().unwrap(), "-f", password]);
    certutil_says_valid(&deck, "taken", "V");
    assert!(verdict(&deck, "taken").await.valid);
    let stored = deck.client.stored_lists(&deck.id, None).await.unwrap();
    let spoilt = stored.lists.iter().find(|list| list.issuer == name).unwrap();
    assert_eq!(spoilt.standing, ListStanding::NotSigned);
    // The right one is older now, and the way to it is said.
    assert_eq!(refusal(unchanged(&deck.database, import(&older, false)).await), ProblemCode::ListRefused);
    deck.client.delete_list(&deck.id, &spoilt.fingerprint_sha256).await.unwrap();
    import(&older, false).await.unwrap();
    assert!(certutil_says(&deck, "taken").contains("has been revoked"));
    assert!(!verdict(&deck, "taken").await.valid);
}
