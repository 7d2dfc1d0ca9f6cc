//! Trust flags in both directions between us and certutil.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use std::collections::BTreeMap;

use certdeck::token::{Advance, TokenError, TokenHandle};
use token_support::{Database, P256, Workshop, go_on, to_import, trust};

/// All that the first field can store, and all that the others can.
const SSL: [&str; 9] = ["", "c", "p", "P", "C", "T", "CT", "CP", "Tp"];
const OTHER: [&str; 5] = ["", "c", "p", "P", "C"];

fn combinations() -> Vec<String> {
    let mut all = Vec::new();
    for ssl in SSL {
        for email in OTHER {
            for code in OTHER {
                all.push(format!("{ssl},{email},{code}"));
            }
        }
    }
    all
}

async fn by_nickname(token: &TokenHandle) -> BTreeMap<String, String> {
    token.list().await.unwrap().into_iter().map(|entry| (entry.nickname.unwrap(), entry.trust.to_string())).collect()
}

#[tokio::test]
async fn certutil_prints_every_combination_that_was_stored() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let combinations = combinations();
    let imports: Vec<_> = combinations
        .iter()
        .enumerate()
        .map(|(number, flags)| to_import(&workshop.certificate(&format!("/CN={number}"), &P256), &format!("n{number}"), Some(flags)))
        .collect();
    token.import(imports, go_on).await.unwrap();
    let expected: BTreeMap<_, _> =
        combinations.iter().enumerate().map(|(number, flags)| (format!("n{number}"), trust(flags).stored().to_string())).collect();
    assert_eq!(database.certutil_trust(), expected);
    assert_eq!(by_nickname(&token).await, expected);
}

#[tokio::test]
async fn what_certutil_stores_is_read_and_stored_alike() {
    let workshop = Workshop::new();
    let ours = Database::by_certutil();
    let theirs = Database::by_certutil();
    let token = ours.unlocked().await;
    let cases =
        ["CT,C,C", "c,c,c", "p,p,p", "P,P,P", "T,,", "C,,", ",C,", ",,C", "T,T,T", "Cg,,", ",,", "u,u,u", "w,,", "CP,p,cC", "pP,,", "g,,"];
    for (number, flags) in cases.iter().enumerate() {
        let nickname = format!("n{number}");
        let der = workshop.certificate(&format!("/CN={number}"), &P256);
        let file = workshop.write(&nickname, &der);
        theirs.certutil(&["-A", "-n", &nickname, "-t", "P,,", "-i", file.to_str().unwrap()]);
        theirs.certutil(&["-M", "-n", &nickname, "-t", flags]);
        token.import(vec![to_import(&der, &nickname, Some("P,,"))], go_on).await.unwrap();
        token.set_trust(vec![(der, trust(flags))], go_on).await.unwrap();
    }
    assert_eq!(by_nickname(&theirs.handle()).await, theirs.certutil_trust());
    assert_eq!(ours.certutil_trust(), theirs.certutil_trust());
    for (our, their) in ours.public_rows().iter().zip(&theirs.public_rows()) {
        assert_eq!(our, their);
    }
}

#[tokio::test]
async fn trust_that_says_nothing_makes_no_object_where_there_is_none() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let der = workshop.certificate("/CN=one", &P256);
    token.import(vec![to_import(&der, "one", Some(",,"))], go_on).await.unwrap();
    token.set_trust(vec![(der.clone(), trust("u,u,u"))], go_on).await.unwrap();
    assert_eq!(database.public_rows().len(), 1);
    token.set_trust(vec![(der.clone(), trust("C,,"))], go_on).await.unwrap();
    token.set_trust(vec![(der, trust(",,"))], go_on).await.unwrap();
    assert_eq!(database.certutil_trust()["one"], ",,");
}

