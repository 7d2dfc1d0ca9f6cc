//! Ed25519: in the database where its softoken has it, kept outside where not.

use std::collections::BTreeMap;

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::issue::{CertificateKey, NewSelfSigned};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::keystore::{KeystoreImport, OutsideKeyBundle, OutsideKeyFormat, Pkcs12Export};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Reply, RequestKeyPlace, Tracking};
use certdeck_shared::request::{RequestForm, Template};
use rusqlite::types::Value;
use support::certificates::{Authority, from_pem};
use support::database::{Database, PASSWORD};
use support::deck::{Deck, item, problem, refusal, unchanged};
use support::newer_nss;
use support::run::openssl;

use crate::issuing::{below, openssl_verifies};

/// Password of the files.
const FILE_PASSWORD: &str = "a file of 5 words";

fn form(subject: &str, template: Template) -> RequestForm {
    let subject_alternative_names = if template == Template::Ca { "" } else { "ed.example" };
    RequestForm {
        subject: subject.to_owned(),
        subject_alternative_names: subject_alternative_names.to_owned(),
        template: Some(template),
        ..RequestForm::default()
    }
}

/// Key and self-signed certificate of openssl's in one PEM text.
fn by_openssl(deck: &Deck) -> Vec<u8> {
    let key = deck.room.path().join("ed.key").display().to_string();
    let arguments = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", &key, "-subj", "/CN=by openssl"];
    let certificate = openssl(&arguments, b"");
    [std::fs::read(&key).unwrap(), certificate].concat()
}

