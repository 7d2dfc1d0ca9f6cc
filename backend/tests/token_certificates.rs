//! Importing, listing, renaming and deleting certificates, with certutil on the other side.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use certdeck::token::{Advance, TokenError};
use certdeck_shared::api::key::KeyAlgorithm;
use token_support::{Database, P256, RSA, Workshop, go_on, to_import, trust};

#[tokio::test]
async fn what_is_imported_certutil_lists_and_what_certutil_adds_is_listed() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let first = workshop.certificate("/CN=one", &P256);
    let second = workshop.certificate("/CN=two", &RSA);
    let imported = token.import(vec![to_import(&first, "Ünö 1", Some("CT,C,C")), to_import(&second, "two", None)], go_on).await.unwrap();
    assert!(imported.iter().all(|one| one.added));
    let listed = database.certutil_trust();
    assert_eq!((listed["Ünö 1"].as_str(), listed["two"].as_str()), ("CT,C,C", ",,"));

    let third = workshop.write("third.der", &workshop.certificate("/CN=three", &P256));
    database.certutil(&["-A", "-n", "three", "-t", "P,,", "-i", third.to_str().unwrap()]);
    let mut found: Vec<_> =
        token.list().await.unwrap().into_iter().map(|entry| (entry.nickname.unwrap(), entry.trust.to_string(), entry.der)).collect();
    found.sort();
    let third = std::fs::read(third).unwrap();
    let expected = [("three", "P,,", third), ("two", ",,", second), ("Ünö 1", "CT,C,C", first)];
    assert_eq!(found, expected.map(|(nickname, flags, der)| (nickname.to_owned(), flags.to_owned(), der)));
}

#[tokio::test]
async fn rows_are_the_ones_certutil_writes() {
    let workshop = Workshop::new();
    let cases: [(&str, &[&str], &[&str], &str); 9] = [
        ("/CN=plain", &P256, &[], ",,"),
        ("/CN=rsa", &RSA, &[], "CT,C,C"),
        ("/CN=pss", &["RSA-PSS"], &[], "P,p,"),
        ("/CN=p384", &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], &[], "c,c,c"),
        ("/CN=mail/emailAddress=Some.One@Example.ORG", &P256, &[], ",P,"),
        ("/CN=san", &P256, &["-addext", "subjectAltName=DNS:a.example,email:X@Y.example,email:z@y.example"], ",,"),
        ("/CN=critical", &P256, &["-addext", "subjectAltName=critical,email:Q@Y.example"], "T,,"),
        ("/CN=both/emailAddress=first@example.org", &P256, &["-addext", "subjectAltName=email:second@example.org"], "p,p,p"),
        ("/C=DE/O=Ünï/CN=utf8", &P256, &["-utf8"], "Cg,,"),
    ];
    let ours = Database::by_certutil();
    let theirs = Database::by_certutil();
    let mut imports = Vec::new();
    for (position, (subject, key, more, flags)) in cases.iter().enumerate() {
        let der = workshop.certificate_with(subject, key, more);
        let nickname = format!("certificate {position}");
        let file = workshop.write(&nickname, &der);
        theirs.certutil(&["-A", "-n", &nickname, "-t", flags, "-i", file.to_str().unwrap()]);
        imports.push(to_import(&der, &nickname, Some(flags)));
    }
    ours.unlocked().await.import(imports, go_on).await.unwrap();
    let (ours, theirs) = (ours.public_rows(), theirs.public_rows());
    assert_eq!(ours.len(), theirs.len());
    for (our, their) in ours.iter().zip(&theirs) {
        assert_eq!(our, their);
    }
}

#[tokio::test]
async fn importing_again_changes_nothing() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let der = workshop.certificate("/CN=one", &P256);
    token.import(vec![to_import(&der, "one", Some("C,,"))], go_on).await.unwrap();
    let rows = database.public_rows();
    let again = token.import(vec![to_import(&der, "other", Some("P,P,P")), to_import(&der, "third", None)], go_on).await.unwrap();
    assert!(again.iter().all(|one| !one.added && one.nickname.as_deref() == Some("one")), "{again:?}");
    assert_eq!(database.public_rows(), rows);
}

#[tokio::test]
async fn certificates_of_one_subject_share_its_nickname() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let old = workshop.certificate("/CN=renewed", &P256);
    let new = workshop.certificate("/CN=renewed", &P256);
    let imported = token.import(vec![to_import(&old, "first", None), to_import(&new, "second", None)], go_on).await.unwrap();
    assert_eq!(imported[1].nickname.as_deref(), Some("first"));
    assert_eq!(token.list().await.unwrap().iter().filter(|entry| entry.nickname.as_deref() == Some("first")).count(), 2);
}

#[tokio::test]
async fn what_is_refused_writes_nothing() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let there = workshop.certificate_with("/CN=there", &P256, &["-set_serial", "7"]);
    let same_serial = workshop.certificate_with("/CN=there", &P256, &["-set_serial", "7"]);
    let fresh = workshop.certificate("/CN=fresh", &P256);
    let another = workshop.certificate("/CN=another", &P256);
    let mut trailing = fresh.clone();
    trailing.push(0);
    token.import(vec![to_import(&there, "there", None)], go_on).await.unwrap();
    let rows = database.public_rows();

    let refused = token.import(vec![to_import(&fresh, "fresh", None), to_import(&same_serial, "x", None)], go_on).await;
    assert_eq!(refused, Err(TokenError::SerialNumberReused { nickname: Some("there".to_owned()) }));
    let refused = token.import(vec![to_import(&another, "another", None), to_import(&fresh, "there", None)], go_on).await;
    assert_eq!(refused, Err(TokenError::NicknameTaken { nickname: "there".to_owned() }));
    let refused = token.import(vec![to_import(&another, "same", None), to_import(&fresh, "same", None)], go_on).await;
    assert_eq!(refused, Err(TokenError::NicknameTaken { nickname: "same".to_owned() }));
    for garbage in [&b"garbage"[..], &[], &fresh[..fresh.len() - 1], &trailing] {
        let refused = token.import(vec![to_import(&another, "another", None), to_import(garbage, "garbage", None)], go_on).await;
        assert!(matches!(refused, Err(TokenError::NotACertificate { .. })), "{refused:?}");
    }
    assert_eq!(database.public_rows(), rows);
}

