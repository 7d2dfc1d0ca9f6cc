//! Files that cannot be used: why, and what to do.

use certdeck_shared::api::keystore::KeystoreImport;
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::Authority;
use support::deck::{Deck, item, problem, refusal, unchanged};
use support::run;

use super::workshop::{FILE_PASSWORD, KINDS, Workshop, import};

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_refused_with_its_reason_and_nothing_changes() {
    let (deck, workshop) = (Deck::new().await, Workshop::new());
    let whole = workshop.by_openssl("EC", "EC", FILE_PASSWORD, &[]);
    let jks = workshop.by_keytool(&KINDS[1].2, "tomcat", FILE_PASSWORD, "JKS");
    let changed = |file: &[u8], place: usize| {
        let mut file = file.to_vec();
        file[place] ^= 1;
        file
    };
    let ed25519 = run::openssl(&["genpkey", "-algorithm", "ed25519"], b"");
    let lonely = workshop.read("RSA.key");
    let mismatched = [workshop.read("RSA.key"), workshop.read("EC.pem")].concat();
    let cases: Vec<(&str, Vec<u8>, &str, ProblemCode)> = vec![
        ("wrong password", whole.clone(), "wrong", ProblemCode::FilePasswordIncorrect),
        ("no password", whole.clone(), "", ProblemCode::FilePasswordIncorrect),
        ("cut off", whole[..whole.len() / 2].to_vec(), FILE_PASSWORD, ProblemCode::FileDamaged),
        ("checksum changed", changed(&whole, whole.len() - 20), FILE_PASSWORD, ProblemCode::FileDamaged),
        ("JKS, wrong password", jks.clone(), "wrong!", ProblemCode::FilePasswordIncorrect),
        ("JKS, cut off", jks[..jks.len() - 30].to_vec(), FILE_PASSWORD, ProblemCode::FileDamaged),
        ("JKS, digest changed", changed(&jks, jks.len() - 1), FILE_PASSWORD, ProblemCode::FileDamaged),
        ("JCEKS", [&[0xce; 4], &jks[4..]].concat(), FILE_PASSWORD, ProblemCode::Unreadable),
        ("nothing", Vec::new(), FILE_PASSWORD, ProblemCode::Unreadable),
        ("text", b"my key".to_vec(), FILE_PASSWORD, ProblemCode::Unreadable),
        ("a certificate alone", workshop.read("EC.pem"), FILE_PASSWORD, ProblemCode::Unreadable),
        ("an Ed25519 key", ed25519, FILE_PASSWORD, ProblemCode::KeyNotUsable),
        ("a key without certificate", lonely, FILE_PASSWORD, ProblemCode::KeyWithoutCertificate),
        ("a certificate for another key", mismatched.clone(), FILE_PASSWORD, ProblemCode::KeyWithoutCertificate),
    ];
    unchanged(&deck.database, async {
        for (what, file, password, code) in cases {
            let refused = problem(deck.client.import_keystore(&deck.id, &import(&file, password)).await);
            assert_eq!(refused.code, code, "{what}: {refused:?}");
        }
        let snapshots = deck.client.snapshots(&deck.id).await.unwrap();
        assert!(snapshots.is_empty(), "a refusal takes no snapshot: {snapshots:?}");
        deck.client.lock(&deck.id, "internal").await.unwrap();
        let locked = deck.client.import_keystore(&deck.id, &import(&whole, FILE_PASSWORD)).await;
        assert_eq!(refusal(locked), ProblemCode::TokenLocked);
        deck.unlock().await;
    })
    .await;
    // Deliberately, a key may come alone; its certificate finds it later.
    let alone = KeystoreImport { accept_keys_without_certificate: true, ..import(&workshop.read("RSA.key"), "") };
    deck.client.import_keystore(&deck.id, &alone).await.unwrap();
    deck.import(vec![item(workshop.leaf("RSA"), "later", ",,")]).await;
    assert_eq!(deck.database.trust()["later"], "u,u,u");
    // A nickname that another subject has is refused as in every import.
    deck.import(vec![item(Authority::new("Holder").certificate, "EC", ",,")]).await;
    assert_eq!(refusal(deck.client.import_keystore(&deck.id, &import(&whole, FILE_PASSWORD)).await), ProblemCode::NicknameTaken);
    deck.certutil_agrees().await;
}

/// Kinds of keys that NSS has no room for, as `openssl genpkey` makes them.
const NOT_HELD: [(&str, &[&str]); 7] = [
    ("RSA-PSS", &["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"]),
    ("Ed448", &["ED448"]),
    ("Ed25519", &["ED25519"]),
    ("X25519", &["X25519"]),
    ("secp256k1", &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"]),
    ("brainpoolP256r1", &["EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"]),
    ("secp224r1", &["EC", "-pkeyopt", "ec_paramgen_curve:P-224"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_nss_cannot_hold_are_refused_with_what_to_do_instead() {
    let (deck, workshop) = (Deck::new().await, Workshop::new());
    let mut files = vec![("DSA", run::openssl(&["dsaparam", "-genkey", "-noout", "1024"], b""))];
    for (kind, key) in NOT_HELD {
        let plain = run::openssl(&[&["genpkey", "-algorithm"], key].concat(), b"");
        std::fs::write(workshop.path("key.pem"), &plain).unwrap();
        files.push((kind, plain));
        let passout = format!("pass:{FILE_PASSWORD}");
        let scrypt = ["pkcs8", "-topk8", "-scrypt", "-in", &workshop.path("key.pem"), "-passout", &passout];
        files.push((kind, run::openssl(&scrypt, b"")));
        if kind != "X25519" {
            let certificate = workshop.path("certificate.pem");
            run::openssl(&["req", "-x509", "-key", &workshop.path("key.pem"), "-subj", "/CN=x", "-out", &certificate], b"");
            let both = ["pkcs12", "-export", "-in", &certificate, "-inkey", &workshop.path("key.pem"), "-passout", &passout];
            files.push((kind, run::openssl(&both, b"")));
        }
    }
    unchanged(&deck.database, async {
        for (kind, file) in files {
            let refused = problem(deck.client.import_keystore(&deck.id, &import(&file, FILE_PASSWORD)).await);
            assert_eq!(refused.code, ProblemCode::KeyNotUsable, "{kind}: {refused}");
            for words in [kind, "cannot hold it", "PEM bundle"] {
                assert!(refused.detail.contains(words), "{kind}: {refused}");
            }
        }
    })
    .await;
}
