//! Private keys that come in and leave, with pk12util, certutil and openssl on the other side.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use certdeck::keystore::PrivateKey;
use certdeck::token::{CertificateToImport, KeyToImport, Secret, TokenError};
use token_support::{Database, PASSWORD, Workshop, go_on, path_text, succeed, to_import};

const KINDS: [(&str, [&str; 3]); 5] = [
    ("RSA 2048", ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
    ("RSA 3072", ["RSA", "-pkeyopt", "rsa_keygen_bits:3072"]),
    ("EC P-256", ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ("EC P-384", ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
    ("EC P-521", ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"]),
];

/// A certificate and its key as openssl made them.
fn pair(workshop: &Workshop, kind: [&str; 3], subject: &str) -> (Vec<u8>, Vec<u8>, std::path::PathBuf) {
    let certificate = workshop.certificate(subject, &kind);
    let key_file = workshop.path(&format!("{}.key", kind.join("-").replace(':', "_")));
    let key = succeed("openssl", &["pkey", "-in", path_text(&key_file), "-outform", "DER"]).stdout;
    (certificate, key, key_file)
}

fn to_keep(key: &[u8], label: &str) -> KeyToImport {
    let key = PrivateKey::read(key).unwrap();
    KeyToImport { pkcs8: key.pkcs8, subject_public_key_info: key.subject_public_key_info, label: label.to_owned(), subject: None }
}

#[tokio::test]
async fn rows_of_an_imported_key_are_the_ones_pk12util_writes() {
    let workshop = Workshop::new();
    for (words, kind) in KINDS {
        let (certificate, key, key_file) = pair(&workshop, kind, "/CN=rows");
        let (ours, theirs) = (Database::by_certutil(), Database::by_certutil());
        let token = ours.unlocked().await;
        token.import_keys(vec![to_keep(&key, "rows")], vec![to_import(&certificate, "rows", None)]).await.unwrap();

        let pem = workshop.path("rows.pem");
        let der = workshop.write("rows.der", &certificate);
        succeed("openssl", &["x509", "-inform", "DER", "-in", path_text(&der), "-out", path_text(&pem)]);
        let file = workshop.path("rows.p12");
        let arguments = ["pkcs12", "-export", "-in", path_text(&pem), "-inkey", path_text(&key_file), "-name", "rows"];
        succeed("openssl", &[&arguments[..], &["-passout", "pass:x", "-out", path_text(&file)]].concat());
        let directory = format!("sql:{}", theirs.path().display());
        succeed("pk12util", &["-i", path_text(&file), "-d", &directory, "-k", path_text(&theirs.password_file), "-W", "x"]);

        // Encrypted with a salt of their own: only that they are there.
        let encrypted = ["a11", "a123", "a124", "a125", "a126", "a127", "a128"];
        for (file, table) in [("cert9.db", "nssPublic"), ("key4.db", "nssPrivate")] {
            let shape = |database: &Database| -> Vec<Vec<(String, Option<Vec<u8>>)>> {
                let rows = database.rows(file, table).into_iter();
                let mut rows: Vec<Vec<_>> = rows
                    .map(|row| {
                        let columns = row.into_iter().filter(|(name, _)| name != "id");
                        columns.map(|(name, value)| (name.clone(), (!encrypted.contains(&name.as_str())).then_some(value))).collect()
                    })
                    .collect();
                rows.sort();
                rows
            };
            assert_eq!(shape(&ours), shape(&theirs), "{words} {file}: ours on the left, pk12util's on the right");
        }
    }
}

#[tokio::test]
async fn a_key_comes_in_belongs_to_its_certificate_and_leaves_for_the_password_only() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    for (number, (words, kind)) in KINDS.into_iter().enumerate() {
        let nickname = format!("server {number}");
        let (certificate, key, _) = pair(&workshop, kind, &format!("/CN={nickname}"));
        // First the certificate alone, then its key.
        token.import(vec![to_import(&certificate, &nickname, None)], go_on).await.unwrap();
        token.import_keys(vec![to_keep(&key, &nickname)], Vec::new()).await.unwrap();
        let listed = token.list().await.unwrap().into_iter().find(|listed| listed.der == certificate).unwrap();
        assert_eq!(listed.trust.to_string(), "u,u,u", "{words}");
        let id = listed.key_id.unwrap();
        assert!(database.certutil(&["-K"]).contains(&nickname), "{words}");
        assert_eq!(database.certutil_trust()[&nickname], "u,u,u", "{words}");

        let released = token.release_key(&Secret::new(PASSWORD), &id).await.unwrap();
        let public = |der: &[u8]| {
            let file = workshop.write("private.der", der);
            succeed("openssl", &["pkey", "-check", "-inform", "DER", "-in", path_text(&file), "-pubout", "-outform", "DER"]).stdout
        };
        assert_eq!(public(&released), public(&key), "{words}");
        assert_eq!(token.release_key(&Secret::new("wrong"), &id).await.err(), Some(TokenError::PinIncorrect), "{words}");
        assert_eq!(token.release_key(&Secret::new(""), &id).await.err(), Some(TokenError::PinIncorrect), "{words}");

        // Once more: the very same key stays as it is.
        let rows = database.rows("key4.db", "nssPrivate");
        token.import_keys(vec![to_keep(&key, "another label")], Vec::new()).await.unwrap();
        assert_eq!(database.rows("key4.db", "nssPrivate"), rows, "{words}");
    }
    // A locked token gives a key to who knows the password, and stays locked.
    token.logout().await.unwrap();
    let id = token.list().await.unwrap()[0].key_id.clone().unwrap();
    token.release_key(&Secret::new(PASSWORD), &id).await.unwrap();
    assert!(!token.status().await.unwrap().unlocked);
    assert_eq!(token.import_keys(Vec::new(), Vec::new()).await, Err(TokenError::NotLoggedIn));
    assert_eq!(
        token.release_key(&Secret::new(PASSWORD), &[1; 20]).await.err(),
        Some(TokenError::NotFound { what: "private key".to_owned() })
    );
}

#[tokio::test]
async fn a_database_without_password_gives_a_key_for_the_empty_one() {
    let workshop = Workshop::new();
    let database = Database::empty();
    let token = database.handle();
    token.create(&Secret::new("")).await.unwrap();
    let (certificate, key, _) = pair(&workshop, KINDS[2].1, "/CN=open");
    token.import_keys(vec![to_keep(&key, "open")], vec![to_import(&certificate, "open", None)]).await.unwrap();
    let id = token.list().await.unwrap()[0].key_id.clone().unwrap();
    token.release_key(&Secret::new(""), &id).await.unwrap();
    assert_eq!(token.release_key(&Secret::new("guessed"), &id).await.err(), Some(TokenError::PinIncorrect));
}

#[tokio::test]
async fn a_failure_half_way_leaves_nothing_behind() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let (certificate, key, _) = pair(&workshop, KINDS[2].1, "/CN=half way");
    let other = workshop.certificate("/CN=other", &KINDS[2].1);
    token.import(vec![to_import(&other, "taken", None)], go_on).await.unwrap();
    let state = || [("cert9.db", "nssPublic"), ("key4.db", "nssPrivate")].map(|(file, table)| database.rows(file, table));
    let before = state();

    let taken = CertificateToImport { der: certificate.clone(), nickname: "taken".to_owned(), trust: None };
    let refused = token.import_keys(vec![to_keep(&key, "half way")], vec![taken]).await;
    assert!(matches!(refused, Err(TokenError::NicknameTaken { .. })), "{refused:?}");
    assert_eq!(state(), before);

    // The second key is none: the first, already written, goes again.
    let mut broken = to_keep(&key, "broken");
    broken.pkcs8 = vec![0x30, 3, 2, 1, 0].into();
    broken.subject_public_key_info = PrivateKey::read(&pair(&workshop, KINDS[3].1, "/CN=x").1).unwrap().subject_public_key_info;
    let refused = token.import_keys(vec![to_keep(&key, "half way"), broken], vec![to_import(&certificate, "half way", None)]).await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(state(), before);
    token.import_keys(vec![to_keep(&key, "half way")], vec![to_import(&certificate, "half way", None)]).await.unwrap();
}