#[tokio::test]
async fn trust_needs_the_password_and_certificates_do_not() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.handle();
    let der = workshop.certificate("/CN=one", &P256);
    assert_eq!(token.import(vec![to_import(&der, "one", Some("C,,"))], go_on).await, Err(TokenError::NotLoggedIn));
    assert!(database.public_rows().is_empty());
    token.import(vec![to_import(&der, "one", None)], go_on).await.unwrap();
    assert_eq!(token.set_trust(vec![(der, trust("C,,"))], go_on).await, Err(TokenError::NotLoggedIn));
    assert_eq!(database.certutil_trust()["one"], ",,");
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let imports: Vec<_> = (0..12)
        .map(|number| to_import(&workshop.certificate(&format!("/CN={number}"), &P256), &format!("n{number}"), Some("C,,")))
        .collect();
    let highest = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&highest);
    let stop_at_three = move |advance| {
        let Advance::Done(done) = advance else { panic!("a dozen is not remarkable") };
        seen.store(done, Ordering::Relaxed);
        if done >= 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    assert_eq!(token.import(imports.clone(), stop_at_three).await, Err(TokenError::Cancelled));
    assert!((3..12).contains(&highest.load(Ordering::Relaxed)));
    assert!(database.public_rows().is_empty());

    // A caller that goes away cancels as well.
    let (begun, first) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let other = token.clone();
    let call = tokio::spawn(async move {
        let tell = move |_| {
            if let Some(begun) = begun.take() {
                let _ = begun.send(());
            }
            ControlFlow::Continue(())
        };
        other.import(imports, tell).await
    });
    first.await.unwrap();
    call.abort();
    assert!(token.list().await.unwrap().is_empty());
    assert!(database.public_rows().is_empty());
}

#[tokio::test]
async fn renaming_renames_all_of_the_subject_and_the_key() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let key = token.generate_key(KeyAlgorithm::EcP256, "before").await.unwrap();
    let own = token_support::self_signed(&workshop, &token, &key, "CN=own").await;
    let other = workshop.certificate("/CN=other", &P256);
    let twin = workshop.certificate("/CN=other", &P256);
    token
        .import(vec![to_import(&own, "own", Some("u,u,u")), to_import(&other, "other", None), to_import(&twin, "other", None)], go_on)
        .await
        .unwrap();
    assert!(database.certutil(&["-K"]).contains("own"), "NSS names the key after its certificate");
    assert_eq!(database.certutil_trust()["own"], "u,u,u");

    token.rename(own.clone(), "mine").await.unwrap();
    token.rename(twin.clone(), "others").await.unwrap();
    let nicknames: Vec<_> = token.list().await.unwrap().into_iter().filter_map(|entry| entry.nickname).collect();
    assert_eq!(nicknames.iter().filter(|nickname| *nickname == "others").count(), 2);
    assert!(database.certutil(&["-K"]).contains("mine"));
    assert_eq!(token.list_keys().await.unwrap()[0].label.as_deref(), Some("mine"));
    let rows = database.public_rows();
    assert_eq!(token.rename(other, "mine").await, Err(TokenError::NicknameTaken { nickname: "mine".to_owned() }));
    let absent = token.rename(workshop.certificate("/CN=absent", &P256), "x").await;
    assert!(matches!(absent, Err(TokenError::NotFound { .. })), "{absent:?}");
    assert_eq!(database.public_rows(), rows);
}

#[tokio::test]
async fn deleting_takes_trust_along_and_keys_only_when_asked() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let mut certificates = Vec::new();
    for name in ["kept", "gone"] {
        let key = token.generate_key(KeyAlgorithm::EcP256, name).await.unwrap();
        let der = token_support::self_signed(&workshop, &token, &key, &format!("CN={name}")).await;
        token.import(vec![to_import(&der, name, Some("Cu,Cu,u"))], go_on).await.unwrap();
        certificates.push(der);
    }
    let absent = workshop.certificate("/CN=absent", &P256);
    let refused = token.delete_certificates(vec![certificates[0].clone(), absent], true).await;
    assert!(matches!(refused, Err(TokenError::NotFound { .. })), "{refused:?}");
    assert_eq!(token.list().await.unwrap().len(), 2);

    token.delete_certificates(vec![certificates[0].clone()], false).await.unwrap();
    assert_eq!(token.list_keys().await.unwrap().len(), 2);
    token.delete_certificates(vec![certificates[1].clone()], true).await.unwrap();
    let keys = token.list_keys().await.unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].label.as_deref(), Some("kept"));
    assert!(database.public_rows().iter().all(|row| row["a0"] == [0, 0, 0, 2]), "only the kept public key is left");
    token.delete_key(&keys[0].id).await.unwrap();
    assert!(matches!(token.delete_key(&keys[0].id).await, Err(TokenError::NotFound { .. })));
    assert!(database.public_rows().is_empty());
    assert!(database.rows("key4.db", "nssPrivate").is_empty());
}
