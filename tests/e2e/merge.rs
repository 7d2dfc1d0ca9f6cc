//! Two databases become one: as certutil --merge makes it of a copy, and nothing that was here changes.

use certdeck_shared::api::database::NewDatabase;
use certdeck_shared::api::job::JobState;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::merge::{KeyMergeOutcome, Merge, MergeOutcome, MergeReport, RecordMergeOutcome};
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
    assert!(
        again.snapshot.is_none() && again.keys.iter().all(|key| key.outcome == KeyMergeOutcome::Present),
        "a second merge finds nothing to do"
    );
}

/// A database of certutil's with a CA, a server certificate of it and the CA's revocation list of a date.
fn with_revocation_list(format: &str, update: &str) -> Database {
    let database = Database::made_in_format(format);
    let room = database.password_file().parent().unwrap();
    let (noise, script) = (room.join("noise"), room.join("crl-script"));
    std::fs::write(&noise, [7; 64]).unwrap();
    std::fs::write(&script, format!("update={update}\nnextupdate=20300101000000Z\n")).unwrap();
    let (directory, file) = (format!("{format}:{}", database.path()), database.password_file().to_str().unwrap());
    let common = ["-d", &directory, "-f", file, "-z", noise.to_str().unwrap(), "-g", "2048"];
    let ca = ["-S", "-n", "ca", "-s", "CN=Lists CA", "-x", "-t", "CT,,", "-m", "1"];
    run::must("certutil", &[&ca[..], &common].concat());
    run::must("certutil", &[&["-S", "-n", "server", "-s", "CN=server", "-c", "ca", "-t", "u,u,u", "-m", "2"][..], &common].concat());
    run::must("crlutil", &["-G", "-d", &directory, "-n", "ca", "-f", file, "-c", script.to_str().unwrap()]);
    database
}

async fn registered(deck: &Deck, database: &Database) -> String {
    let register = NewDatabase::Register { path: database.path(), prefix: None, label: None };
    deck.client.add_database(&register).await.unwrap().id
}

/// Revocation lists and S/MIME profiles in the file, each with what identifies it and its content.
fn records(directory: &std::path::Path) -> Vec<[Vec<u8>; 4]> {
    let connection = rusqlite::Connection::open(directory.join("cert9.db")).unwrap();
    let mut statement = connection
        .prepare("SELECT a0, a101, coalesce(ace534352, x''), a11 FROM nssPublic WHERE a0 IN (x'CE534351', x'CE534352') ORDER BY 1, 2")
        .unwrap();
    let rows = statement.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])).unwrap();
    rows.map(Result::unwrap).collect()
}

/// No tool of NSS stores a profile any more; this is a row of one that an old Messenger left.
fn leave_smime_profile(database: &Database) {
    let connection = rusqlite::Connection::open(database.directory().join("cert9.db")).unwrap();
    let row = "INSERT INTO nssPublic (id, a0, a1, a2, a3, a170, a101, ace534352, ace534354, a11)
        SELECT 4242, x'CE534352', x'01', x'00', x'A5005A', x'01', a101, x'616461406578616D706C652E6F7267',
               x'170D3236303130313030303030305A', x'3000' FROM nssPublic WHERE a0 = x'00000001' LIMIT 1";
    assert_eq!(connection.execute(row, []).unwrap(), 1);
}

