//! PKCS#11 modules and tokens by REST, with modutil and certutil as the judges, in both directions.

use ::support::database::PASSWORD;
use ::support::deck::{Deck, problem, refusal};
use ::support::run;
use ::support::softhsm::{LIBRARY, PIN, SoftHsm, troublesome_module};
use certdeck_shared::api::database::TokenLogin;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::module::{
    CertificateForToken, KeyForToken, Module, ModuleChange, ModuleState, NewModule, PinState, TokenCertificateChange,
};
use certdeck_shared::api::password::{FindingCode, PasswordChange, TokenPassword, TokenPasswordChange};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Reply, RequestKeyPlace, Tracking};
use certdeck_shared::request::RequestForm;

fn new(name: &str, library: &str) -> NewModule {
    NewModule { name: name.to_owned(), library: library.to_owned(), parameters: None, default_mechanisms: Vec::new() }
}

fn pin(text: &str) -> TokenLogin {
    TokenLogin { password: Some(text.to_owned()), password_file: None }
}

/// What `modutil -list` says, in words.
fn modutil(softhsm: &SoftHsm, deck: &Deck, arguments: &[&str]) -> String {
    let directory = format!("sql:{}", deck.database.path());
    softhsm.must("modutil", &[&["-force", "-dbdir", &directory], arguments].concat())
}

