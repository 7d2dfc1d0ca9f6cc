//! Files that hold private keys: what pk12util, openssl and keytool write comes in, and what leaves they read.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::Disposition;
use certdeck_shared::api::keystore::{
    BundleExport, BundleParts, ChosenNickname, KeystoreExport, KeystoreFormat, KeystoreImport, KeystoreKind, Pkcs12Export, Pkcs12Strength,
};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::{Authority, from_pem, to_pem};
use support::database::{Database, PASSWORD};
use support::deck::{Deck, item, problem, refusal, unchanged};
use support::run;

/// Password of the files.
const FILE_PASSWORD: &str = "a file of 5 words";

/// Kinds of keys, as openssl and keytool call them.
const KINDS: [(&str, [&str; 2], [&str; 4]); 2] = [
    ("RSA", ["-newkey", "rsa:2048"], ["-keyalg", "RSA", "-keysize", "2048"]),
    ("EC", ["-newkey", "ec:p256"], ["-keyalg", "EC", "-groupname", "secp256r1"]),
];

/// A room with a CA, and a server's certificate and key of it: files `KIND.pem`, `KIND.key`, `KIND.chain`.
struct Workshop {
    room: tempfile::TempDir,
}

impl Workshop {
    fn new() -> Self {
        let authority = Authority::new("Keystore CA");
        let workshop = Self { room: tempfile::tempdir().unwrap() };
        std::fs::write(workshop.path("p256"), run::openssl(&["ecparam", "-name", "prime256v1"], b"")).unwrap();
        for (kind, new_key, _) in KINDS {
            let parameters = format!("ec:{}", workshop.path("p256"));
            let new_key = if new_key[1] == "ec:p256" { parameters.as_str() } else { new_key[1] };
            let (subject, key) = (format!("/CN={}.example", kind.to_lowercase()), workshop.path(&format!("{kind}.key")));
            let request = run::openssl(&["req", "-new", "-newkey", new_key, "-nodes", "-keyout", &key, "-subj", &subject], b"");
            let leaf = authority.sign(&String::from_utf8(request).unwrap());
            std::fs::write(workshop.path(&format!("{kind}.pem")), &leaf).unwrap();
            std::fs::write(workshop.path(&format!("{kind}.chain")), to_pem(&authority.certificate)).unwrap();
        }
        workshop
    }