/// What `certutil --merge` makes of a copy of this database.
fn merged_by_certutil(deck: &Deck, source: &Database, format: &str) -> Database {
    let copied = deck.room.path().join("copy");
    copy(deck.database.directory(), &copied);
    let (sql, from) = (format!("sql:{}", copied.display()), format!("{format}:{}", source.path()));
    let (ours, theirs) = (deck.database.password_file().to_str().unwrap(), source.password_file().to_str().unwrap());
    run::must("certutil", &["--merge", "-d", &sql, "-f", ours, "--source-dir", &from, "-@", theirs]);
    Database::at(&copied, PASSWORD, deck.room.path())
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_lists_and_smime_profiles_come_over_as_certutil_takes_them_and_modules_do_not() {
    let deck = Deck::new().await;
    let source = with_revocation_list("sql", "20260101000000Z");
    leave_smime_profile(&source);
    run::must(
        "modutil",
        &["-force", "-dbdir", &format!("sql:{}", source.path()), "-add", "Card", "-libfile", "/usr/lib/softhsm/libsofthsm2.so"],
    );
    let id = registered(&deck, &source).await;
    let expected = merged_by_certutil(&deck, &source, "sql");
    let merge = Merge { source: id.clone(), source_password: Some(PASSWORD.to_owned()) };
    let shown = unchanged(&deck.database, deck.client.merge(&deck.id, &merge, true)).await.unwrap();
    assert_eq!((shown.revocation_lists.len(), shown.smime_profiles.len()), (1, 1));
    assert_eq!((shown.revocation_lists[0].issuer.as_str(), shown.revocation_lists[0].outcome), ("CN=Lists CA", RecordMergeOutcome::Added));
    assert_eq!(shown.smime_profiles[0].email, "ada@example.org");
    assert!(shown.left_behind.len() == 1 && shown.left_behind[0].contains("Card"), "{:?}", shown.left_behind);
    let job = deck.client.merge_as_job(&deck.id, &merge).await.unwrap();
    assert_eq!((job.action.as_str(), job.total), ("database.merge", 6), "two certificates, two keys, a list, a profile");
    let job = deck.ended(&job.id).await;
    assert_eq!(job.state, JobState::Succeeded, "{:?}", job.problem);
    let done: MergeReport = serde_json::from_value(job.result.unwrap()).unwrap();
    assert!(done.applied && done.snapshot.is_some());
    assert_eq!(records(deck.database.directory()), records(expected.directory()));
    assert_eq!(deck.database.trust(), expected.trust());
    assert!(run::must("crlutil", &["-L", "-d", &format!("sql:{}", deck.database.path())]).contains("ca"), "crlutil lists it");

    // A newer list of the same CA: certutil keeps the old one, and so does this; it says so.
    let script = source.password_file().with_file_name("crl-script");
    std::fs::write(&script, "update=20260601000000Z\nnextupdate=20300101000000Z\n").unwrap();
    let (sql, file) = (format!("sql:{}", source.path()), source.password_file().to_str().unwrap().to_owned());
    run::must("crlutil", &["-G", "-d", &sql, "-n", "ca", "-f", &file, "-c", script.to_str().unwrap()]);
    let before = records(deck.database.directory());
    let again = deck.client.merge(&deck.id, &merge, false).await.unwrap();
    assert!(
        again.snapshot.is_none() && again.conflicts.iter().any(|words| words.contains("is newer, of 2026-06-01")),
        "{:?}",
        again.conflicts
    );
    assert_eq!(records(deck.database.directory()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_of_the_old_format_gives_its_keys_for_its_password() {
    let deck = Deck::new().await;
    let source = with_revocation_list("dbm", "20260101000000Z");
    let id = registered(&deck, &source).await;
    let expected = merged_by_certutil(&deck, &source, "dbm");
    let merge = |password: Option<&str>| Merge { source: id.clone(), source_password: password.map(str::to_owned) };
    let hidden = deck.client.merge(&deck.id, &merge(None), true).await.unwrap();
    assert!(hidden.keys_hidden && hidden.keys.is_empty() && hidden.certificates.len() == 2);
    assert_eq!(refusal(deck.client.merge(&deck.id, &merge(None), false).await), ProblemCode::InvalidInput);
    assert_eq!(refusal(deck.client.merge(&deck.id, &merge(Some("wrong")), true).await), ProblemCode::PinIncorrect);
    let shown = deck.client.merge(&deck.id, &merge(Some(PASSWORD)), true).await.unwrap();
    assert!(!shown.keys_hidden && shown.keys.len() == 2, "{shown:?}");
    assert!(!deck.client.database(&id).await.unwrap().token.unlocked, "the source is locked again");
    let done = deck.client.merge(&deck.id, &merge(Some(PASSWORD)), false).await.unwrap();
    assert_eq!(done.keys.iter().filter(|key| key.is_added()).count(), 2);
    assert_eq!(deck.database.trust(), expected.trust());
    assert_eq!(deck.database.keys().into_keys().collect::<Vec<_>>(), expected.keys().into_keys().collect::<Vec<_>>());
    assert_eq!(records(deck.database.directory()), records(expected.directory()));
    let valid = deck.database.certutil(&["-V", "-n", "server", "-u", "V"]);
    assert!(valid.success, "{}{}", valid.out, valid.err);
    assert!(!source.directory().join("cert9.db").exists(), "the source is as it was");
    let back = Merge { source: deck.id.clone(), source_password: None };
    assert_eq!(refusal(deck.client.merge(&id, &back, false).await), ProblemCode::DatabaseReadOnly, "nothing is written to the old format");
}
