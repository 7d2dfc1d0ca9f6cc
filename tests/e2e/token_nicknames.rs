//! `token:nickname` and PKCS#11 URIs wherever a nickname or an address is, on a token of SoftHSM, with certutil as the judge.

use ::support::database::PASSWORD;
use ::support::deck::{Deck, problem, refusal};
use ::support::run;
use ::support::softhsm::{LIBRARY, PIN, SoftHsm, troublesome_module};
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::CertificateChange;
use certdeck_shared::api::client::ValidationQuery;
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::issue::{CertificateKey, NewIssued, NewSelfSigned};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::keystore::{ChosenNickname, KeystoreImport, Pkcs12Export};
use certdeck_shared::api::module::NewModule;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::renewal::{IssuedBy, Renewal, RenewalMode};
use certdeck_shared::api::revocation::{NewRevocation, RevocationReason};
use certdeck_shared::request::{RequestForm, Template};
use certdeck_shared::validation::Usage;

/// A console whose database knows a SoftHSM token, and certutil on both.
struct Lab {
    softhsm: SoftHsm,
    deck: Deck,
}

impl Lab {
    async fn new() -> Self {
        let softhsm = SoftHsm::with_token("labtoken");
        let deck = Deck::started_by(softhsm.wrapper()).await;
        let module =
            NewModule { name: "SoftHSM".to_owned(), library: LIBRARY.to_owned(), parameters: None, default_mechanisms: Vec::new() };
        deck.client.add_module(&deck.id, &module).await.unwrap();
        std::fs::write(deck.room.path().join("pins"), format!("NSS Certificate DB:{PASSWORD}\nlabtoken:{PIN}\n")).unwrap();
        Self { softhsm, deck }
    }

    async fn unlocked() -> Self {
        let lab = Self::new().await;
        lab.unlock().await;
        lab
    }

    async fn unlock(&self) {
        let login = TokenLogin { password: Some(PIN.to_owned()), password_file: None };
        assert!(self.deck.client.unlock(&self.deck.id, "labtoken", &login).await.unwrap().unlocked);
    }

    fn at(&self, name: &str) -> String {
        self.deck.room.path().join(name).display().to_string()
    }

    fn certutil(&self, arguments: &[&str]) -> run::Said {
        let directory = format!("sql:{}", self.deck.database.path());
        self.softhsm.ask("certutil", &[arguments, &["-d", &directory, "-f", &self.at("pins")]].concat())
    }

    /// The trust that `certutil -L -h labtoken` prints for a nickname, of each certificate that has it.
    fn trust(&self, nickname: &str) -> Vec<String> {
        let listing = self.certutil(&["-L", "-h", "all"]).out;
        let of = |line: &str| line.strip_prefix(nickname).filter(|rest| rest.starts_with(' ')).map(|rest| rest.trim().to_owned());
        listing.lines().filter_map(of).collect()
    }

    fn keys_on_token(&self) -> usize {
        self.certutil(&["-K", "-h", "labtoken"]).out.lines().filter(|line| line.starts_with('<')).count()
    }
}

fn form(common_name: &str) -> RequestForm {
    RequestForm { common_name: common_name.to_owned(), ..RequestForm::default() }
}

fn root(nickname: &str) -> NewSelfSigned {
    NewSelfSigned {
        nickname: nickname.to_owned(),
        form: RequestForm { subject: "CN=Token root,O=Lab".to_owned(), template: Some(Template::Ca), ..RequestForm::default() },
        key: CertificateKey::Algorithm(KeyAlgorithm::Rsa2048),
        ..NewSelfSigned::default()
    }
}

