//! Certificates made by the console, with certutil and openssl as the judges.

use certdeck_shared::api::issue::{CertificateKey, DecisionOutcome, IssuedCertificate, NewIssued, NewSelfSigned, SigningPolicy, Validity};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::request::{RequestForm, RequestedConstraints, Template};
use support::certificates::{Authority, from_pem, to_pem};
use support::deck::{Deck, problem, refusal, unchanged};
use support::run::{self, openssl};
use time::macros::datetime;

fn form(subject: &str, template: Template) -> RequestForm {
    RequestForm { subject: subject.to_owned(), template: Some(template), ..RequestForm::default() }
}

pub fn root(nickname: &str) -> NewSelfSigned {
    NewSelfSigned {
        nickname: nickname.to_owned(),
        form: form(&format!("CN={nickname} CA,O=Certdeck tests"), Template::Ca),
        ..NewSelfSigned::default()
    }
}

pub fn below(issuer: &IssuedCertificate, nickname: &str, form: RequestForm) -> NewIssued {
    NewIssued::Form {
        issuer: issuer.fingerprint_sha256.clone(),
        nickname: nickname.to_owned(),
        form: Box::new(form),
        addresses: Default::default(),
        key: CertificateKey::default(),
        validity: Validity::default(),
        serial_number: None,
        trust: None,
    }
}

fn for_request(issuer: &IssuedCertificate, request: &str, policy: SigningPolicy) -> NewIssued {
    NewIssued::Request {
        issuer: issuer.fingerprint_sha256.clone(),
        request: request.to_owned(),
        policy,
        validity: Validity::default(),
        serial_number: None,
        nickname: None,
    }
}

