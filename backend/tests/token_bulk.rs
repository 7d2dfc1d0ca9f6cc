//! Many certificates in one transaction: the rows are softoken's own, and so is the last word.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::Duration,
};

use certdeck::token::{Advance, CertificateToImport, Secret, TokenError, TokenHandle};
use certdeck_shared::api::key::KeyAlgorithm;
use token_support::{Database, P256, RSA, Workshop, go_on, self_signed, to_import};

/// More than are written one by one.
const COUNT: usize = 60;

/// So many certificates of one key, without a process for each: another number in the name makes another certificate.
fn certificates(workshop: &Workshop, from: usize, count: usize) -> Vec<Vec<u8>> {
    let one = workshop.certificate("/CN=host-000000/emailAddress=Host-000000@Example.org", &P256);
    let places: Vec<usize> = (0..one.len() - 6).filter(|at| &one[*at..at + 6] == b"000000").collect();
    assert_eq!(places.len(), 4, "name and address, of issuer and subject");
    (from..from + count)
        .map(|number| {
            let mut der = one.clone();
            places.iter().for_each(|at| der[*at..at + 6].copy_from_slice(format!("{number:06}").as_bytes()));
            der
        })
        .collect()
}

fn named(certificates: &[Vec<u8>], flags: Option<&str>) -> Vec<CertificateToImport> {
    certificates.iter().enumerate().map(|(number, der)| to_import(der, &format!("n{number}"), flags)).collect()
}

/// Imports and returns what was remarked.
async fn import(token: &TokenHandle, imports: Vec<CertificateToImport>) -> (Result<usize, TokenError>, Vec<String>) {
    let remarks = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&remarks);
    let tell = move |advance| {
        if let Advance::Remark(words) = advance {
            kept.lock().unwrap().push(words);
        }
        ControlFlow::Continue(())
    };
    let imported = token.import(imports, tell).await.map(|all| all.iter().filter(|one| one.added).count());
    (imported, remarks.lock().unwrap().clone())
}