fn issued_by(issuer: &str, nickname: &str, name: &str) -> NewIssued {
    NewIssued::Form {
        issuer: issuer.to_owned(),
        nickname: nickname.to_owned(),
        form: Box::new(form(name)),
        addresses: Default::default(),
        key: CertificateKey::default(),
        validity: Default::default(),
        serial_number: None,
        trust: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ca_on_a_token_signs_renews_and_revokes() {
    let lab = Lab::new().await;
    let (deck, client, id) = (&lab.deck, &lab.deck.client, lab.deck.id.as_str());
    // Two passwords: that of the token, and that of the database, which keeps the trust.
    assert_eq!(refusal(client.create_self_signed(id, &root("labtoken:root")).await), ProblemCode::TokenLocked);
    lab.unlock().await;
    client.lock(id, "internal").await.unwrap();
    let refused = problem(client.create_self_signed(id, &root("labtoken:root")).await);
    assert!(refused.code == ProblemCode::TokenLocked && refused.detail.contains("another one than"), "{refused}");
    assert_eq!(lab.keys_on_token(), 0, "nothing was made");
    deck.unlock().await;
    let made = client.create_self_signed(id, &root("labtoken:root")).await.unwrap();
    assert_eq!((made.nickname.as_deref(), made.key_id.is_some()), (Some("labtoken:root"), true));
    assert_eq!(lab.trust("labtoken:root"), ["Cu,Cu,Cu"]);
    assert!(client.keys(id).await.unwrap().is_empty() && lab.keys_on_token() == 1, "the key is on the token alone");

    // Into the database, and onto the token; the CA by nickname, by fingerprint and by URI.
    let web = client.issue(id, &issued_by("labtoken:root", "web", "web.example.org")).await.unwrap();
    assert!(lab.certutil(&["-V", "-e", "-u", "V", "-n", "web"]).success);
    assert_eq!(client.issue(id, &issued_by(&made.fingerprint_sha256, "web2", "web2.example.org")).await.unwrap().nickname.unwrap(), "web2");
    let uri = client.certificate(id, "labtoken:root").await.unwrap().pkcs11_uri;
    assert!(uri.starts_with("pkcs11:token=labtoken;") && uri.contains(";object=root;"), "{uri}");
    let mail = client.issue(id, &issued_by(&uri, "labtoken:mail", "mail.example.org")).await.unwrap();
    assert_eq!((mail.nickname.as_deref(), mail.chain_pem.matches("BEGIN").count()), (Some("labtoken:mail"), 1));
    assert_eq!(lab.trust("labtoken:mail"), ["u,u,u"]);
    assert!(lab.certutil(&["-V", "-e", "-u", "V", "-h", "labtoken", "-n", "labtoken:mail"]).success);
    assert!(deck.listed().await.iter().all(|entry| entry.fingerprint_sha256 != mail.fingerprint_sha256), "not in the database");

    // Looked at by each kind of address.
    for address in ["labtoken:mail".to_owned(), mail.fingerprint_sha256.clone(), format!("labtoken:{}", mail.fingerprint_sha256)] {
        let shown = client.certificate(id, &address).await.unwrap();
        assert_eq!(
            (shown.nickname.as_deref(), shown.fingerprint_sha256.as_str()),
            (Some("labtoken:mail"), mail.fingerprint_sha256.as_str())
        );
        assert!(client.chain(id, &address).await.unwrap().complete);
    }
    let asked = client
        .validation(id, "labtoken:mail", &ValidationQuery { usage: Some("V".to_owned()), ..ValidationQuery::default() })
        .await
        .unwrap();
    assert!(asked.usages.iter().all(|verdict| verdict.usage == Usage::SslServer && verdict.valid), "{:?}", asked.usages);

    // Renewed with its key, re-keyed with a new one on the token.
    let proposal = client.renewal_proposal(id, "labtoken:mail").await.unwrap();
    assert_eq!((proposal.issued_by, proposal.issuer_nickname.as_deref()), (IssuedBy::AuthorityHere, Some("labtoken:root")));
    let renewed = client.renew(id, "labtoken:mail", &Renewal { mode: RenewalMode::Renew, ..Renewal::default() }).await.unwrap();
    let renewed = renewed.certificate.unwrap();
    assert_eq!((renewed.nickname.as_deref(), &renewed.key_id), (Some("labtoken:mail"), &mail.key_id));
    let re_key = Renewal { mode: RenewalMode::ReKey, key_algorithm: Some(KeyAlgorithm::Rsa2048), ..Renewal::default() };
    let again = client.renew(id, &format!("labtoken:{}", mail.fingerprint_sha256), &re_key).await.unwrap().certificate.unwrap();
    assert_ne!(again.key_id, mail.key_id);
    assert_eq!((lab.trust("labtoken:mail").len(), lab.keys_on_token()), (3, 3));
    // A certificate of the database whose CA is on the token, and the CA itself with its trust.
    let web_again = client.renew(id, &web.fingerprint_sha256, &Renewal { mode: RenewalMode::Renew, ..Renewal::default() }).await.unwrap();
    assert_eq!(web_again.certificate.unwrap().nickname.as_deref(), Some("web"));
    let root_again = client.renew(id, "labtoken:root", &Renewal { mode: RenewalMode::Renew, ..Renewal::default() }).await.unwrap();
    assert_eq!(root_again.issued_by, IssuedBy::Itself);
    assert_eq!(lab.trust("labtoken:root"), ["Cu,Cu,Cu", "Cu,Cu,Cu"]);

    // Revoked by nickname; NSS heeds the list.
    let revocation = NewRevocation {
        fingerprint_sha256: Some(format!("labtoken:{}", again.fingerprint_sha256)),
        reason: RevocationReason::Superseded,
        ..NewRevocation::default()
    };
    let list = client.revoke(id, "labtoken:root", &revocation).await.unwrap();
    assert_eq!(list.revoked.len(), 1);
    let lists = lab.softhsm.ask("crlutil", &["-L", "-d", &format!("sql:{}", deck.database.path())]);
    assert!(lists.out.contains("root"), "{}{}", lists.out, lists.err);
    assert_eq!(client.revocation_list(id, &made.fingerprint_sha256).await.unwrap().number, list.number);

    // Renamed, untrusted, deleted by the same addresses.
    let change = CertificateChange { nickname: Some("labtoken:post".to_owned()), trust: Some("P,,".to_owned()) };
    let renamed = client.change_certificate(id, &format!("labtoken:{}", mail.fingerprint_sha256), &change, None).await.unwrap();
    assert_eq!((renamed.nickname.as_deref(), renamed.trust.as_str()), (Some("labtoken:post"), "Pu,u,u"));
    assert!(lab.trust("labtoken:post").contains(&"Pu,u,u".to_owned()) && lab.trust("labtoken:mail").is_empty());
    client.delete_certificate(id, &format!("labtoken:{}", again.fingerprint_sha256), true).await.unwrap();
    assert_eq!((lab.trust("labtoken:post").len(), lab.keys_on_token()), (2, 2));
    // What is not there is not somewhere else either.
    assert_eq!(refusal(client.certificate(id, "labtoken:absent").await), ProblemCode::NotFound);
    assert_eq!(refusal(client.certificate(id, "absent:web").await), ProblemCode::NotFound);
    let unknown = problem(client.issue(id, &issued_by("absent:root", "x", "x.example.org")).await);
    assert_eq!(unknown.errors[0].pointer, "/issuer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_to_a_token_and_does_not_come_back() {
    let lab = Lab::unlocked().await;
    let (client, id) = (&lab.deck.client, lab.deck.id.as_str());
    for (key, name) in [("rsa:2048", "first"), ("ec", "second")] {
        let curve: &[&str] = if key == "ec" { &["-pkeyopt", "ec_paramgen_curve:P-256"] } else { &[] };
        let subject = format!("/CN={name}.example.org");
        run::must(
            "openssl",
            &[
                &["req", "-x509", "-newkey", key],
                curve,
                &["-nodes", "-keyout", &lab.at("key.pem"), "-out", &lab.at("cert.pem"), "-subj", &subject],
            ]
            .concat(),
        );
        let file = lab.at(&format!("{name}.p12"));
        run::must(
            "openssl",
            &[
                "pkcs12",
                "-export",
                "-in",
                &lab.at("cert.pem"),
                "-inkey",
                &lab.at("key.pem"),
                "-name",
                name,
                "-passout",
                "pass:tour",
                "-out",
                &file,
            ],
        );
    }
    let import = |name: &str| KeystoreImport {
        file: Base64(std::fs::read(lab.at(&format!("{name}.p12"))).unwrap()),
        password: Some("tour".to_owned()),
        ..KeystoreImport::default()
    };
    // By the name of the token, as pk12util -h, and by the nickname.
    let first = KeystoreImport { token: Some("labtoken".to_owned()), ..import("first") };
    let report = client.import_keystore(id, &first).await.unwrap();
    assert_eq!((report.certificates[0].nickname.as_str(), report.keys[0].present), ("labtoken:first", false));
    let fingerprint = client.preview_keystore(id, &import("second")).await.unwrap().certificates[0].fingerprint_sha256.clone();
    let nickname = ChosenNickname { fingerprint_sha256: fingerprint, nickname: "labtoken:zweites".to_owned() };
    client.import_keystore(id, &KeystoreImport { nicknames: vec![nickname], ..import("second") }).await.unwrap();
    assert_eq!((lab.trust("labtoken:first"), lab.trust("labtoken:zweites")), (vec!["u,u,u".to_owned()], vec!["u,u,u".to_owned()]));
    assert!(client.keys(id).await.unwrap().is_empty() && lab.deck.listed().await.is_empty(), "the database has none of it");
    assert!(client.import_keystore(id, &first).await.unwrap().keys[0].present, "the same again writes nothing");
    let absent = KeystoreImport { token: Some("absent".to_owned()), ..import("first") };
    assert_eq!(refusal(client.import_keystore(id, &absent).await), ProblemCode::NotFound);
    // The key works there: certutil makes a request with it.
    let key = &report.keys[0].id;
    let request = lab.certutil(&["-R", "-k", key, "-h", "labtoken", "-s", "CN=again", "-a"]);
    assert!(request.out.contains("BEGIN NEW CERTIFICATE REQUEST"), "{}{}", request.out, request.err);
    // It does not leave, which is said before a password is tried that the token would count.
    let export = Pkcs12Export {
        database_password: "a wrong one".to_owned(),
        file_password: "file of 4 words".to_owned(),
        ..Pkcs12Export::default()
    };
    let refused = problem(client.export_pkcs12(id, "labtoken:first", &export).await);
    assert_eq!(refused.code, ProblemCode::KeyUnextractable);
    assert!(refused.detail.contains("re-key"), "{refused}");
    client.lock(id, "labtoken").await.unwrap();
    assert_eq!(refusal(client.export_pkcs12(id, "labtoken:first", &export).await), ProblemCode::PinIncorrect);
    let right = Pkcs12Export { database_password: PIN.to_owned(), ..export };
    assert_eq!(refusal(client.export_pkcs12(id, "labtoken:first", &right).await), ProblemCode::KeyUnextractable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_dies_hangs_or_vanishes_in_the_middle_leaves_the_database_working() {
    let deck = Deck::new().await;
    let (client, id) = (&deck.client, deck.id.as_str());
    let library = troublesome_module(deck.room.path()).display().to_string();
    let gone = deck.room.path().join("gone");
    let stanza = std::fs::read_to_string(deck.database.directory().join("pkcs11.txt")).unwrap();
    let tell = |words: &str| {
        let text = format!("{stanza}library={library}\nname=Trouble\nparameters={words}\n\n");
        std::fs::write(deck.database.directory().join("pkcs11.txt"), text).unwrap();
    };
    let login = TokenLogin { password: Some(PIN.to_owned()), password_file: None };
    client.create_self_signed(id, &root("root")).await.unwrap();
    for (words, expected) in [
        ("die-find".to_owned(), vec![ProblemCode::TokenCrashed]),
        (format!("vanish={}", gone.display()), vec![ProblemCode::TokenAbsent, ProblemCode::NotFound]),
    ] {
        tell(&words);
        client.unlock(id, "troublesome", &login).await.unwrap();
        std::fs::write(&gone, "").unwrap();
        let code = refusal(client.create_self_signed(id, &root("troublesome:root")).await);
        assert!(expected.contains(&code), "{words}: {code:?}");
        let code = refusal(client.renewal_proposal(id, "troublesome:x").await);
        assert!(expected.contains(&code) || code == ProblemCode::NotFound, "{words}: {code:?}");
        std::fs::remove_file(&gone).unwrap();
    }
    // Nobody names it: what it does not say is not waited for.
    tell("hang-find");
    client.unlock(id, "troublesome", &login).await.unwrap();
    let foreign = ::support::certificates::Template::new().numbered(7);
    deck.import(vec![::support::deck::item(foreign.clone(), "foreign", ",,")]).await;
    let fingerprint = certdeck_shared::x509::fingerprint::sha256_hex(&foreign);
    let proposal = client.renewal_proposal(id, &fingerprint).await.unwrap();
    assert!(!proposal.key_here && proposal.issued_by == IssuedBy::Outside);
    let issuer = deck.named("root").await.fingerprint_sha256;
    client.issue(id, &issued_by(&issuer, "web", "web.example.org")).await.unwrap();
    assert_eq!(deck.listed().await.len(), 3);
}
