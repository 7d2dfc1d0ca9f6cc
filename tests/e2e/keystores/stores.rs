//! Key stores for Tomcat, and PEM bundles.

use certdeck_shared::api::keystore::{BundleExport, BundleParts, KeystoreExport, KeystoreFormat};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::{Authority, from_pem};
use support::database::PASSWORD;
use support::deck::{item, problem, refusal};
use support::run;

use super::workshop::{FILE_PASSWORD, Workshop, keytool, stocked};

#[tokio::test(flavor = "multi_thread")]
async fn stores_for_tomcat_are_read_by_keytool() {
    let workshop = Workshop::new();
    let deck = stocked(&workshop).await;
    let (file, copy) = (workshop.path("store"), workshop.path("copy.p12"));
    let (jks, pkcs12) = ((KeystoreFormat::Jks, "JKS"), (KeystoreFormat::Pkcs12, "PKCS12"));
    for (kind, cases) in [
        ("RSA", [(jks, FILE_PASSWORD, None), (pkcs12, FILE_PASSWORD, Some("www"))]),
        ("EC", [(jks, "pässwört€ lang", Some("Zürich")), (pkcs12, "changeit", None)]),
    ] {
        let fingerprint = deck.named(kind).await.fingerprint_sha256;
        let key = run::openssl(&["pkey", "-in", &workshop.path(&format!("{kind}.key")), "-pubout"], b"");
        for ((format, store_type), password, alias) in cases {
            let what = format!("{kind}, {format:?}, {password}");
            let export = KeystoreExport {
                database_password: PASSWORD.to_owned(),
                store_password: password.to_owned(),
                format,
                alias: alias.map(str::to_owned),
                accept_weak_password: password == "changeit",
            };
            let content =
                deck.client.export_keystore(&deck.id, &fingerprint, &export).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            std::fs::write(&file, &content).unwrap();
            let alias = alias.unwrap_or("tomcat").to_lowercase();
            let listed = keytool(&["-list", "-keystore", &file, "-storetype", store_type, "-storepass", password, "-alias", &alias]);
            assert!(listed.contains("PrivateKeyEntry"), "{what}: {listed}");
            // Copied by keytool, so that Java has had the key in its hands.
            drop(std::fs::remove_file(&copy));
            let source =
                ["-importkeystore", "-srckeystore", &file, "-srcstoretype", store_type, "-srcstorepass", password, "-srcalias", &alias];
            keytool(&[&source[..], &["-destkeystore", &copy, "-deststoretype", "PKCS12", "-deststorepass", "copied by java"]].concat());
            let copied = run::openssl(&["pkcs12", "-in", &copy, "-passin", "pass:copied by java", "-nodes"], b"");
            assert_eq!(run::openssl(&["pkey", "-pubout"], &copied), key, "{what}");
            assert_eq!(from_pem(&String::from_utf8_lossy(&copied)).len(), 2, "{what}: the chain is there");
        }
    }
    let export = |store_password: &str| KeystoreExport {
        database_password: PASSWORD.to_owned(),
        store_password: store_password.to_owned(),
        ..KeystoreExport::default()
    };
    let fingerprint = deck.named("EC").await.fingerprint_sha256;
    for (store_password, words) in [("pässwört€ lang", "format jks"), ("short", "6 characters")] {
        let export = KeystoreExport { accept_weak_password: true, ..export(store_password) };
        let refused = problem(deck.client.export_keystore(&deck.id, &fingerprint, &export).await);
        assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/store_password"));
        assert!(refused.errors[0].message.contains(words), "{refused}");
    }
    let flagged = problem(deck.client.export_keystore(&deck.id, &fingerprint, &export("changeit")).await);
    assert_eq!((flagged.code, flagged.errors[0].pointer.as_str()), (ProblemCode::PasswordWeak, "/store_password"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bundles_hold_what_their_names_say() {
    let workshop = Workshop::new();
    let deck = stocked(&workshop).await;
    let fingerprint = deck.named("EC").await.fingerprint_sha256;
    let (leaf, root) = (workshop.leaf("EC"), from_pem(&String::from_utf8(workshop.read("EC.chain")).unwrap()).remove(0));
    let bundle = |parts, database_password: Option<&str>, key_password: Option<&str>| {
        let export = BundleExport {
            parts,
            database_password: database_password.map(str::to_owned),
            key_password: key_password.map(str::to_owned),
            ..BundleExport::default()
        };
        let (client, id, fingerprint) = (&deck.client, &deck.id, &fingerprint);
        async move { client.export_bundle(id, fingerprint, &export).await.map(|content| String::from_utf8(content).unwrap()) }
    };
    for (parts, expected) in [
        (BundleParts::LeafAndChain, vec![leaf.clone()]),
        (BundleParts::FullChain, vec![leaf.clone(), root.clone()]),
        (BundleParts::Chain, vec![root.clone()]),
    ] {
        let pem = bundle(parts, None, None).await.unwrap();
        assert!(!pem.contains("PRIVATE KEY"), "{parts:?}");
        assert_eq!(from_pem(&pem), expected, "{parts:?}");
    }
    let public = run::openssl(&["pkey", "-in", &workshop.path("EC.key"), "-pubout"], b"");
    for parts in [BundleParts::Key, BundleParts::All] {
        assert_eq!(refusal(bundle(parts, None, None).await), ProblemCode::InvalidInput, "{parts:?}");
        assert_eq!(refusal(bundle(parts, Some("wrong"), None).await), ProblemCode::PinIncorrect, "{parts:?}");
        let plain = bundle(parts, Some(PASSWORD), None).await.unwrap();
        assert!(plain.starts_with("-----BEGIN PRIVATE KEY-----"), "{parts:?}");
        assert_eq!(run::openssl(&["pkey", "-pubout"], plain.as_bytes()), public, "{parts:?}");
        let encrypted = bundle(parts, Some(PASSWORD), Some(FILE_PASSWORD)).await.unwrap();
        assert!(encrypted.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{parts:?}");
        let passin = format!("pass:{FILE_PASSWORD}");
        assert_eq!(run::openssl(&["pkey", "-pubout", "-passin", &passin], encrypted.as_bytes()), public, "{parts:?}");
    }
    let all = bundle(BundleParts::All, Some(PASSWORD), None).await.unwrap();
    assert_eq!(from_pem(&all), [leaf]);

    // A chain that breaks off is said to.
    let stranger = Authority::new("Not here").leaf("stranger.example");
    deck.import(vec![item(stranger, "stranger", ",,")]).await;
    let address = deck.named("stranger").await.fingerprint_sha256;
    let refused = problem(deck.client.export_bundle(&deck.id, &address, &BundleExport::default()).await);
    assert!(refused.code == ProblemCode::InvalidInput && refused.detail.contains("Not here"), "{refused:?}");
    let accepted = BundleExport { accept_incomplete_chain: true, ..BundleExport::default() };
    deck.client.export_bundle(&deck.id, &address, &accepted).await.unwrap();
    let with_key = BundleExport { parts: BundleParts::Key, database_password: Some(PASSWORD.to_owned()), ..BundleExport::default() };
    assert_eq!(refusal(deck.client.export_bundle(&deck.id, &address, &with_key).await), ProblemCode::KeyMissing);
}