/// `openssl verify` with the strict rules of RFC 5280.
pub fn openssl_verifies(deck: &Deck, leaf: &str, untrusted: &str, anchor: &str, more: &[&str]) -> run::Said {
    let file = |name: &str, text: &str| {
        let path = deck.room.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (leaf, untrusted, anchor) = (file("leaf.pem", leaf), file("untrusted.pem", untrusted), file("anchor.pem", anchor));
    let mut arguments = vec!["verify", "-x509_strict", "-CAfile", &anchor];
    arguments.extend(more);
    if std::fs::metadata(&untrusted).unwrap().len() > 0 {
        arguments.extend(["-untrusted", &untrusted]);
    }
    arguments.push(&leaf);
    run::ask("openssl", &arguments)
}

pub fn certutil_says_valid(deck: &Deck, nickname: &str, usage: &str) {
    let said = deck.database.certutil(&["-V", "-n", nickname, "-u", usage]);
    assert!(said.out.contains("certificate is valid"), "{nickname} for {usage}: {}{}", said.out, said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_certificate_of_each_algorithm_serves() {
    let deck = Deck::new().await;
    let offered = deck.client.token_algorithms(&deck.id, "internal").await.unwrap();
    for algorithm in offered.iter().filter(|one| one.available) {
        let host = format!("{}.example.org", algorithm.words.replace(' ', "-").to_lowercase());
        // As msgcert add-selfsign-cert asks: name, organization, unit, city, state, country.
        let form = RequestForm {
            common_name: host.clone(),
            organization: "Siroe, Inc.".to_owned(),
            organizational_unit: "Comms".to_owned(),
            locality: "SCA".to_owned(),
            state_or_province: "CA".to_owned(),
            country: "us".to_owned(),
            ..RequestForm::default()
        };
        let key = CertificateKey::Algorithm(algorithm.algorithm);
        let new = NewSelfSigned { nickname: host.clone(), form, key, ..NewSelfSigned::default() };
        let made = deck.client.create_self_signed(&deck.id, &new).await.unwrap_or_else(|error| panic!("{error:?}\n{}", deck.console.log()));
        assert_eq!((made.nickname.as_deref(), made.notes.as_slice()), (Some(host.as_str()), &[][..]));
        assert!((89..=92).contains(&(made.not_after - made.not_before).whole_days()), "three months");
        let text = String::from_utf8(openssl(&["x509", "-noout", "-text"], made.pem.as_bytes())).unwrap();
        for expected in [
            "C = US, ST = CA, L = SCA, O = \"Siroe, Inc.\", OU = Comms",
            &format!("DNS:{host}"),
            "TLS Web Server Authentication",
            "CA:FALSE",
            "X509v3 Key Usage: critical",
            "X509v3 Subject Key Identifier",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert_eq!(deck.database.trust()[&host], "Pu,u,u");
        assert_eq!(deck.database.der(&host), from_pem(&made.pem)[0]);
        certutil_says_valid(&deck, &host, "V");
        let said = openssl_verifies(&deck, &made.pem, "", &made.pem, &["-purpose", "sslserver", "-verify_hostname", &host]);
        assert!(said.success, "{host}: {}{}", said.out, said.err);
    }
    let refused = NewKey { algorithm: KeyAlgorithm::Ed25519, label: None };
    let refused = problem(deck.client.create_key(&deck.id, &refused).await);
    assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/algorithm"));
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_an_intermediate_and_what_they_issue_are_valid_to_nss_and_openssl() {
    let deck = Deck::new().await;
    let mut new = root("SampleRootCA");
    (new.serial_number, new.trust) = (Some("25000".to_owned()), Some("CTu,CTu,CTu".to_owned()));
    new.key = CertificateKey::Algorithm(KeyAlgorithm::Rsa3072);
    let root = deck.client.create_self_signed(&deck.id, &new).await.unwrap();
    assert_eq!(root.serial_number, "61a8");
    assert_eq!(deck.database.trust()["SampleRootCA"], "CTu,Cu,Cu");
    let text = String::from_utf8(openssl(&["x509", "-noout", "-text"], root.pem.as_bytes())).unwrap();
    for expected in ["Serial Number: 25000 (0x61a8)", "X509v3 Basic Constraints: critical", "CA:TRUE", "Certificate Sign, CRL Sign"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    certutil_says_valid(&deck, "SampleRootCA", "L");

    let constrained = RequestedConstraints { ca: true, path_length: Some(0) };
    let middle = RequestForm { basic_constraints: Some(constrained), ..form("CN=Issuing CA,O=Certdeck tests", Template::Ca) };
    let middle = deck.client.issue(&deck.id, &below(&root, "IssuingCA", middle)).await.unwrap();
    let server = form("CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US", Template::TlsServer);
    let mut server = below(&middle, "SampleSSLServerCert", server);
    if let NewIssued::Form { serial_number, key, trust, .. } = &mut server {
        (*serial_number, *trust) = (Some("25001".to_owned()), Some("u,u,u".to_owned()));
        *key = CertificateKey::Algorithm(KeyAlgorithm::EcP521);
    }
    let server = deck.client.issue(&deck.id, &server).await.unwrap();
    assert_eq!((server.chain_pem.matches("BEGIN").count(), server.serial_number.as_str()), (2, "61a9"));
    assert_eq!(deck.database.trust()["SampleSSLServerCert"], "u,u,u");
    certutil_says_valid(&deck, "SampleSSLServerCert", "V");
    certutil_says_valid(&deck, "IssuingCA", "L");
    let purpose = ["-purpose", "sslserver", "-verify_hostname", "hostname.sesta.com"];
    let said = openssl_verifies(&deck, &server.pem, &middle.pem, &root.pem, &purpose);
    assert!(said.success, "{}{}", said.out, said.err);

    let person = RequestForm {
        subject_alternative_names: "jsmith@sesta.com".to_owned(),
        extended_key_usage: vec!["emailProtection".to_owned(), "clientAuth".to_owned()],
        ..form("UID=jsmith,CN=Jane Smith,O=Sesta", Template::Mail)
    };
    let person = deck.client.issue(&deck.id, &below(&middle, "jsmith", person)).await.unwrap();
    for usage in ["C", "S", "R"] {
        certutil_says_valid(&deck, "jsmith", usage);
    }
    let said = openssl_verifies(&deck, &person.pem, &middle.pem, &root.pem, &["-purpose", "smimesign"]);
    assert!(said.success, "{}{}", said.out, said.err);
    // What is not granted does not work.
    let said = deck.database.certutil(&["-V", "-n", "jsmith", "-u", "V"]);
    assert!(!said.out.contains("certificate is valid"), "{}", said.out);

    let lower = below(&middle, "too low", form("CN=Lower CA", Template::Ca));
    let refused = unchanged(&deck.database, async { problem(deck.client.issue(&deck.id, &lower).await) }).await;
    assert_eq!(refused.code, ProblemCode::IssuerUnfit, "{refused}");
    let records = deck.client.issued(&deck.id).await.unwrap();
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record.in_database));
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_key_gets_a_certificate() {
    let deck = Deck::new().await;
    let key = deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::Rsa2048, label: None }).await.unwrap();
    assert!(deck.client.key(&deck.id, &key.id).await.unwrap().orphan);
    let new = NewSelfSigned {
        nickname: "adopted".to_owned(),
        form: form("CN=adopted.example", Template::TlsServer),
        key: CertificateKey::KeyId(key.id.clone()),
        validity: Validity { days: Some(10), ..Validity::default() },
        ..NewSelfSigned::default()
    };
    let made = deck.client.create_self_signed(&deck.id, &new).await.unwrap();
    assert_eq!((made.key_id.as_deref(), (made.not_after - made.not_before).whole_days()), (Some(key.id.as_str()), 10));
    assert!(!deck.client.key(&deck.id, &key.id).await.unwrap().orphan);
    assert_eq!(deck.database.keys().len(), 1);
    deck.certutil_agrees().await;
}

/// A request made by openssl: the subject as lines of its configuration, `C=DE`.
fn openssl_request(deck: &Deck, key: &[&str], subject: &str, extensions: &str) -> String {
    let (key_file, config) = (deck.room.path().join("asker.key"), deck.room.path().join("asker.conf"));
    let subject = subject.trim_start_matches('/').replace('/', "\n");
    let text = format!(
        "[req]\ndistinguished_name=dn\nattributes=at\nreq_extensions=ext\nprompt=no\nstring_mask=utf8only\n\
         [dn]\n{subject}\n[at]\nchallengePassword=secret-1\n[ext]\n{extensions}\n"
    );
    std::fs::write(&config, text).unwrap();
    openssl(&[&["genpkey", "-out", key_file.to_str().unwrap(), "-algorithm"], key].concat(), b"");
    let arguments = ["req", "-new", "-key", key_file.to_str().unwrap(), "-config", config.to_str().unwrap(), "-utf8"];
    String::from_utf8(openssl(&arguments, b"")).unwrap()
}

const P256: [&str; 3] = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_request_is_signed_as_the_policy_says() {
    let deck = Deck::new().await;
    // Trusted for clients, too, as one of them is.
    let root = NewSelfSigned { trust: Some("CT,C,C".to_owned()), ..root("Policy") };
    let root = deck.client.create_self_signed(&deck.id, &root).await.unwrap();
    let wishes = "subjectAltName=DNS:www.asker.example,IP:192.0.2.9,email:a@asker.example\nbasicConstraints=CA:TRUE\n\
                  keyUsage=digitalSignature,keyCertSign\nextendedKeyUsage=serverAuth,clientAuth\ntlsfeature=status_request";
    for key in [&P256[..], &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], &["ED25519"], &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"]] {
        let request = openssl_request(&deck, key, "/C=DE/O=Bäckerei/CN=www.asker.example", wishes);
        let pasted = format!("Dear CA,\nplease sign:\n{request}\nThank you");
        let new = for_request(&root, &pasted, SigningPolicy { copy_usages: true, ..SigningPolicy::default() });
        let preview = deck.client.preview_issue(&deck.id, &new).await.unwrap();
        let outcome = |part: &str| preview.decisions.iter().find(|one| one.part == part).map(|one| one.outcome);
        assert_eq!(outcome("subject"), Some(DecisionOutcome::Copied));
        assert_eq!(outcome("subjectAltName"), Some(DecisionOutcome::Copied));
        assert_eq!(outcome("keyUsage"), Some(DecisionOutcome::Replaced));
        assert_eq!(outcome("extKeyUsage"), Some(DecisionOutcome::Copied));
        assert_eq!(outcome("basicConstraints"), Some(DecisionOutcome::Replaced));
        assert_eq!(outcome("challengePassword"), Some(DecisionOutcome::LeftOut));
        assert_eq!(preview.decisions.iter().filter(|one| one.outcome == DecisionOutcome::LeftOut).count(), 2, "{:?}", preview.decisions);

        let issued = unchanged(&deck.database, async { deck.client.issue(&deck.id, &new).await.unwrap() }).await;
        assert_eq!((issued.nickname, issued.decisions), (None, preview.decisions));
        let text = String::from_utf8(openssl(&["x509", "-noout", "-text", "-nameopt", "utf8"], issued.pem.as_bytes())).unwrap();
        for expected in
            ["Bäckerei", "DNS:www.asker.example, IP Address:192.0.2.9, email:a@asker.example", "CA:FALSE", "TLS Web Client Authentication"]
        {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        assert!(!text.contains("Certificate Sign") && !text.contains("TLS Feature"), "{text}");
        let said = openssl_verifies(&deck, &issued.pem, "", &root.pem, &["-purpose", "sslserver"]);
        assert!(said.success, "{}{}", said.out, said.err);
        let public = |what: &str, pem: &str| openssl(&[what, "-noout", "-pubkey"], pem.as_bytes());
        assert_eq!(public("x509", &issued.pem), public("req", &request));
    }
    // certutil asks, and the certificate is kept here as well.
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [7; 2048]).unwrap();
    let asker = support::database::Database::made_by_certutil();
    let request = asker.certutil_must(&["-R", "-s", "CN=certutil asks", "-a", "-z", noise.to_str().unwrap()]);
    let policy =
        SigningPolicy { template: Template::TlsClient, subject: Some("CN=certutil was given".to_owned()), ..SigningPolicy::default() };
    let mut new = for_request(&root, &request, policy);
    if let NewIssued::Request { nickname, .. } = &mut new {
        *nickname = Some("kept".to_owned());
    }
    let issued = deck.client.issue(&deck.id, &new).await.unwrap();
    assert_eq!((issued.subject.as_str(), issued.nickname.as_deref()), ("CN=certutil was given", Some("kept")));
    certutil_says_valid(&deck, "kept", "C");
    asker.add("root", "CT,,", &from_pem(&root.pem)[0]);
    asker.add("mine", ",,", &from_pem(&issued.pem)[0]);
    assert_eq!(asker.trust()["mine"], "u,u,u");
    assert_eq!(deck.client.issued(&deck.id).await.unwrap().iter().filter(|record| !record.in_database).count(), 4);
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_not_what_it_claims_is_refused() {
    let deck = Deck::new().await;
    let root = deck.client.create_self_signed(&deck.id, &root("Strict")).await.unwrap();
    let good = openssl_request(&deck, &P256, "/CN=good.example", "subjectAltName=DNS:good.example");
    let der = openssl(&["req", "-outform", "DER"], good.as_bytes());
    let armour = |der: &[u8]| to_pem(der).replace("CERTIFICATE", "CERTIFICATE REQUEST");
    let mut broken_signature = der.clone();
    *broken_signature.last_mut().unwrap() ^= 1;
    let position = der.windows(12).position(|window| window == b"good.example").unwrap();
    let mut other_name = der.clone();
    other_name[position] = b'f';
    let smuggled = "subjectAltName=@names\n[names]\nDNS.1=evil.example,DNS:bank.example";
    let smuggled = openssl_request(&deck, &P256, "/CN=evil.example", smuggled);
    let weak = openssl_request(&deck, &["RSA", "-pkeyopt", "rsa_keygen_bits:1024"], "/CN=weak.example", "subjectAltName=DNS:weak.example");
    let long = openssl_request(&deck, &P256, &format!("/O={}", "x".repeat(64)), "subjectAltName=DNS:long.example");
    let curve =
        openssl_request(&deck, &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], "/CN=k1.example", "subjectAltName=DNS:k1.example");
    let codes = [
        (armour(&broken_signature), ProblemCode::RequestRefused),
        (armour(&other_name), ProblemCode::RequestRefused),
        (smuggled, ProblemCode::RequestRefused),
        (weak.clone(), ProblemCode::RequestRefused),
        (curve, ProblemCode::RequestRefused),
        (format!("{good}{long}"), ProblemCode::Unreadable),
        (root.pem.clone(), ProblemCode::Unreadable),
        ("please".to_owned(), ProblemCode::Unreadable),
    ];
    for (request, code) in codes {
        let new = for_request(&root, &request, SigningPolicy::default());
        let refused = unchanged(&deck.database, async { problem(deck.client.issue(&deck.id, &new).await) }).await;
        assert_eq!(refused.code, code, "{refused}\n{request}");
        if code == ProblemCode::RequestRefused {
            assert_eq!(refused.errors[0].pointer, "/request", "{refused}");
        }
    }
    assert!(deck.client.issued(&deck.id).await.unwrap().is_empty());
    let accepting = SigningPolicy { accept_weak_key: true, ..SigningPolicy::default() };
    deck.client.issue(&deck.id, &for_request(&root, &weak, accepting)).await.unwrap();
    let wrong = SigningPolicy { subject_alternative_names: Some("a..b".to_owned()), path_length: Some(1), ..SigningPolicy::default() };
    let refused = problem(deck.client.issue(&deck.id, &for_request(&root, &good, wrong)).await);
    let pointers: Vec<_> = refused.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/policy/subject_alternative_names", "/policy/path_length"]);
    // The issuer's own key, and the issuer's own name.
    let own = deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    let mut namesake = below(&root, "namesake", form("CN=Strict CA,O=Certdeck tests", Template::TlsServer));
    if let NewIssued::Form { key, .. } = &mut namesake {
        *key = CertificateKey::KeyId(own.id);
    }
    assert_eq!(refusal(deck.client.issue(&deck.id, &namesake).await), ProblemCode::InvalidInput);
    let mut itself = below(&root, "itself", form("CN=itself.example", Template::TlsServer));
    if let NewIssued::Form { key, .. } = &mut itself {
        *key = CertificateKey::KeyId(root.key_id.clone().unwrap());
    }
    assert_eq!(refusal(deck.client.issue(&deck.id, &itself).await), ProblemCode::RequestRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_issue_says_why_and_nothing_changes() {
    let deck = Deck::new().await;
    let mut past = root("Past");
    past.validity = Validity {
        not_before: Some(datetime!(2020-01-01 0:00 UTC)),
        not_after: Some(datetime!(2021-01-01 0:00 UTC)),
        ..Validity::default()
    };
    let past = deck.client.create_self_signed(&deck.id, &past).await.unwrap();
    let leaf =
        NewSelfSigned { nickname: "leaf".to_owned(), form: form("CN=leaf.example", Template::TlsServer), ..NewSelfSigned::default() };
    let leaf = deck.client.create_self_signed(&deck.id, &leaf).await.unwrap();
    let foreign = Authority::new("Foreign");
    deck.import(vec![support::deck::item(foreign.certificate.clone(), "foreign", "C,,")]).await;
    let mut short = root("Short");
    short.validity = Validity { days: Some(5), ..Validity::default() };
    let short = deck.client.create_self_signed(&deck.id, &short).await.unwrap();
    let absent = IssuedCertificate { fingerprint_sha256: "0".repeat(64), ..short.clone() };
    let keyless = IssuedCertificate { fingerprint_sha256: deck.named("foreign").await.fingerprint_sha256, ..short.clone() };
    let server = || form("CN=www.example.org", Template::TlsServer);
    let too_long = form(&format!("CN={}", "x".repeat(65)), Template::TlsServer);
    let with = |new: NewIssued, change: &dyn Fn(&mut Validity, &mut Option<String>, &mut CertificateKey)| match new {
        NewIssued::Form { issuer, nickname, form, addresses, mut key, mut validity, mut serial_number, trust } => {
            change(&mut validity, &mut serial_number, &mut key);
            NewIssued::Form { issuer, nickname, form, addresses, key, validity, serial_number, trust }
        }
        other => other,
    };
    let months = |validity: &mut Validity, _: &mut Option<String>, _: &mut CertificateKey| validity.months = Some(12);
    let serial = |_: &mut Validity, serial: &mut Option<String>, _: &mut CertificateKey| *serial = Some("minus one".to_owned());
    let key = |_: &mut Validity, _: &mut Option<String>, key: &mut CertificateKey| *key = CertificateKey::KeyId("ab".repeat(20));
    let cases = [
        (below(&past, "a", server()), ProblemCode::IssuerUnfit, ""),
        (below(&leaf, "a", server()), ProblemCode::IssuerUnfit, ""),
        (below(&keyless, "a", server()), ProblemCode::IssuerUnfit, ""),
        (below(&absent, "a", server()), ProblemCode::InvalidInput, "/issuer"),
        (below(&short, "a", too_long), ProblemCode::InvalidInput, "/form/subject"),
        (below(&short, "leaf", server()), ProblemCode::NicknameTaken, ""),
        (below(&short, "", server()), ProblemCode::InvalidInput, "/nickname"),
        (with(below(&short, "a", server()), &months), ProblemCode::InvalidInput, "/validity"),
        (with(below(&short, "a", server()), &serial), ProblemCode::InvalidInput, "/serial_number"),
        (with(below(&short, "a", server()), &key), ProblemCode::InvalidInput, "/key/key_id"),
    ];
    for (new, code, pointer) in cases {
        let refused = unchanged(&deck.database, async { problem(deck.client.issue(&deck.id, &new).await) }).await;
        assert_eq!(refused.code, code, "{refused}");
        assert_eq!(refused.errors.first().map(|error| error.pointer.as_str()).unwrap_or_default(), pointer, "{refused}");
    }
    // What nobody asked for is cut at the end of the issuer.
    let cut = deck.client.issue(&deck.id, &below(&short, "cut", server())).await.unwrap();
    assert_eq!(cut.not_after, short.not_after);
    let again = with(below(&short, "again", form("CN=again.example", Template::TlsServer)), &|_, serial, _| {
        *serial = Some(format!("0x{}", cut.serial_number));
    });
    assert_eq!(refusal(deck.client.issue(&deck.id, &again).await), ProblemCode::SerialNumberReused);
    deck.client.lock(&deck.id, "internal").await.unwrap();
    let locked = unchanged(&deck.database, async { refusal(deck.client.issue(&deck.id, &below(&short, "b", server())).await) }).await;
    assert_eq!(locked, ProblemCode::TokenLocked);
}