fn pkcs11_txt(deck: &Deck) -> String {
    std::fs::read_to_string(deck.database.directory().join("pkcs11.txt")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_are_listed_added_changed_and_removed_as_modutil_does() {
    let softhsm = SoftHsm::with_token("labtoken");
    let deck = Deck::started_by(softhsm.wrapper()).await;
    let before = pkcs11_txt(&deck);
    let alone = deck.client.modules(&deck.id).await.unwrap();
    assert_eq!(alone.len(), 1);
    assert!(alone[0].internal && alone[0].state == ModuleState::Loaded, "{alone:?}");
    let wanted = NewModule { default_mechanisms: vec!["RSA".to_owned(), "friendly".to_owned()], ..new("SoftHSM", LIBRARY) };
    let added = deck.client.add_module(&deck.id, &wanted).await.unwrap();
    assert!(
        added.library_sha256.is_some() && added.slots.iter().all(|slot| slot.enabled && slot.default_mechanisms == ["RSA", "FRIENDLY"])
    );
    // modutil prints every fact that we tell.
    let listed = modutil(&softhsm, &deck, &["-list"]);
    for module in deck.client.modules(&deck.id).await.unwrap() {
        let mut facts = vec![module.name.clone(), module.pkcs11_uri.clone().unwrap()];
        for slot in &module.slots {
            facts.push(format!("slot: {}", slot.description));
            facts.extend(slot.token.iter().map(|token| token.pkcs11_uri.clone()));
        }
        for fact in facts {
            assert!(listed.contains(&fact), "{fact} is not in\n{listed}");
        }
    }
    let shown = modutil(&softhsm, &deck, &["-list", "SoftHSM"]);
    assert!(shown.contains("Default Mechanism Flags: RSA:FRIENDLY"), "{shown}");
    // Off by us, on by modutil, and the other way round.
    let change = |enabled: bool| ModuleChange { enabled: Some(enabled), ..ModuleChange::default() };
    let off = deck.client.change_module(&deck.id, "SoftHSM", &change(false)).await.unwrap();
    assert!(off.slots.iter().all(|slot| !slot.enabled));
    assert!(modutil(&softhsm, &deck, &["-list", "SoftHSM"]).contains("DISABLED (user disabled)"));
    modutil(&softhsm, &deck, &["-enable", "SoftHSM"]);
    let of_module = async || deck.client.module(&deck.id, "SoftHSM").await.unwrap();
    assert!(of_module().await.slots.iter().all(|slot| slot.enabled));
    modutil(&softhsm, &deck, &["-disable", "SoftHSM"]);
    assert!(of_module().await.slots.iter().all(|slot| !slot.enabled));
    deck.client.change_module(&deck.id, "SoftHSM", &change(true)).await.unwrap();
    assert!(modutil(&softhsm, &deck, &["-list", "SoftHSM"]).contains("Status: Enabled"));
    // Default mechanisms.
    modutil(&softhsm, &deck, &["-default", "SoftHSM", "-mechanisms", "AES:SHA256"]);
    assert_eq!(of_module().await.slots[0].default_mechanisms, ["RSA", "AES", "SHA256", "FRIENDLY"]);
    let mechanisms = ModuleChange { default_mechanisms: Some(vec!["RANDOM".to_owned(), "SHA512".to_owned()]), ..ModuleChange::default() };
    deck.client.change_module(&deck.id, "SoftHSM", &mechanisms).await.unwrap();
    assert!(modutil(&softhsm, &deck, &["-list", "SoftHSM"]).contains("Default Mechanism Flags: SHA512\n"));
    let of_one = ModuleChange { slot: Some(of_module().await.slots[0].description.clone()), ..change(false) };
    deck.client.change_module(&deck.id, "SoftHSM", &of_one).await.unwrap();
    assert_eq!(of_module().await.slots.iter().filter(|slot| slot.enabled).count(), 1);
    // Removed, and what is left is what was there.
    deck.client.remove_module(&deck.id, "SoftHSM").await.unwrap();
    assert_eq!(pkcs11_txt(&deck), before);
    modutil(&softhsm, &deck, &["-add", "By modutil", "-libfile", LIBRARY]);
    assert_eq!(deck.client.module(&deck.id, "By modutil").await.unwrap().library.as_deref(), Some(LIBRARY));
    deck.client.remove_module(&deck.id, "By modutil").await.unwrap();
    assert_eq!(pkcs11_txt(&deck), before);
    assert_eq!(deck.client.snapshots(&deck.id).await.unwrap()[0].reason, "removal of the module By modutil");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_module_is_refused_in_words_and_changes_nothing() {
    let deck = Deck::new().await;
    let before = pkcs11_txt(&deck);
    let at = |name: &str| deck.room.path().join(name).display().to_string();
    std::fs::write(at("text.so"), "not a library").unwrap();
    std::fs::write(at("foreign.so"), [b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\xb7\0".as_slice(), &[0; 200]].concat()).unwrap();
    std::fs::write(at("empty.c"), "int nothing;\n").unwrap();
    run::must("cc", &["-shared", "-fPIC", "-o", &at("empty.so"), &at("empty.c")]);
    std::fs::copy(at("empty.so"), at("open.so")).unwrap();
    run::must("chmod", &["0666", &at("open.so")]);
    for (library, code, word) in [
        ("libsofthsm2.so".to_owned(), ProblemCode::InvalidInput, "absolute path"),
        (at("absent.so"), ProblemCode::InvalidInput, "There is no file"),
        (deck.database.path(), ProblemCode::InvalidInput, "not a regular file"),
        (at("text.so"), ProblemCode::InvalidInput, "not a library"),
        (at("foreign.so"), ProblemCode::InvalidInput, "aarch64"),
        (at("open.so"), ProblemCode::InvalidInput, "written by others"),
        (at("empty.so"), ProblemCode::ModuleUnusable, "C_GetFunctionList"),
    ] {
        let refused = problem(deck.client.add_module(&deck.id, &new("X", &library)).await);
        assert_eq!(refused.code, code, "{library}: {refused}");
        assert!(refused.detail.contains(word), "{refused}");
        assert_eq!(pkcs11_txt(&deck), before);
    }
    let again = new("nss internal pkcs #11 module", &at("empty.so"));
    assert_eq!(refusal(deck.client.add_module(&deck.id, &again).await), ProblemCode::AlreadyExists);
    assert_eq!(refusal(deck.client.add_module(&deck.id, &new("a\nlibrary=/x", &at("empty.so"))).await), ProblemCode::InvalidInput);
    let internal = "NSS Internal PKCS #11 Module";
    assert_eq!(refusal(deck.client.remove_module(&deck.id, internal).await), ProblemCode::InvalidInput);
    assert_eq!(refusal(deck.client.remove_module(&deck.id, "Absent").await), ProblemCode::NotFound);
    let unknown = ModuleChange { default_mechanisms: Some(vec!["ROT13".to_owned()]), ..ModuleChange::default() };
    let refused = problem(deck.client.change_module(&deck.id, internal, &unknown).await);
    assert_eq!(refused.errors[0].pointer, "/default_mechanisms/0");
    assert_eq!(pkcs11_txt(&deck), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_certificates_of_a_token_with_their_trust_in_the_database() {
    let softhsm = SoftHsm::with_token("labtoken");
    let deck = Deck::started_by(softhsm.wrapper()).await;
    let client = &deck.client;
    client.add_module(&deck.id, &new("SoftHSM", LIBRARY)).await.unwrap();
    let token = async || client.tokens(&deck.id).await.unwrap().into_iter().find(|token| token.id == "labtoken").unwrap();
    let seen = token().await;
    assert!(seen.login_required && !seen.unlocked && seen.pin == PinState::Ready && seen.module == "SoftHSM", "{seen:?}");
    assert_eq!(refusal(client.token_keys(&deck.id, "labtoken").await), ProblemCode::TokenLocked);
    assert_eq!(refusal(client.unlock(&deck.id, "labtoken", &pin("9999")).await), ProblemCode::PinIncorrect);
    assert_eq!(refusal(client.unlock(&deck.id, "absent", &pin(PIN)).await), ProblemCode::NotFound);
    // The line of the token in sslpassword.conf: missing, refused when wrong, written, used.
    let finding = async |code: FindingCode| {
        let files = client.password_report(&deck.id).await.unwrap().files;
        let file = files.into_iter().find(|file| file.path.ends_with("sslpassword.conf")).unwrap();
        file.findings.iter().any(|finding| finding.code == code)
    };
    assert!(finding(FindingCode::MissingToken).await);
    client.write_token_password(&deck.id, "labtoken", &TokenPassword { password: PIN.to_owned() }).await.unwrap();
    assert!(!finding(FindingCode::MissingToken).await);
    let file = deck.database.directory().join("sslpassword.conf").display().to_string();
    assert!(std::fs::read_to_string(&file).unwrap().ends_with("labtoken:1234\n"));
    let by_file = TokenLogin { password: None, password_file: Some(file) };
    assert!(client.unlock(&deck.id, "labtoken", &by_file).await.unwrap().unlocked);
    assert!(token().await.unlocked);
    // The PIN changes together with its line, and back.
    let change = |current: &str, new: &str| TokenPasswordChange { current_password: current.to_owned(), new_password: new.to_owned() };
    assert_eq!(refusal(client.change_token_password(&deck.id, "labtoken", &change("9999", "5678")).await), ProblemCode::PinIncorrect);
    assert_eq!(refusal(client.change_token_password(&deck.id, "labtoken", &change(PIN, "5")).await), ProblemCode::InvalidInput);
    client.change_token_password(&deck.id, "labtoken", &change(PIN, "5678")).await.unwrap();
    let held = || std::fs::read_to_string(deck.database.directory().join("sslpassword.conf")).unwrap();
    assert!(held().ends_with("labtoken:5678\n"));
    assert!(client.token_keys(&deck.id, "labtoken").await.unwrap().is_empty());
    client.change_token_password(&deck.id, "labtoken", &change("5678", PIN)).await.unwrap();
    assert!(held().ends_with("labtoken:1234\n"));
    // A key made here is NSS's, a certificate with it NSS's "u".
    let key = client.create_token_key(&deck.id, "labtoken", &KeyForToken { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    assert_eq!(client.token_keys(&deck.id, "labtoken").await.unwrap()[0].id, key.id);
    let pins = deck.room.path().join("pins");
    std::fs::write(&pins, format!("NSS Certificate DB:{PASSWORD}\nlabtoken:{PIN}\n")).unwrap();
    let directory = format!("sql:{}", deck.database.path());
    let certutil = |arguments: &[&str]| softhsm.ask("certutil", &[arguments, &["-d", &directory, "-f", pins.to_str().unwrap()]].concat());
    assert!(certutil(&["-K", "-h", "labtoken"]).out.contains(&key.id));
    // certutil makes a CA there and fails at its trust: it knows one password only.
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let made = certutil(&["-S", "-h", "labtoken", "-n", "CA", "-s", "CN=CA", "-x", "-t", "CT,C,C", "-z", noise.to_str().unwrap()]);
    assert!(made.err.contains("NOT_LOGGED_IN") || made.success, "{}", made.err);
    let listed = client.token_certificates(&deck.id, "labtoken").await.unwrap();
    assert_eq!((listed[0].nickname.as_str(), listed[0].trust.as_str()), ("labtoken:CA", "u,u,u"));
    let address = listed[0].fingerprint_sha256.clone();
    let trusted = TokenCertificateChange { trust: Some("CT,C,C".to_owned()), ..TokenCertificateChange::default() };
    client.lock(&deck.id, "internal").await.unwrap();
    let refused = problem(client.change_token_certificate(&deck.id, "labtoken", &address, &trusted).await);
    assert!(refused.code == ProblemCode::TokenLocked && refused.detail.contains("another one than"), "{refused}");
    deck.unlock().await;
    let changed = client.change_token_certificate(&deck.id, "labtoken", &address, &trusted).await.unwrap();
    assert_eq!(changed.trust, "CTu,Cu,Cu");
    let listing = certutil(&["-L", "-h", "labtoken"]).out;
    assert!(listing.lines().any(|line| line.starts_with("labtoken:CA") && line.trim_end().ends_with("CTu,Cu,Cu")), "{listing}");
    // A certificate of elsewhere goes onto the token under token:nickname, with trust in one call.
    let foreign = ::support::certificates::Template::new().numbered(7);
    let foreign = run::openssl(&["x509", "-inform", "DER"], &foreign);
    let put = CertificateForToken {
        content: String::from_utf8(foreign).unwrap(),
        nickname: "labtoken:Foreign".to_owned(),
        trust: Some("P,,".to_owned()),
    };
    let added = client.add_token_certificate(&deck.id, "labtoken", &put).await.unwrap();
    assert_eq!((added.nickname.as_str(), added.trust.as_str()), ("labtoken:Foreign", "P,,"));
    let listing = certutil(&["-L", "-h", "labtoken"]).out;
    assert!(listing.lines().any(|line| line.starts_with("labtoken:Foreign") && line.trim_end().ends_with("P,,")), "{listing}");
    client.delete_token_certificate(&deck.id, "labtoken", &added.fingerprint_sha256).await.unwrap();
    // The same by the import of the database, which knows the token by the nickname.
    let report = deck.import(vec![::support::deck::item(added.der.0.clone(), "labtoken:Foreign", "P,,")]).await;
    assert_eq!(report.certificates[0].nickname, "labtoken:Foreign");
    assert!(certutil(&["-L", "-h", "labtoken"]).out.contains("labtoken:Foreign"));
    client.delete_token_certificate(&deck.id, "labtoken", &added.fingerprint_sha256).await.unwrap();
    assert!(!certutil(&["-L", "-h", "labtoken"]).out.contains("labtoken:Foreign"));
    client.delete_token_key(&deck.id, "labtoken", &key.id).await.unwrap();
    assert!(!certutil(&["-K", "-h", "labtoken"]).out.contains(&key.id));
    client.lock(&deck.id, "labtoken").await.unwrap();
    assert!(!token().await.unlocked);
    client.remove_token_password(&deck.id, "labtoken").await.unwrap();
    assert!(finding(FindingCode::MissingToken).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_hangs_dies_or_loses_its_token_leaves_the_rest_working() {
    let deck = Deck::new().await;
    let library = troublesome_module(deck.room.path()).display().to_string();
    let before = pkcs11_txt(&deck);
    for (parameters, word) in [("hang-initialize", "did not answer"), ("die-initialize", "ended the process")] {
        let wanted = NewModule { parameters: Some(parameters.to_owned()), ..new("Trouble", &library) };
        let refused = problem(deck.client.add_module(&deck.id, &wanted).await);
        assert_eq!(refused.code, ProblemCode::ModuleUnusable);
        assert!(refused.detail.contains(word), "{refused}");
        assert_eq!(pkcs11_txt(&deck), before);
    }
    // In the list already: it is said to be unusable, and everything else works.
    let stanza = |parameters: &str| format!("{before}library={library}\nname=Trouble\nparameters={parameters}\n\n");
    std::fs::write(deck.database.directory().join("pkcs11.txt"), stanza("die-initialize")).unwrap();
    let trouble = |modules: Vec<Module>| modules.into_iter().find(|module| module.name == "Trouble").unwrap();
    let listed = trouble(deck.client.modules(&deck.id).await.unwrap());
    assert!(matches!(listed.state, ModuleState::Unusable { .. }), "{listed:?}");
    assert_eq!(deck.client.tokens(&deck.id).await.unwrap().len(), 2, "NSS's own");
    assert!(deck.listed().await.is_empty());
    assert!(!deck.database.certutil(&["-L"]).success, "certutil dies of the module that we keep in a process of its own");
    // A token that is taken out and put back.
    let gone = deck.room.path().join("gone");
    std::fs::write(deck.database.directory().join("pkcs11.txt"), stanza(&format!("vanish={}", gone.display()))).unwrap();
    assert!(deck.client.unlock(&deck.id, "troublesome", &pin(PIN)).await.unwrap().unlocked);
    assert!(deck.client.token_certificates(&deck.id, "troublesome").await.unwrap().is_empty());
    std::fs::write(&gone, "").unwrap();
    let code = refusal(deck.client.token_keys(&deck.id, "troublesome").await);
    assert!(matches!(code, ProblemCode::TokenAbsent | ProblemCode::NotFound), "{code:?}");
    assert!(deck.client.database(&deck.id).await.unwrap().token.unlocked, "the database does not mind");
    std::fs::remove_file(&gone).unwrap();
    ::support::poll::until_true("the token's return", std::time::Duration::from_secs(20), async || {
        deck.client.token_certificates(&deck.id, "troublesome").await.is_ok()
    })
    .await;
    deck.client.remove_module(&deck.id, "Trouble").await.unwrap();
    assert_eq!(pkcs11_txt(&deck), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_token_and_nickname_is_made_and_answered_on_the_token() {
    let softhsm = SoftHsm::with_token("labtoken");
    let deck = Deck::started_by(softhsm.wrapper()).await;
    let client = &deck.client;
    client.add_module(&deck.id, &new("SoftHSM", LIBRARY)).await.unwrap();
    let form: RequestForm = serde_json::from_value(serde_json::json!({
        "common_name": "mail.example.org", "subject_alternative_names": "mail.example.org"
    }))
    .unwrap();
    let wanted = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named("labtoken:mail") };
    assert_eq!(refusal(client.create_request(&deck.id, &wanted).await), ProblemCode::TokenLocked);
    client.unlock(&deck.id, "labtoken", &pin(PIN)).await.unwrap();
    let request = client.create_request(&deck.id, &wanted).await.unwrap();
    assert_eq!((request.key_place, request.key_present), (RequestKeyPlace::Token, true));
    assert!(client.keys(&deck.id).await.unwrap().is_empty(), "no key in the database");
    assert_eq!(client.token_keys(&deck.id, "labtoken").await.unwrap()[0].id, request.key_id);
    // A CA signs it and sends itself along.
    let at = |name: &str| deck.room.path().join(name).display().to_string();
    std::fs::write(at("mail.csr"), &request.pem).unwrap();
    run::must("openssl", &["req", "-in", &at("mail.csr"), "-verify", "-noout"]);
    run::must(
        "openssl",
        &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", &at("ca.key"), "-out", &at("ca.pem"), "-subj", "/CN=A CA"],
    );
    let sign = ["-CA", &at("ca.pem"), "-CAkey", &at("ca.key"), "-copy_extensions", "copyall", "-out", &at("mail.pem")];
    run::must("openssl", &[&["x509", "-req", "-in", &at("mail.csr")], &sign[..]].concat());
    let content = ["mail.pem", "ca.pem"].map(|name| std::fs::read_to_string(at(name)).unwrap()).concat();
    let installed = client.reply(&deck.id, &request.id, &Reply { content, ..Reply::default() }).await.unwrap();
    assert_eq!((installed.nickname.as_str(), installed.added_issuers.len()), ("labtoken:mail", 1));
    let directory = format!("sql:{}", deck.database.path());
    let pins = at("pins");
    std::fs::write(&pins, format!("NSS Certificate DB:{PASSWORD}\nlabtoken:{PIN}\n")).unwrap();
    let listing = softhsm.must("certutil", &["-L", "-h", "labtoken", "-d", &directory, "-f", &pins]);
    assert!(listing.lines().any(|line| line.starts_with("labtoken:mail") && line.trim_end().ends_with("u,u,u")), "{listing}");
    assert!(deck.listed().await.iter().all(|entry| entry.nickname.as_deref() != Some("mail")), "the leaf is on the token alone");
    // A key that a certificate uses stays; the request is forgotten without it.
    assert_eq!(refusal(client.delete_request(&deck.id, &request.id, true).await), ProblemCode::InvalidInput);
    client.delete_request(&deck.id, &request.id, false).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fips_mode_is_switched_as_modutil_does() {
    let deck = Deck::new().await;
    let directory = format!("sql:{}", deck.database.path());
    let says = |state: &str| run::ask("modutil", &["-chkfips", state, "-dbdir", &directory]).success;
    assert!(says("false") && !says("true"));
    let switch = async |name: &str, on: bool| {
        let change = ModuleChange { fips: Some(on), ..ModuleChange::default() };
        deck.client.change_module(&deck.id, name, &change).await
    };
    let key = deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap().id;
    let on = switch("NSS Internal PKCS #11 Module", true).await.unwrap();
    assert_eq!((on.name.as_str(), on.fips), ("NSS Internal FIPS PKCS #11 Module", Some(true)));
    assert!(says("true"));
    let listed = deck.database.certutil(&["-K"]);
    assert!(listed.out.contains("NSS FIPS 140-2 Certificate DB") && listed.out.contains(&key), "{}{}", listed.out, listed.err);
    // The console goes on.
    assert_eq!(deck.client.keys(&deck.id).await.unwrap().len(), 1);
    let off = switch("NSS Internal FIPS PKCS #11 Module", false).await.unwrap();
    assert_eq!((off.name.as_str(), off.fips), ("NSS Internal PKCS #11 Module", Some(false)));
    assert!(says("false"));
    run::must("modutil", &["-force", "-fips", "true", "-dbdir", &directory]);
    assert_eq!(deck.client.modules(&deck.id).await.unwrap()[0].fips, Some(true));
    run::must("modutil", &["-force", "-fips", "false", "-dbdir", &directory]);
    // Where it would stop every server it is refused in words.
    let change = PasswordChange { current_password: Some(PASSWORD.to_owned()), accept_weak_password: true, ..PasswordChange::default() };
    deck.client.change_password(&deck.id, &change).await.unwrap();
    let before = pkcs11_txt(&deck);
    let refused = problem(switch("NSS Internal PKCS #11 Module", true).await);
    assert!(refused.errors[0].pointer == "/fips" && refused.detail.contains("Set a password"), "{refused}");
    assert_eq!(pkcs11_txt(&deck), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_try_at_a_password_is_left_to_unlocking() {
    let deck = Deck::new().await;
    let library = troublesome_module(deck.room.path()).display().to_string();
    let stanza = pkcs11_txt(&deck);
    let change = TokenPasswordChange { current_password: PIN.to_owned(), new_password: "5678".to_owned() };
    for (words, state, code) in
        [("final-try", PinState::FinalTry, ProblemCode::PinFinalTry), ("pin-locked", PinState::Locked, ProblemCode::PinLocked)]
    {
        let text = format!("{stanza}library={library}\nname=Trouble\nparameters={words}\n\n");
        std::fs::write(deck.database.directory().join("pkcs11.txt"), text).unwrap();
        let tokens = deck.client.tokens(&deck.id).await.unwrap();
        assert_eq!(tokens.iter().find(|token| token.id == "troublesome").unwrap().pin, state);
        assert_eq!(refusal(deck.client.change_token_password(&deck.id, "troublesome", &change).await), code);
        let line = TokenPassword { password: PIN.to_owned() };
        assert_eq!(refusal(deck.client.write_token_password(&deck.id, "troublesome", &line).await), code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_snapshot_brings_back_is_asked_for_again() {
    let softhsm = SoftHsm::with_token("labtoken");
    let deck = Deck::started_by(softhsm.wrapper()).await;
    deck.client.add_module(&deck.id, &new("SoftHSM", LIBRARY)).await.unwrap();
    deck.client.unlock(&deck.id, "labtoken", &pin(PIN)).await.unwrap();
    let key = KeyForToken { algorithm: KeyAlgorithm::EcP256, label: Some("spare".to_owned()) };
    let key = deck.client.create_token_key(&deck.id, "labtoken", &key).await.unwrap().id;
    let state = deck.console.data_dir().join("state.sqlite");
    run::must("sqlite3", &[state.to_str().unwrap(), "PRAGMA busy_timeout = 5000; UPDATE sessions SET confirmed_at = 0"]);
    let refused = problem(deck.client.delete_token_key(&deck.id, "labtoken", &key).await);
    assert_eq!(refused.code, ProblemCode::ConfirmationRequired);
    assert!(refused.detail.contains("No snapshot brings back") && refused.detail.contains("labtoken"), "{}", refused.detail);
    assert_eq!(deck.client.token_keys(&deck.id, "labtoken").await.unwrap().len(), 1);
}