#[tokio::test]
async fn all_change_or_none() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let certificates: Vec<_> = (0..4).map(|number| workshop.certificate(&format!("/CN={number}"), &P256)).collect();
    let imports =
        certificates.iter().enumerate().map(|(number, der)| to_import(der, &format!("n{number}"), (number % 2 == 0).then_some("CT,C,C")));
    token.import(imports.collect(), go_on).await.unwrap();
    let before = database.public_rows();

    let mut changes: Vec<_> = certificates.iter().map(|der| (der.clone(), trust("p,p,p"))).collect();
    changes.push((workshop.certificate("/CN=absent", &P256), trust("p,p,p")));
    assert!(matches!(token.set_trust(changes.clone(), go_on).await, Err(TokenError::NotFound { .. })));
    assert_eq!(database.public_rows(), before);

    changes.pop();
    let stop = |advance| if advance == Advance::Done(3) { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) };
    match token.set_trust(changes.clone(), stop).await {
        Err(TokenError::Cancelled) => assert_eq!(database.public_rows(), before),
        // The last one may have been written before the word arrived.
        other => assert_eq!(other, Ok(())),
    }
    token.set_trust(changes, go_on).await.unwrap();
    assert!(database.certutil_trust().values().all(|flags| flags == "p,p,p"));
}

#[tokio::test]
async fn forged_trust_is_told_from_real_and_mended() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let certificates: Vec<_> = ["forged", "real", "none"].iter().map(|name| workshop.certificate(&format!("/CN={name}"), &P256)).collect();
    let imports = [("forged", Some("p,,")), ("real", Some("p,,")), ("none", None)];
    token
        .import(certificates.iter().zip(imports).map(|(der, (nickname, flags))| to_import(der, nickname, flags)).collect(), go_on)
        .await
        .unwrap();
    assert_eq!(token.authentic_trust(certificates.clone()).await.unwrap(), [true, true, true]);
    let connection = rusqlite::Connection::open(database.path().join("cert9.db")).unwrap();
    let trusted_delegator = [0xce_u8, 0x53, 0x43, 0x52];
    let subject =
        connection.query_row("SELECT a101 FROM nssPublic WHERE CAST(a3 AS TEXT) = 'forged'", [], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    let changed = connection
        .execute("UPDATE nssPublic SET ace536358 = ?1 WHERE a81 = ?2 AND ace536358 IS NOT NULL", (&trusted_delegator[..], &subject))
        .unwrap();
    assert_eq!(changed, 1);
    drop(connection);
    assert_eq!(token.authentic_trust(certificates.clone()).await.unwrap(), [false, true, true]);
    token.set_trust(vec![(certificates[0].clone(), trust("C,,"))], go_on).await.unwrap();
    assert_eq!(token.authentic_trust(certificates).await.unwrap(), [true, true, true]);
    assert_eq!(database.certutil_trust()["forged"], "C,,");
}

/// NSS 3.114 and later write a second class of trust object and believe it first. This softoken may be older; the row is written as the
/// newer one writes it.
#[tokio::test]
async fn the_newer_class_of_trust_is_believed_first_and_never_left_to_contradict() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let der = workshop.certificate("/CN=one", &P256);
    token.import(vec![to_import(&der, "one", Some("C,C,C"))], go_on).await.unwrap();
    token.close().await.unwrap();
    let connection = rusqlite::Connection::open(database.path().join("cert9.db")).unwrap();
    let columns: Vec<String> =
        connection.prepare("SELECT * FROM nssPublic").unwrap().column_names().into_iter().map(str::to_owned).collect();
    for column in ["a62c", "a62d", "a62e", "a62f", "a635", "a8c"] {
        if !columns.iter().any(|there| there == column) {
            connection.execute_batch(&format!("ALTER TABLE nssPublic ADD COLUMN {column}")).unwrap();
        }
    }
    connection
        .execute_batch(
            "INSERT INTO nssPublic (id, a0, a1, a2, a3, a81, a82, a170, a62c, a62d, a62e, a62f, a8c, a635) \
             SELECT 77, x'0000000b', x'01', x'00', x'a5005a', a81, a82, x'01', x'00000003', x'00000003', x'00000001', x'00000004', \
             x'00000250', zeroblob(32) FROM nssPublic WHERE ace536358 IS NOT NULL",
        )
        .unwrap();
    drop(connection);
    assert_eq!(by_nickname(&token).await["one"], "p,,P");
    token.set_trust(vec![(der, trust("CT,c,"))], go_on).await.unwrap();
    assert_eq!(by_nickname(&token).await["one"], "CT,c,");
    assert_eq!(database.certutil_trust()["one"], "CT,c,");
    assert!(token.authentic_trust(vec![token.list().await.unwrap()[0].der.clone()]).await.unwrap()[0]);
}