fn signatures(database: &Database) -> Vec<String> {
    let connection = rusqlite::Connection::open(database.path().join("key4.db")).unwrap();
    let mut statement = connection.prepare("SELECT id FROM metaData WHERE id GLOB 'sig_cert_*' ORDER BY id").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn rows_are_the_ones_certutil_writes() {
    let workshop = Workshop::new();
    let (ours, theirs) = (Database::by_certutil(), Database::by_certutil());
    let flags = ["CT,C,C", ",,", "P,p,", "c,c,c", ",P,", "T,,", "Cg,,", "p,p,p"];
    let mut certificates = certificates(&workshop, 0, COUNT);
    certificates.push(workshop.certificate_with("/C=DE/O=Ünï/CN=utf8", &RSA, &["-utf8"]));
    certificates.push(workshop.certificate("/CN=plain", &P256));
    let mut imports = Vec::new();
    for (number, der) in certificates.iter().enumerate() {
        let (nickname, flags) = (format!("Nümber {number}"), flags[number % flags.len()]);
        let file = workshop.write("one.der", der);
        theirs.certutil(&["-A", "-n", &nickname, "-t", flags, "-i", file.to_str().unwrap()]);
        imports.push(to_import(der, &nickname, Some(flags)));
    }
    let token = ours.unlocked().await;
    assert_eq!(import(&token, imports).await, (Ok(COUNT + 2), Vec::new()));
    assert_eq!(ours.public_rows(), theirs.public_rows());
    assert_eq!(ours.certutil_trust(), theirs.certutil_trust());
    assert_eq!(signatures(&ours).len(), signatures(&theirs).len());
    assert_eq!(token.authentic_trust(certificates.clone()).await.unwrap(), vec![true; certificates.len()]);
    ours.check_integrity();

    // certutil goes on with them.
    ours.certutil(&["-M", "-n", "Nümber 0", "-t", "P,,"]);
    ours.certutil(&["-D", "-n", "Nümber 2"]);
    let left = ours.certutil_trust();
    assert_eq!((left["Nümber 0"].as_str(), left.contains_key("Nümber 2")), ("P,,", false));
    assert_eq!(signatures(&ours).len(), signatures(&theirs).len() - 7);
    ours.certutil(&["-V", "-n", "Nümber 0", "-u", "V"]);
    token.delete_certificates(certificates[3..].to_vec(), false).await.unwrap();
    assert_eq!(ours.certutil_trust().into_keys().collect::<Vec<_>>(), ["Nümber 0", "Nümber 1"]);
    assert_eq!(signatures(&ours).len(), 7);
    // And with the password, which signs all of them anew.
    token.change_password(&Secret::new(token_support::PASSWORD), &Secret::new("another horse 8")).await.unwrap();
    assert_eq!(token.authentic_trust(certificates[..2].to_vec()).await.unwrap(), [true, true]);
}

#[tokio::test]
async fn a_database_without_a_password_is_written_as_well() {
    let workshop = Workshop::new();
    let database = Database::with_password("");
    database.certutil(&["-N", "--empty-password"]);
    let token = database.handle();
    let certificates = certificates(&workshop, 0, COUNT);
    assert_eq!(import(&token, named(&certificates, Some("CT,C,C"))).await, (Ok(COUNT), Vec::new()));
    assert!(database.certutil_trust().values().all(|flags| flags == "CT,C,C"));
    assert_eq!(token.authentic_trust(certificates.clone()).await.unwrap(), vec![true; COUNT]);
}

#[tokio::test]
async fn a_prefix_is_heeded() {
    let workshop = Workshop::new();
    let (database, other) = (Database::by_certutil(), Database::by_certutil());
    for file in ["cert9.db", "key4.db"] {
        std::fs::copy(other.path().join(file), database.path().join(format!("web-{file}"))).unwrap();
    }
    let mut options = database.options();
    options.prefix = "web-".to_owned();
    let token = TokenHandle::new(options);
    token.login(&Secret::new(token_support::PASSWORD)).await.unwrap();
    assert_eq!(import(&token, named(&certificates(&workshop, 0, COUNT), Some("C,,"))).await, (Ok(COUNT), Vec::new()));
    assert!(database.public_rows().is_empty(), "the database without a prefix is another one");
    assert_eq!(database.certutil(&["-L", "-P", "web-"]).lines().filter(|line| line.trim_end().ends_with("C,,")).count(), COUNT);
}

#[tokio::test]
async fn without_trust_a_token_may_stay_locked() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.handle();
    let certificates = certificates(&workshop, 0, COUNT);
    assert_eq!(import(&token, named(&certificates, Some("C,,"))).await.0, Err(TokenError::NotLoggedIn));
    assert_eq!(import(&token, named(&certificates, None)).await, (Ok(COUNT), Vec::new()));
    assert!(!token.status().await.unwrap().unlocked);
    assert!(signatures(&database).is_empty());
}

#[tokio::test]
async fn the_same_rules_hold_as_for_one() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let all = certificates(&workshop, 0, COUNT);
    token.import(vec![to_import(&all[7], "seven", Some("C,,"))], go_on).await.unwrap();
    // What is there stays as it is; a repetition is one certificate.
    let mut imports = named(&all, Some("P,,"));
    imports.push(to_import(&all[0], "again", Some("C,,")));
    assert_eq!(import(&token, imports).await, (Ok(COUNT - 1), Vec::new()));
    let stored = database.certutil_trust();
    assert_eq!((stored["seven"].as_str(), stored["n0"].as_str(), stored.len()), ("C,,", "P,,", COUNT));
    let rows = database.public_rows();

    // A nickname of another subject, another certificate of the same number: nothing is written.
    let mut others = named(&certificates(&workshop, 1000, COUNT), Some("P,,"));
    others[9].nickname = "seven".to_owned();
    for (place, other) in others.iter_mut().enumerate().filter(|(place, _)| *place != 9) {
        other.nickname = format!("other {place}");
    }
    assert_eq!(import(&token, others.clone()).await.0, Err(TokenError::NicknameTaken { nickname: "seven".to_owned() }));
    others[9].nickname = "other 9".to_owned();
    let last = all[8].len() - 1;
    let mut altered = all[8].clone();
    altered[last] ^= 1;
    others.push(to_import(&altered, "altered", None));
    assert_eq!(import(&token, others).await.0, Err(TokenError::SerialNumberReused { nickname: Some("n8".to_owned()) }));
    assert_eq!(database.public_rows(), rows);
}

