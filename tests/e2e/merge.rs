//! Two databases become one: as certutil --merge makes it of a copy, and nothing that was here changes.

use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::merge::{Merge, MergeOutcome};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::{Authority, Template};
use support::database::{Database, PASSWORD};
use support::deck::{Deck, create, item, refusal, unchanged};
use support::run;

const TRUST: [&str; 7] = [",,", "C,,", "p,,", "P,,", "c,c,c", "CT,C,C", "T,,P"];

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir(to).unwrap();
    for name in ["cert9.db", "key4.db", "pkcs11.txt"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_gives_what_certutil_makes_of_a_copy_and_shows_conflicts_first() {
    let deck = Deck::new().await;
    let template = Template::new();
    let pairs: Vec<(u32, &str, &str)> = (0_u32..)
        .zip(TRUST.iter().flat_map(|here| TRUST.map(|there| (*here, there))))
        .map(|(number, (here, there))| (number, here, there))
        .collect();
    deck.import(pairs.iter().map(|(number, here, _)| item(template.numbered(*number), &Template::nickname(*number), here)).collect()).await;
    deck.import(vec![item(Authority::new("Here").certificate, "Same name", "C,,")]).await;

    let path = deck.room.path().join("source");
    let source = deck.client.add_database(&create(&path)).await.unwrap();
    let there = Database::at(&path, PASSWORD, deck.room.path());
    let filled = Deck { id: source.id.clone(), database: Database::at(&path, PASSWORD, deck.room.path()), ..deck };
    filled
        .import(pairs.iter().map(|(number, _, trust)| item(template.numbered(*number), &Template::nickname(*number), trust)).collect())
        .await;
    let other = Authority::new("There");
    filled.import(vec![item(other.certificate.clone(), "Same name", "CT,C,"), item(other.leaf("new.example.org"), "new", ",,")]).await;
    let noise = filled.room.path().join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    there.certutil_must(&[
        "-S",
        "-n",
        "server",
        "-s",
        "CN=server",
        "-x",
        "-t",
        "P,,",
        "-k",
        "ec",
        "-q",
        "nistp256",
        "-z",
        noise.to_str().unwrap(),
    ]);
    filled.client.create_key(&source.id, &NewKey { algorithm: KeyAlgorithm::Rsa2048, label: Some("waits".to_owned()) }).await.unwrap();

    let Deck { console, client, room, .. } = filled;
    let id = client.databases().await.unwrap().into_iter().find(|one| one.path.ends_with("/nss")).unwrap().id;
    let here = Database::at(&room.path().join("nss"), PASSWORD, room.path());
    let deck = Deck { console, client, room, id, database: here };
    let copied = deck.room.path().join("copy");
    copy(deck.database.directory(), &copied);
    let (sql, from, file) =
        (format!("sql:{}", copied.display()), format!("sql:{}", path.display()), there.password_file().to_str().unwrap());
    run::must("certutil", &["--merge", "-d", &sql, "-f", file, "--source-dir", &from, "-@", file]);
    let expected = Database::at(&copied, PASSWORD, deck.room.path());

    let merge = |password: Option<&str>| Merge { source: source.id.clone(), source_password: password.map(str::to_owned) };
    let shown = unchanged(&deck.database, deck.client.merge(&deck.id, &merge(None), true)).await.unwrap();
    assert!(!shown.applied && shown.conflicts.iter().any(|text| text.contains("gets the nickname Same name #2")), "{:?}", shown.conflicts);
    assert!(shown.conflicts.iter().any(|text| text.contains("is trusted as C,, here and as p,, in the source")), "{:?}", shown.conflicts);
    assert_eq!((shown.keys.len(), shown.certificates.iter().filter(|one| one.outcome == MergeOutcome::Added).count()), (2, 3));
    let without = unchanged(&deck.database, deck.client.merge(&deck.id, &merge(None), false)).await;
    assert_eq!(refusal(without), ProblemCode::InvalidInput);
    let wrong = unchanged(&deck.database, deck.client.merge(&deck.id, &merge(Some("wrong")), false)).await;
    assert_eq!(refusal(wrong), ProblemCode::PinIncorrect);
    let itself = Merge { source: deck.id.clone(), source_password: None };
    assert_eq!(refusal(deck.client.merge(&deck.id, &itself, false).await), ProblemCode::InvalidInput);

    let before = there.listing();
    let done = deck.client.merge(&deck.id, &merge(Some(PASSWORD)), false).await.unwrap();
    assert!(done.applied && done.snapshot.is_some());
    assert_eq!((done.conflicts, done.certificates), (shown.conflicts, shown.certificates), "what was shown is what was done");
    assert_eq!(there.listing(), before, "the source is as it was");
    assert_eq!(deck.database.keys().into_keys().collect::<Vec<_>>(), expected.keys().into_keys().collect::<Vec<_>>());
    let differences: Vec<_> = deck.database.trust().into_iter().filter(|(name, trust)| expected.trust().get(name) != Some(trust)).collect();
    assert!(differences.is_empty(), "not as certutil --merge makes it: {differences:?}, {:?}", expected.trust());
    assert_eq!(deck.database.listing().len(), expected.listing().len());
    deck.certutil_agrees().await;
    assert!(deck.database.is_whole());
    // A key that came over signs.
    let request = deck.room.path().join("request");
    deck.database.certutil_must(&["-R", "-k", "server", "-s", "CN=server", "-a", "-o", request.to_str().unwrap()]);
    let again = deck.client.merge(&deck.id, &merge(None), false).await.unwrap();
    assert!(again.snapshot.is_none() && again.keys.iter().all(|key| key.present), "a second merge finds nothing to do");
}