    fn path(&self, name: &str) -> String {
        self.room.path().join(name).display().to_string()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn leaf(&self, kind: &str) -> Vec<u8> {
        from_pem(&String::from_utf8(self.read(&format!("{kind}.pem"))).unwrap()).remove(0)
    }

    /// A PKCS#12 file of openssl's with key, certificate and chain.
    fn by_openssl(&self, kind: &str, name: &str, password: &str, more: &[&str]) -> Vec<u8> {
        let (leaf, key, chain) =
            (self.path(&format!("{kind}.pem")), self.path(&format!("{kind}.key")), self.path(&format!("{kind}.chain")));
        let (out, password) = (self.path("by-openssl.p12"), format!("pass:{password}"));
        let arguments =
            ["pkcs12", "-export", "-in", &leaf, "-inkey", &key, "-certfile", &chain, "-name", name, "-passout", &password, "-out", &out];
        run::openssl(&[&arguments[..], more].concat(), b"");
        self.read("by-openssl.p12")
    }

    /// A PKCS#12 file of pk12util's, out of a database of its own.
    fn by_pk12util(&self, kind: &str, name: &str, password: &str, more: &[&str]) -> Vec<u8> {
        let database = Database::made_by_certutil();
        let source = self.path("source.p12");
        std::fs::write(&source, self.by_openssl(kind, name, "x", &[])).unwrap();
        pk12util(&database, &["-i", &source, "-W", "x"]);
        let (out, password_file) = (self.path("by-pk12util.p12"), self.path("pk12util.password"));
        std::fs::write(&password_file, format!("{password}\n")).unwrap();
        pk12util(&database, &[&["-o", &out, "-n", name, "-w", &password_file][..], more].concat());
        self.read("by-pk12util.p12")
    }

    /// A store of keytool's with a self-signed certificate.
    fn by_keytool(&self, key: &[&str], alias: &str, password: &str, store_type: &str) -> Vec<u8> {
        let file = self.path("by-keytool");
        drop(std::fs::remove_file(&file));
        let common = ["-genkeypair", "-alias", alias, "-dname", "CN=by keytool", "-keystore", &file, "-storetype", store_type];
        keytool(&[&common[..], &["-storepass", password, "-keypass", password], key].concat());
        self.read("by-keytool")
    }
}

fn pk12util(database: &Database, arguments: &[&str]) -> String {
    let directory = format!("sql:{}", database.path());
    let common = ["-d", &directory, "-k", database.password_file().to_str().unwrap()];
    run::must("pk12util", &[arguments, &common].concat())
}

/// keytool, which reads its arguments in the encoding of the locale and is quiet about its opinion of JKS.
fn keytool(arguments: &[&str]) -> String {
    run::must("env", &[&["LC_ALL=C.UTF-8", "keytool", "-J-Xshare:auto", "-J-XX:TieredStopAtLevel=1"][..], arguments].concat())
}

fn import(file: &[u8], password: &str) -> KeystoreImport {
    KeystoreImport { file: Base64(file.to_vec()), password: Some(password.to_owned()), ..KeystoreImport::default() }
}

/// Imports into a new database, and certutil sees key and nickname.
async fn comes_in(deck: &Deck, what: &str, file: &[u8], password: &str, nickname: &str, certificates: usize) {
    let database = Database::made_by_certutil();
    let registered = deck
        .client
        .add_database(&certdeck_shared::api::database::NewDatabase::Register { path: database.path(), prefix: None, label: None })
        .await
        .unwrap();
    let login = certdeck_shared::api::database::TokenLogin { password: Some(PASSWORD.to_owned()), password_file: None };
    deck.client.unlock(&registered.id, "internal", &login).await.unwrap();
    let import = import(file, password);
    let previewed = unchanged(&database, deck.client.preview_keystore(&registered.id, &import)).await;
    let previewed = previewed.unwrap_or_else(|error| panic!("{what}: {error:?}\n{}", deck.console.log()));
    assert_eq!((previewed.applied, previewed.keys.len(), previewed.certificates.len()), (false, 1, certificates), "{what}");
    let report = deck.client.import_keystore(&registered.id, &import).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    assert_eq!((&report.keys, &report.certificates), (&previewed.keys, &previewed.certificates), "{what}");
    assert_eq!(report.certificates.iter().filter(|one| one.private_key_here).count(), 1, "{what}");
    assert_eq!(database.trust()[nickname], "u,u,u", "{what}");
    let keys = database.keys();
    assert_eq!(keys.keys().collect::<Vec<_>>(), [&report.keys[0].id], "{what}");
    assert!(keys[&report.keys[0].id].contains(nickname), "{what}: {keys:?}");
    deck.client.forget_database(&registered.id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_comes_in() {
    let (deck, workshop) = (Deck::new().await, Workshop::new());
    // Ciphers know nothing of kinds of keys: each kind with one password covers both.
    for ((kind, _, key), (password, nickname)) in KINDS.into_iter().zip([(FILE_PASSWORD, "server"), ("pässwört€", "Zürich 服务器")])
    {
        let what = |writer: &str| format!("{writer}, {kind}, {password}");
        let modern = workshop.by_openssl(kind, nickname, password, &[]);
        comes_in(&deck, &what("openssl"), &modern, password, nickname, 2).await;
        let legacy = workshop.by_openssl(kind, nickname, password, &["-legacy"]);
        comes_in(&deck, &what("openssl -legacy"), &legacy, password, nickname, 2).await;
        let modern = workshop.by_pk12util(kind, nickname, password, &[]);
        comes_in(&deck, &what("pk12util"), &modern, password, nickname, 2).await;
        let ciphers = ["-c", "PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC", "-C", "PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC"];
        let legacy = workshop.by_pk12util(kind, nickname, password, &[&ciphers[..], &["-M", "SHA-1"]].concat());
        comes_in(&deck, &what("pk12util, legacy"), &legacy, password, nickname, 2).await;
        let jks = workshop.by_keytool(&key, "tomcat", password, "JKS");
        comes_in(&deck, &what("keytool, JKS"), &jks, password, "tomcat", 1).await;
        let store = workshop.by_keytool(&key, "tomcat", FILE_PASSWORD, "PKCS12");
        comes_in(&deck, &what("keytool, PKCS12"), &store, FILE_PASSWORD, "tomcat", 1).await;
        let empty = workshop.by_openssl(kind, "no password", "", &[]);
        comes_in(&deck, &what("openssl without password"), &empty, "", "no password", 2).await;
    }
}

/// A deck whose database has the workshop's certificates and keys, as `RSA` and `EC`.
async fn stocked(workshop: &Workshop) -> Deck {
    let deck = Deck::new().await;
    for (kind, ..) in KINDS {
        deck.client.import_keystore(&deck.id, &import(&workshop.by_openssl(kind, kind, "x", &[]), "x")).await.unwrap();
    }
    deck
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_is_read_by_others() {
    let workshop = Workshop::new();
    let deck = stocked(&workshop).await;
    let file = workshop.path("left.p12");
    for (kind, cases) in [("RSA", vec![(FILE_PASSWORD, None), ("", None)]), ("EC", vec![("pässwört€ lang", Some("Zürich 服务器"))])]
    {
        let fingerprint = deck.named(kind).await.fingerprint_sha256;
        let key = run::openssl(&["pkey", "-in", &workshop.path(&format!("{kind}.key")), "-pubout"], b"");
        for (password, name) in cases {
            for strength in [Pkcs12Strength::Modern, Pkcs12Strength::Legacy] {
                let what = format!("{kind}, {password:?}, {strength:?}");
                let export = Pkcs12Export {
                    database_password: PASSWORD.to_owned(),
                    file_password: password.to_owned(),
                    strength,
                    friendly_name: name.map(str::to_owned),
                    accept_weak_password: true,
                    ..Pkcs12Export::default()
                };
                let content =
                    deck.client.export_pkcs12(&deck.id, &fingerprint, &export).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
                std::fs::write(&file, &content).unwrap();
                let nickname = name.unwrap_or(kind);

                let passin = format!("pass:{password}");
                let legacy = (strength == Pkcs12Strength::Legacy).then_some("-legacy");
                let arguments = ["pkcs12", "-in", &file, "-passin", &passin, "-nodes", "-info"];
                let arguments: Vec<&str> = arguments.into_iter().chain(legacy).collect();
                let output = run::with_input("openssl", &arguments, b"");
                let (text, info) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
                assert!(output.status.success(), "{what}: {info}");
                assert_eq!(from_pem(&text).len(), 2, "{what}");
                assert_eq!(run::openssl(&["pkey", "-pubout"], text.as_bytes()), key, "{what}");
                let expected: &[&str] = match strength {
                    Pkcs12Strength::Modern => &["MAC: sha256, Iteration 600000", "AES-256-CBC, Iteration 600000, PRF hmacWithSHA256"],
                    Pkcs12Strength::Legacy => &["MAC: sha1", "pbeWithSHA1And3-KeyTripleDES-CBC", "pbeWithSHA1And40BitRC2-CBC"],
                };
                assert!(expected.iter().all(|part| info.contains(part)), "{what}: {info}");

                let database = Database::made_by_certutil();
                let password_file = workshop.path("left.password");
                std::fs::write(&password_file, format!("{password}\n")).unwrap();
                pk12util(&database, &["-i", &file, "-w", &password_file]);
                assert_eq!(database.trust()[nickname], "u,u,u", "{what}");
                assert!(database.keys().values().any(|label| label.contains(nickname)), "{what}");
                assert!(database.trust().len() == 2, "{what}: the CA comes along under its nickname: {:?}", database.trust());

                // Java takes ASCII passwords of six characters and more in PKCS#12.
                if password.is_ascii() && password.len() >= 6 {
                    let listed = keytool(&["-list", "-rfc", "-keystore", &file, "-storetype", "PKCS12", "-storepass", password]);
                    assert!(listed.contains("PrivateKeyEntry") && listed.contains("chain length: 2"), "{what}: {listed}");
                }
            }
        }
    }
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_key_leaves_for_the_password_only_and_the_audit_log_says_so() {
    let workshop = Workshop::new();
    let deck = stocked(&workshop).await;
    let fingerprint = deck.named("RSA").await.fingerprint_sha256;
    let export = |database_password: &str| Pkcs12Export {
        database_password: database_password.to_owned(),
        file_password: FILE_PASSWORD.to_owned(),
        ..Pkcs12Export::default()
    };
    // Locked or not does not matter: the password is what counts.
    deck.client.lock(&deck.id, "internal").await.unwrap();
    deck.client.export_pkcs12(&deck.id, &fingerprint, &export(PASSWORD)).await.unwrap();
    for _ in 0..5 {
        assert_eq!(refusal(deck.client.export_pkcs12(&deck.id, &fingerprint, &export("wrong")).await), ProblemCode::PinIncorrect);
    }
    let slowed = problem(deck.client.export_pkcs12(&deck.id, &fingerprint, &export(PASSWORD)).await);
    assert!(slowed.code == ProblemCode::TooManyAttempts && slowed.retry_after.is_some(), "{slowed:?}");
    let audit = deck.client.audit(&certdeck_shared::api::client::AuditQuery::default()).await.unwrap();
    let entries: Vec<_> = audit.entries.iter().filter(|entry| entry.action == "key.export").collect();
    let outcomes: Vec<&str> = entries.iter().rev().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(outcomes, [&["success"][..], &["pin-incorrect"; 5], &["too-many-attempts"]].concat());
    assert!(entries.iter().all(|entry| entry.subject.as_deref() == Some(&fingerprint) && entry.actor == "ada"));
    let text = serde_json::to_string(&audit.entries).unwrap();
    assert!(!text.contains(FILE_PASSWORD) && !text.contains(PASSWORD), "no secret is in the log");
    assert!(entries.last().unwrap().after.as_ref().unwrap()["key_id"].is_string());
}

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
