//! Trust flags in both directions: what we store certutil prints, what certutil stores we print.

use certdeck_shared::api::certificate::{TrustChange, TrustChanges};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::Template;
use support::deck::{Deck, item, refusal};

/// What is asked for, and what NSS keeps of it.
const CASES: &[(&str, &str)] = &[
    (",,", ",,"),
    ("CT,C,C", "CT,C,C"),
    ("C,,", "C,,"),
    ("T,,", "T,,"),
    (",C,", ",C,"),
    (",,C", ",,C"),
    ("P,,", "P,,"),
    ("P,P,P", "P,P,P"),
    ("p,p,p", "p,p,p"),
    ("p,,", "p,,"),
    ("c,c,c", "c,c,c"),
    ("c,,", "c,,"),
    ("CT,,C", "CT,,C"),
    ("CT,P,p", "CT,P,p"),
    ("wC,,", "C,,"),
    ("w,w,w", ",,"),
    ("TC,C,T", "CT,C,c"),
    (",T,", ",c,"),
    ("CTu,Cu,Cu", "CT,C,C"),
];

#[tokio::test(flavor = "multi_thread")]
async fn flags_that_we_store_are_those_that_certutil_prints() {
    let deck = Deck::new().await;
    let template = Template::new();
    let items = (0..).zip(CASES).map(|(number, _)| item(template.numbered(number), &Template::nickname(number), "p,P,C")).collect();
    deck.import(items).await;
    let mut changes = Vec::new();
    for (number, (asked, _)) in (0..).zip(CASES) {
        let fingerprint_sha256 = deck.named(&Template::nickname(number)).await.fingerprint_sha256;
        changes.push(TrustChange { fingerprint_sha256, expected: Some("p,P,C".to_owned()), trust: (*asked).to_owned() });
    }
    let changed = deck.client.change_trust(&deck.id, &TrustChanges { changes }, None).await.unwrap();
    let printed = deck.database.trust();
    for ((number, (asked, stored)), answer) in (0..).zip(CASES).zip(&changed.certificates) {
        assert_eq!(printed[&Template::nickname(number)], *stored, "certutil, after {asked}");
        assert_eq!((answer.before.as_str(), answer.after.as_str()), ("p,P,C", *stored), "our answer to {asked}");
    }
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_given_with_the_import_are_those_that_certutil_prints() {
    let deck = Deck::new().await;
    let template = Template::new();
    let items = (0..).zip(CASES).map(|(number, (asked, _))| item(template.numbered(number), &Template::nickname(number), asked)).collect();
    deck.import(items).await;
    let printed = deck.database.trust();
    for (number, (asked, stored)) in (0..).zip(CASES) {
        assert_eq!(printed[&Template::nickname(number)], *stored, "certutil, after {asked}");
    }
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flags_that_certutil_stores_are_those_that_we_print() {
    let deck = Deck::new().await;
    let template = Template::new();
    for (number, (asked, _)) in (0..).zip(CASES) {
        deck.database.add(&Template::nickname(number), asked, &template.numbered(number));
    }
    deck.certutil_agrees().await;
    for (number, (asked, _)) in (0..).zip(CASES.iter().rev()) {
        deck.database.certutil_must(&["-M", "-n", &Template::nickname(number), "-t", asked]);
    }
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_trust_is_refused_as_a_whole() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import((0..3).map(|number| item(template.numbered(number), &Template::nickname(number), "C,,")).collect()).await;
    let before = deck.database.listing();
    let revision = deck.client.certificates(&deck.id).await.unwrap().revision;
    let fingerprints: Vec<_> = deck.listed().await.into_iter().map(|entry| entry.fingerprint_sha256).collect();
    let change = |number: usize, expected: &str, trust: &str| TrustChange {
        fingerprint_sha256: fingerprints[number].clone(),
        expected: Some(expected.to_owned()),
        trust: trust.to_owned(),
    };
    let cases = [
        (vec![change(0, "C,,", "P,,"), change(1, "C,,", "nonsense")], ProblemCode::InvalidInput),
        (vec![change(0, "C,,", "P,,"), change(1, "CT,,", "P,,")], ProblemCode::RevisionMismatch),
        (vec![change(0, "C,,", "P,,"), change(0, "C,,", "p,,")], ProblemCode::InvalidInput),
        (
            vec![change(0, "C,,", "P,,"), TrustChange { fingerprint_sha256: "0".repeat(64), expected: None, trust: "P,,".to_owned() }],
            ProblemCode::NotFound,
        ),
    ];
    for (changes, code) in cases {
        assert_eq!(refusal(deck.client.change_trust(&deck.id, &TrustChanges { changes }, None).await), code);
        assert_eq!(deck.database.listing(), before);
    }
    deck.database.certutil_must(&["-M", "-n", &Template::nickname(2), "-t", "p,p,p"]);
    let late = TrustChanges {
        changes: vec![TrustChange { fingerprint_sha256: fingerprints[0].clone(), expected: None, trust: "P,,".to_owned() }],
    };
    assert_eq!(refusal(deck.client.change_trust(&deck.id, &late, Some(&revision)).await), ProblemCode::RevisionMismatch);
    deck.certutil_agrees().await;
}

/// What is left when whoever writes is killed between cert9.db and key4.db, and what somebody makes who can write the one and knows no password.
#[tokio::test(flavor = "multi_thread")]
async fn trust_without_any_signature_is_not_authentic_and_can_be_changed_and_deleted() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import((0..3).map(|number| item(template.numbered(number), &Template::nickname(number), "CT,C,C")).collect()).await;
    let keys = rusqlite::Connection::open(deck.database.directory().join("key4.db")).unwrap();
    assert!(keys.execute("DELETE FROM metaData WHERE id LIKE 'sig_cert_%'", []).unwrap() > 12, "there were signatures");
    drop(keys);
    let [first, second, third] = [0, 1, 2].map(Template::nickname);
    let authentic = async |nickname: &str| {
        let entry = deck.named(nickname).await;
        deck.client.certificate(&deck.id, &entry.fingerprint_sha256).await.unwrap().trust_authentic
    };
    assert_eq!(authentic(&first).await, Some(false));
    // The same trust once more makes it good again.
    for (nickname, trust) in [(&first, "C,,"), (&second, "CT,C,C")] {
        let fingerprint_sha256 = deck.named(nickname).await.fingerprint_sha256;
        let changes = vec![TrustChange { fingerprint_sha256, expected: None, trust: trust.to_owned() }];
        deck.client.change_trust(&deck.id, &TrustChanges { changes }, None).await.unwrap();
        assert_eq!(authentic(nickname).await, Some(true), "{trust}");
    }
    let entry = deck.named(&third).await;
    deck.client.delete_certificate(&deck.id, &entry.fingerprint_sha256, false).await.unwrap();
    let trust = deck.database.trust();
    assert_eq!((trust.len(), trust[&first].as_str(), trust[&second].as_str()), (2, "C,,", "CT,C,C"));
    deck.certutil_agrees().await;
}