#[tokio::test]
async fn keys_get_the_nickname_and_trust_that_was_there_is_changed() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let key = token.generate_key(KeyAlgorithm::EcP256, "").await.unwrap();
    let own = self_signed(&workshop, &token, &key, "CN=own").await;
    let all = certificates(&workshop, 0, COUNT);
    token.import(vec![to_import(&all[5], "five", Some("C,,"))], go_on).await.unwrap();
    // A certificate that somebody removed without its trust.
    let connection = rusqlite::Connection::open(database.path().join("cert9.db")).unwrap();
    assert_eq!(connection.execute("DELETE FROM nssPublic WHERE a3 = ?1", [b"five".as_slice()]).unwrap(), 1);
    drop(connection);
    let mut imports = named(&all, Some("P,,"));
    imports.push(to_import(&own, "our own", Some("u,u,u")));
    assert_eq!(import(&token, imports).await, (Ok(COUNT + 1), Vec::new()));
    let stored = database.certutil_trust();
    assert!((0..COUNT).all(|number| stored[&format!("n{number}")] == "P,,"), "{stored:?}");
    assert_eq!(stored["our own"], "u,u,u");
    assert!(database.certutil(&["-K"]).contains("our own"), "the key has the nickname");
    assert_eq!(token.authentic_trust(all.clone()).await.unwrap(), vec![true; COUNT]);
}

#[tokio::test]
async fn what_is_not_understood_is_left_to_softoken_and_said() {
    let workshop = Workshop::new();
    let strange = [
        ("key4.db", "INSERT INTO metaData (id, item1) VALUES ('something else', x'00')", "metaData holds something else"),
        ("cert9.db", "ALTER TABLE nssPublic ADD COLUMN remark", "nssPublic has other columns"),
        ("cert9.db", "CREATE TABLE more (id)", "other tables"),
        ("cert9.db", "CREATE TRIGGER t AFTER INSERT ON nssPublic BEGIN SELECT 1; END", "other tables"),
    ];
    for (file, statement, reason) in strange {
        let database = Database::by_certutil();
        rusqlite::Connection::open(database.path().join(file)).unwrap().execute_batch(statement).unwrap();
        let token = database.unlocked().await;
        let mut imports = named(&certificates(&workshop, 0, 50), None);
        imports[49] = CertificateToImport { trust: Some(token_support::trust("C,,")), ..imports[49].clone() };
        let (imported, remarks) = import(&token, imports).await;
        assert_eq!(imported, Ok(50), "{statement}");
        assert!(remarks.len() == 1 && remarks[0].contains(reason), "{remarks:?}");
        let stored = database.certutil_trust();
        assert_eq!((stored.len(), stored["n49"].as_str()), (50, "C,,"));
    }
    // A column that NSS has added and that is not needed changes nothing.
    let database = Database::by_certutil();
    let more = "ALTER TABLE nssPublic ADD COLUMN a7fffffff; CREATE INDEX more ON nssPublic (a81, a82)";
    rusqlite::Connection::open(database.path().join("cert9.db")).unwrap().execute_batch(more).unwrap();
    let token = database.unlocked().await;
    assert_eq!(import(&token, named(&certificates(&workshop, 0, 50), Some("C,,"))).await, (Ok(50), Vec::new()));
}

#[tokio::test]
async fn the_journal_mode_stays() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let mode = |file: &str, wanted: &str| -> String {
        let connection = rusqlite::Connection::open(database.path().join(file)).unwrap();
        connection.query_row(&format!("PRAGMA journal_mode{wanted}"), [], |row| row.get(0)).unwrap()
    };
    let set = ["cert9.db", "key4.db"].map(|file| mode(file, " = WAL"));
    assert_eq!(set, ["wal", "wal"]);
    let token = database.unlocked().await;
    assert_eq!(import(&token, named(&certificates(&workshop, 0, COUNT), Some("C,,"))).await, (Ok(COUNT), Vec::new()));
    assert_eq!(["cert9.db", "key4.db"].map(|file| mode(file, "")), ["wal", "wal"]);
    assert_eq!(database.certutil_trust().len(), COUNT);
}

