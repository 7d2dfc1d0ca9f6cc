//! Snapshots: one before each write, and the way back.

use certdeck_shared::api::certificate::{CertificateChange, TrustChange, TrustChanges};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::Template;
use support::deck::{Deck, item, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_snapshot_is_the_database_from_before_the_write() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import((0..5).map(|number| item(template.numbered(number), &Template::nickname(number), "CT,C,C")).collect()).await;
    let before = deck.database.listing();
    let fingerprints: Vec<_> = deck.listed().await.into_iter().map(|entry| entry.fingerprint_sha256).collect();
    let changes = fingerprints[..3].iter().map(|fingerprint| TrustChange {
        fingerprint_sha256: fingerprint.clone(),
        expected: None,
        trust: "p,p,p".to_owned(),
    });
    let changed = deck.client.change_trust(&deck.id, &TrustChanges { changes: changes.collect() }, None).await.unwrap();
    let snapshot = changed.snapshot.expect("a snapshot is taken before each write");
    let after = deck.database.listing();
    assert_ne!(after, before);
    let rename = CertificateChange { nickname: Some("renamed".to_owned()), trust: None };
    deck.client.change_certificate(&deck.id, &fingerprints[4], &rename, None).await.unwrap();
    deck.client.delete_certificate(&deck.id, &fingerprints[3], false).await.unwrap();
    deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    assert_eq!(deck.database.keys().len(), 1);

    let listed = deck.client.snapshots(&deck.id).await.unwrap();
    let ours = listed.iter().find(|listed| listed.id == snapshot).unwrap();
    let difference = ours.difference.as_ref().unwrap();
    assert_eq!(difference.trust_changed_since.len(), 3, "{difference:?}");
    assert_eq!(
        (difference.certificates_removed_since.len(), difference.renamed_since.len(), difference.keys_added_since),
        (1, 1, 1),
        "{difference:?}"
    );

    let restored = deck.client.restore(&deck.id, &snapshot).await.unwrap();
    assert_eq!(deck.database.listing(), before);
    assert!(deck.database.keys().is_empty());
    deck.certutil_agrees().await;
    assert!(deck.database.is_whole());

    deck.client.restore(&deck.id, &restored.snapshot).await.unwrap();
    assert_eq!(deck.database.keys().len(), 1, "the way back leads forward again");
    assert!(deck.database.trust().contains_key("renamed"));
    deck.certutil_agrees().await;
    assert_eq!(refusal(deck.client.restore(&deck.id, "none").await), ProblemCode::NotFound);
    // The restored database can be written to.
    deck.unlock().await;
    deck.import(vec![item(template.numbered(77), "after", "C,,")]).await;
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_kept_by_count() {
    let deck = Deck::new().await;
    let template = Template::new();
    for number in 0..23 {
        deck.import(vec![item(template.numbered(number), &Template::nickname(number), ",,")]).await;
    }
    let listed = deck.client.snapshots(&deck.id).await.unwrap();
    assert_eq!(listed.len(), 20);
    assert!(listed.iter().all(|snapshot| !snapshot.reason.is_empty() && snapshot.bytes > 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_snapshot_differs_in_is_worked_out_once_for_each_revision() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import(vec![item(template.numbered(1), "one", "C,,")]).await;
    let listed = deck.client.snapshots(&deck.id).await.unwrap();
    let [snapshot] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!(snapshot.difference.as_ref().unwrap().certificates_added_since, ["one"]);
    // Read again, it could not be understood any more.
    let copy = deck.console.data_dir().join("snapshots").join(&deck.id).join(&snapshot.id).join("cert9.db");
    std::fs::write(copy, "not a database").unwrap();
    assert_eq!(deck.client.snapshots(&deck.id).await.unwrap(), listed);
    deck.database.certutil(&["-D", "-n", "one"]);
    let listed = deck.client.snapshots(&deck.id).await.unwrap();
    assert!(listed[0].difference.is_none(), "a new revision is compared anew, and a damaged snapshot has no difference: {listed:?}");
}