/// The columns of a key's objects, private and public, that do not differ from key to key; absent ones are left out.
fn attributes(database: &Database, key_id: &str) -> [BTreeMap<String, Value>; 2] {
    // CKA_ID, CKA_EC_POINT, CKA_NSS_DB, CKA_LABEL, CKA_SUBJECT and CKA_VALUE are the key's own; CKA_ALWAYS_SENSITIVE tells where a pair was
    // made, ours in the session.
    const OWN: [&str; 8] = ["id", "a102", "a181", "ad5a0db00", "a3", "a101", "a11", "a165"];
    [("key4.db", "nssPrivate"), ("cert9.db", "nssPublic")].map(|(file, table)| {
        let connection = rusqlite::Connection::open(database.directory().join(file)).unwrap();
        let keys_only = format!("SELECT * FROM {table} WHERE a100 = x'00000040' AND a102 = x'{key_id}'");
        let mut statement = connection.prepare(&keys_only).unwrap();
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let row = statement.query_row([], |row| (0..names.len()).map(|place| row.get(place)).collect::<Result<Vec<Value>, _>>());
        let stands = |(name, value): &(String, Value)| !OWN.contains(&name.as_str()) && *value != Value::Null;
        names.into_iter().zip(row.unwrap()).filter(stands).collect()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_softoken_that_has_it_makes_keeps_and_uses_such_keys() {
    let deck = Deck::with_newer_nss().await;
    let offered = deck.client.token_algorithms(&deck.id, "internal").await.unwrap();
    let ed25519 = offered.iter().find(|one| one.algorithm == KeyAlgorithm::Ed25519).unwrap();
    assert!(ed25519.available && ed25519.reason.is_none(), "{ed25519:?}");

    // A key, its request, the CA's answer.
    let new = NewKey { algorithm: KeyAlgorithm::Ed25519, label: Some("made here".to_owned()) };
    let key = deck.client.create_key(&deck.id, &new).await.unwrap();
    assert!(newer_nss::certutil(&deck.database, &["-K"]).contains("ed "), "certutil calls such keys ed");
    assert!(newer_nss::keys(&deck.database)[&key.id].contains("made here"));
    assert_eq!(deck.client.key(&deck.id, &key.id).await.unwrap().algorithm, "Ed25519");
    let new = NewRequest::ExistingKey {
        key_id: key.id.clone(),
        form: form("CN=ed.example", Template::TlsServer),
        tracking: Tracking::named("asked for"),
    };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    let said = String::from_utf8(openssl(&["req", "-verify", "-noout", "-text"], request.pem.as_bytes())).unwrap();
    assert!(said.contains("Signature Algorithm: ED25519"), "{said}");

    // Attribute for attribute what certutil makes.
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [42; 2048]).unwrap();
    newer_nss::certutil(&deck.database, &["-G", "-k", "ed", "-q", "ed25519", "-z", noise.to_str().unwrap()]);
    let by_certutil = newer_nss::keys(&deck.database).into_keys().find(|id| *id != key.id).unwrap();
    assert_eq!(attributes(&deck.database, &key.id), attributes(&deck.database, &by_certutil), "left ours, right certutil's");

    // A CA, and what it issues.
    let new = NewSelfSigned {
        nickname: "root".to_owned(),
        form: form("CN=Edwards CA,O=Certdeck tests", Template::Ca),
        key: CertificateKey::Algorithm(KeyAlgorithm::Ed25519),
        ..NewSelfSigned::default()
    };
    let root = deck.client.create_self_signed(&deck.id, &new).await.unwrap();
    assert!(root.notes.iter().any(|note| note.contains("its TLS does not serve")), "{:?}", root.notes);
    let leaf = deck.client.issue(&deck.id, &below(&root, "leaf", form("CN=ed.example", Template::TlsServer))).await.unwrap();
    let said = openssl_verifies(&deck, &leaf.pem, "", &root.pem, &["-purpose", "sslserver", "-verify_hostname", "ed.example"]);
    assert!(said.success, "{}{}", said.out, said.err);
    for (nickname, usage) in [("leaf", "V"), ("root", "L")] {
        let said = newer_nss::certutil(&deck.database, &["-V", "-e", "-n", nickname, "-u", usage]);
        assert!(said.contains("certificate is valid"), "{nickname}: {said}");
    }

    // Out, into another database by its pk12util, and by openssl.
    let export =
        Pkcs12Export { database_password: PASSWORD.to_owned(), file_password: FILE_PASSWORD.to_owned(), ..Pkcs12Export::default() };
    let file = deck.room.path().join("root.p12");
    let content = deck.client.export_pkcs12(&deck.id, &root.fingerprint_sha256, &export).await.unwrap();
    std::fs::write(&file, &content).unwrap();
    let passin = format!("pass:{FILE_PASSWORD}");
    let text = openssl(&["pkcs12", "-in", file.to_str().unwrap(), "-passin", &passin, "-nodes"], b"");
    let public = |what: &str, input: &[u8]| openssl(&[what, "-pubout"], input);
    assert_eq!(public("pkey", &text), openssl(&["x509", "-pubkey", "-noout"], root.pem.as_bytes()));
    let other = Database::made_by_certutil();
    newer_nss::pk12util(&other, &["-i", file.to_str().unwrap(), "-W", FILE_PASSWORD]);
    assert_eq!(newer_nss::keys(&other).keys().collect::<Vec<_>>(), [root.key_id.as_ref().unwrap()]);

    // In, from openssl, and it signs here.
    let import = KeystoreImport { file: Base64(by_openssl(&deck)), ..KeystoreImport::default() };
    let report = deck.client.import_keystore(&deck.id, &import).await.unwrap();
    let imported = report.keys[0].id.clone();
    assert!(newer_nss::keys(&deck.database).contains_key(&imported));
    let new = NewRequest::ExistingKey {
        key_id: imported.clone(),
        form: form("CN=again.example", Template::TlsServer),
        tracking: Tracking::named("again"),
    };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    openssl(&["req", "-verify", "-noout"], request.pem.as_bytes());
    let by_pk12util = root.key_id.as_ref().unwrap();
    assert_eq!(attributes(&deck.database, &imported), attributes(&other, by_pk12util), "left what we imported, right what pk12util did");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_softoken_without_it_says_where_such_a_key_may_live() {
    let deck = Deck::new().await;
    let offered = deck.client.token_algorithms(&deck.id, "internal").await.unwrap();
    let reason = offered.iter().find(|one| one.algorithm == KeyAlgorithm::Ed25519).and_then(|one| one.reason.clone()).unwrap();
    assert!(reason.contains("NSS 3.") && reason.contains("browser") && reason.contains("from: ready"), "{reason}");
    let new = NewKey { algorithm: KeyAlgorithm::Ed25519, label: None };
    let request = NewRequest::Form {
        key_algorithm: KeyAlgorithm::Ed25519,
        form: form("CN=ed.example", Template::TlsServer),
        tracking: Tracking::named("ed"),
    };
    let self_signed = NewSelfSigned {
        nickname: "ed".to_owned(),
        form: form("CN=ed.example", Template::TlsServer),
        key: CertificateKey::Algorithm(KeyAlgorithm::Ed25519),
        ..NewSelfSigned::default()
    };
    let import = KeystoreImport { file: Base64(by_openssl(&deck)), ..KeystoreImport::default() };
    unchanged(&deck.database, async {
        for (pointer, refused) in [
            ("/algorithm", problem(deck.client.create_key(&deck.id, &new).await)),
            ("/key_algorithm", problem(deck.client.create_request(&deck.id, &request).await)),
            ("/key/algorithm", problem(deck.client.create_self_signed(&deck.id, &self_signed).await)),
        ] {
            assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, pointer));
            assert_eq!(refused.errors[0].message, reason);
        }
        for refused in
            [problem(deck.client.preview_keystore(&deck.id, &import).await), problem(deck.client.import_keystore(&deck.id, &import).await)]
        {
            assert_eq!(refused.code, ProblemCode::KeyNotUsable);
            assert!(refused.detail.contains("cannot hold it. Keep it as a PEM bundle"), "{}", refused.detail);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_kept_outside_is_joined_with_the_answer() {
    let (deck, authority) = (Deck::new().await, Authority::new("Outside CA"));
    let file = |name: &str| deck.room.path().join(name).display().to_string();
    let (key, passout) = (file("outside.key"), format!("pass:{FILE_PASSWORD}"));
    openssl(&["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", &passout, "-out", &key], b"");
    let arguments =
        ["req", "-new", "-key", &key, "-passin", &passout, "-subj", "/CN=ed.example", "-addext", "subjectAltName=DNS:ed.example"];
    let content = String::from_utf8(openssl(&arguments, b"")).unwrap();
    let new = NewRequest::Ready { content, key_place: None, tracking: Tracking::named("outside") };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    assert_eq!((request.key_place, request.key_present), (RequestKeyPlace::Elsewhere, false));

    let bundle = OutsideKeyBundle {
        file: Base64(std::fs::read(&key).unwrap()),
        password: Some(FILE_PASSWORD.to_owned()),
        bundle_password: Some("another one, of 6 words".to_owned()),
        ..OutsideKeyBundle::default()
    };
    let join = |bundle: OutsideKeyBundle| {
        let (client, id, request) = (&deck.client, &deck.id, &request.id);
        async move { client.bundle_with_outside_key(id, request, &bundle).await }
    };
    assert_eq!(refusal(join(bundle.clone()).await), ProblemCode::KeyWithoutCertificate, "no answer yet");
    deck.import(vec![item(authority.certificate.clone(), "Outside CA", "C,,")]).await;
    let reply = Reply { content: authority.sign(&request.pem), ..Reply::default() };
    deck.client.reply(&deck.id, &request.id, &reply).await.unwrap();

    let public = openssl(&["pkey", "-in", &key, "-passin", &passout, "-pubout"], b"");
    let with_key_of = |text: &[u8], passin: &str| {
        assert_eq!(openssl(&["pkey", "-pubout", "-passin", passin], text), public);
        from_pem(&String::from_utf8_lossy(text)).len()
    };
    let pkcs12 = join(bundle.clone()).await.unwrap();
    std::fs::write(file("outside.p12"), pkcs12).unwrap();
    let opened = openssl(&["pkcs12", "-in", &file("outside.p12"), "-passin", "pass:another one, of 6 words", "-nodes"], b"");
    assert_eq!(with_key_of(&opened, "pass:"), 2, "certificate and CA");
    assert!(String::from_utf8_lossy(&opened).contains("friendlyName: outside"));
    let pem = OutsideKeyBundle { format: OutsideKeyFormat::Pem, ..bundle.clone() };
    let encrypted = join(pem.clone()).await.unwrap();
    assert!(encrypted.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    assert_eq!(with_key_of(&encrypted, "pass:another one, of 6 words"), 1, "the root stays out");
    let plain = join(OutsideKeyBundle { bundle_password: None, ..pem.clone() }).await.unwrap();
    assert_eq!(with_key_of(&plain, "pass:"), 1);

    let stranger = openssl(&["genpkey", "-algorithm", "ed25519"], b"");
    let cases = [
        ("no password", OutsideKeyBundle { password: None, ..bundle.clone() }, ProblemCode::FilePasswordRequired, "/password"),
        (
            "wrong password",
            OutsideKeyBundle { password: Some("no".to_owned()), ..bundle.clone() },
            ProblemCode::FilePasswordIncorrect,
            "/password",
        ),
        ("another key", OutsideKeyBundle { file: Base64(stranger), ..bundle.clone() }, ProblemCode::KeyNotUsable, "/file"),
        ("no key", OutsideKeyBundle { file: Base64(reply.content.into_bytes()), ..bundle.clone() }, ProblemCode::Unreadable, "/file"),
        ("bare PKCS#12", OutsideKeyBundle { bundle_password: None, ..bundle.clone() }, ProblemCode::InvalidInput, "/bundle_password"),
        ("weak", OutsideKeyBundle { bundle_password: Some("x".to_owned()), ..bundle }, ProblemCode::PasswordWeak, "/bundle_password"),
    ];
    for (what, bundle, code, pointer) in cases {
        let refused = problem(unchanged(&deck.database, join(bundle)).await);
        assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (code, pointer), "{what}: {refused}");
    }
    assert!(deck.database.keys().is_empty(), "the key only passed through");
    let audit = deck.client.audit(&certdeck_shared::api::client::AuditQuery::default()).await.unwrap();
    let text = serde_json::to_string(&audit.entries).unwrap();
    assert!(text.contains("request.bundle") && !text.contains(FILE_PASSWORD) && !text.contains("6 words"), "{text}");
}
