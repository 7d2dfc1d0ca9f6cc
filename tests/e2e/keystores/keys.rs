//! Keys as PEM and DER, and several in one file.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::Disposition;
use certdeck_shared::api::keystore::{ChosenNickname, KeystoreImport, KeystoreKind};
use certdeck_shared::api::problem::ProblemCode;
use support::deck::{Deck, refusal};
use support::run;

use super::workshop::{FILE_PASSWORD, KINDS, Workshop, import, keytool};

#[tokio::test(flavor = "multi_thread")]
async fn keys_as_pem_and_der_come_in_with_their_certificate() {
    let workshop = Workshop::new();
    for (kind, ..) in KINDS {
        let (leaf, key) = (workshop.read(&format!("{kind}.pem")), workshop.path(&format!("{kind}.key")));
        let passout = format!("pass:{FILE_PASSWORD}");
        let forms: [(&str, Vec<u8>, Option<&str>); 6] = [
            ("PKCS#8", run::openssl(&["pkey", "-in", &key], b""), None),
            ("traditional", run::openssl(&["pkey", "-in", &key, "-traditional"], b""), None),
            ("encrypted PKCS#8", run::openssl(&["pkcs8", "-topk8", "-in", &key, "-passout", &passout], b""), Some(FILE_PASSWORD)),
            (
                "PKCS#8 with scrypt",
                run::openssl(&["pkcs8", "-topk8", "-scrypt", "-in", &key, "-passout", &passout], b""),
                Some(FILE_PASSWORD),
            ),
            (
                "PKCS#8 of version 1.5",
                run::openssl(&["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-in", &key, "-passout", &passout], b""),
                Some(FILE_PASSWORD),
            ),
            (
                "encrypted traditional",
                run::openssl(&["pkey", "-in", &key, "-traditional", "-aes256", "-passout", &passout], b""),
                Some(FILE_PASSWORD),
            ),
        ];
        for (form, pem, password) in forms {
            let deck = Deck::new().await;
            let file = [b"Here is your key.\n".as_slice(), &pem, b"\nAnd its certificate:\n", &leaf].concat();
            let mut import = KeystoreImport { file: Base64(file), password: password.map(str::to_owned), ..KeystoreImport::default() };
            if password.is_some() {
                let without = KeystoreImport { password: None, ..import.clone() };
                assert_eq!(
                    refusal(deck.client.import_keystore(&deck.id, &without).await),
                    ProblemCode::FilePasswordRequired,
                    "{kind} {form}"
                );
                let wrong = KeystoreImport { password: Some("wrong".to_owned()), ..import.clone() };
                assert_eq!(
                    refusal(deck.client.import_keystore(&deck.id, &wrong).await),
                    ProblemCode::FilePasswordIncorrect,
                    "{kind} {form}"
                );
            }
            let preview = deck.client.preview_keystore(&deck.id, &import).await.unwrap_or_else(|error| panic!("{kind} {form}: {error:?}"));
            assert_eq!((preview.kind, preview.keys.len(), preview.certificates.len()), (KeystoreKind::Keys, 1, 1), "{kind} {form}");
            let fingerprint_sha256 = preview.certificates[0].fingerprint_sha256.clone();
            import.nicknames = vec![ChosenNickname { fingerprint_sha256, nickname: "chosen".to_owned() }];
            deck.client.import_keystore(&deck.id, &import).await.unwrap_or_else(|error| panic!("{kind} {form}: {error:?}"));
            assert_eq!(deck.database.trust()["chosen"], "u,u,u", "{kind} {form}");
            deck.certutil_agrees().await;
            let again = deck.client.import_keystore(&deck.id, &import).await.unwrap();
            assert!(again.keys[0].present && matches!(again.certificates[0].disposition, Disposition::Present { .. }), "{kind} {form}");
            assert_eq!(again.snapshot, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_keys_of_one_file_come_in_at_once() {
    let (deck, workshop) = (Deck::new().await, Workshop::new());
    // pk12util and openssl write one key a file; keytool writes several.
    let file = workshop.path("several.p12");
    for number in 1..=3 {
        let (alias, name) = (format!("host {number}"), format!("CN=host {number}"));
        let arguments = ["-genkeypair", "-keyalg", "EC", "-alias", &alias, "-dname", &name, "-keystore", &file];
        keytool(&[&arguments[..], &["-storetype", "PKCS12", "-storepass", FILE_PASSWORD]].concat());
    }
    let report = deck.client.import_keystore(&deck.id, &import(&workshop.read("several.p12"), FILE_PASSWORD)).await.unwrap();
    assert_eq!((report.kind, report.keys.len(), report.certificates.len()), (KeystoreKind::Pkcs12, 3, 3));
    for number in 1..=3 {
        assert_eq!(deck.database.trust()[&format!("host {number}")], "u,u,u");
    }
    deck.certutil_agrees().await;
    deck.client.restore(&deck.id, &report.snapshot.unwrap()).await.unwrap();
    assert!(deck.database.keys().is_empty(), "the snapshot was taken before");
}