#[tokio::test]
async fn a_lock_of_others_is_waited_for_and_a_cancellation_heeded_meanwhile() {
    let workshop = Workshop::new();
    let all = certificates(&workshop, 0, COUNT);
    for file in ["cert9.db", "key4.db"] {
        for kind in ["IMMEDIATE", "EXCLUSIVE"] {
            let database = Database::by_certutil();
            let token = database.unlocked().await;
            let holder = rusqlite::Connection::open(database.path().join(file)).unwrap();
            holder.execute_batch(&format!("BEGIN {kind}")).unwrap();
            if kind == "IMMEDIATE" {
                let cancelled = token.import(named(&all, Some("C,,")), |_| ControlFlow::Break(())).await;
                assert_eq!(cancelled, Err(TokenError::Cancelled), "{file}");
            }
            let (other, imports) = (token.clone(), named(&all, Some("C,,")));
            let (waits, mut waiting) = tokio::sync::mpsc::unbounded_channel();
            let tell = move |advance| {
                drop(waits.send(advance));
                ControlFlow::Continue(())
            };
            let call = tokio::spawn(async move { other.import(imports, tell).await });
            // It gives signs of life while it waits for the transaction, and none while softoken opens the database anew after the cancellation.
            drop(tokio::time::timeout(Duration::from_secs(1), waiting.recv()).await);
            holder.execute_batch("ROLLBACK").unwrap();
            let imported = call.await.unwrap().unwrap_or_else(|error| panic!("{file} {kind}: {error}"));
            assert_eq!(imported.len(), COUNT, "{file} {kind}");
            assert_eq!(database.certutil_trust().len(), COUNT);
        }
    }
}

#[tokio::test]
async fn a_reader_that_does_not_let_go_leaves_everything_as_it_was() {
    let workshop = Workshop::new();
    let all = certificates(&workshop, 0, COUNT);
    for file in ["cert9.db", "key4.db"] {
        let database = Database::by_certutil();
        let token = database.unlocked().await;
        let reader = rusqlite::Connection::open(database.path().join(file)).unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM sqlite_master").unwrap();
        let stop = Arc::new(Mutex::new(0));
        let seen = Arc::clone(&stop);
        // The commit waits for the reader; who waits for the import loses patience first.
        let tell = move |_| {
            let mut seen = seen.lock().unwrap();
            *seen += 1;
            if *seen > 6 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert_eq!(token.import(named(&all, Some("C,,")), tell).await, Err(TokenError::Cancelled), "{file}");
        drop(reader);
        assert_eq!((database.public_rows().len(), signatures(&database).len()), (0, 0), "{file}");
        assert_eq!(import(&token, named(&all, Some("C,,"))).await, (Ok(COUNT), Vec::new()));
    }
}

#[tokio::test]
async fn a_cancellation_while_softoken_reads_back_removes_what_was_written_and_nothing_else() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    token.import(vec![to_import(&workshop.certificate("/CN=before", &P256), "before", Some("C,,"))], go_on).await.unwrap();
    let (rows, signed) = (database.public_rows(), signatures(&database));
    let tell = |advance| if advance == Advance::Done(0) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let all = certificates(&workshop, 0, 2000);
    let answer = token.import(named(&all, Some("C,,")), tell).await;
    if answer.is_err() {
        assert_eq!(answer, Err(TokenError::Cancelled));
        assert_eq!((database.public_rows(), signatures(&database)), (rows, signed));
    }
    assert_eq!(token.status().await.map(|status| status.unlocked), Ok(true));
    token.import(vec![to_import(&workshop.certificate("/CN=after", &P256), "after", Some("C,,"))], go_on).await.unwrap();
}

#[tokio::test]
async fn others_may_write_at_the_same_time() {
    let workshop = Workshop::new();
    let database = Arc::new(Database::by_certutil());
    let token = database.unlocked().await;
    let file = workshop.write("theirs.der", &workshop.certificate("/CN=theirs", &P256));
    let others = Arc::clone(&database);
    let writing = tokio::task::spawn_blocking(move || {
        (0..10).for_each(|number| {
            others.certutil(&["-A", "-n", "theirs", "-t", ["C,,", "P,,"][number % 2], "-i", file.to_str().unwrap()]);
        });
    });
    let mut expected = BTreeMap::from([("theirs".to_owned(), "P,,".to_owned())]);
    for round in 0..5 {
        let all = certificates(&workshop, round * COUNT, COUNT);
        let imports: Vec<_> =
            (0..).zip(&all).map(|(number, der): (usize, _)| to_import(der, &format!("{round}/{number}"), Some("C,,"))).collect();
        expected.extend(imports.iter().map(|one| (one.nickname.clone(), "C,,".to_owned())));
        assert_eq!(import(&token, imports).await, (Ok(COUNT), Vec::new()));
    }
    writing.await.unwrap();
    assert_eq!(database.certutil_trust(), expected);
    database.check_integrity();
}
