//! Requests, and the answers of CAs.

use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::keystore::OutsideKeyFormat;
use certdeck_shared::api::request::{NewRequest, RequestChange, Tracking};
use certdeck_shared::glass::Action;
use certdeck_shared::request::{RequestForm, Template};
use support::certificates::Authority;
use support::deck::item;
use support::run;

use super::Shell;

/// What openssl reads in a request, but for its key and signature.
fn read(room: &std::path::Path) -> (String, String) {
    let file = room.join("request.pem");
    let text =
        run::must("openssl", &["req", "-in", file.to_str().unwrap(), "-noout", "-verify", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"]);
    let subject = text.lines().find(|line| line.contains("Subject:")).unwrap().to_owned();
    let asked: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.contains("Requested Extensions"))
        .take_while(|line| !line.contains("Signature Algorithm"))
        .collect();
    // The extensions stand in another order.
    let pairs = asked.get(1..).unwrap_or_default().chunks(2);
    let mut pairs: Vec<String> = pairs.map(|pair| pair.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")).collect();
    pairs.sort();
    (subject, pairs.join("\n"))
}

fn form(subject: &str, template: Option<Template>) -> RequestForm {
    RequestForm {
        subject: subject.to_owned(),
        subject_alternative_names: "www.example.org 192.0.2.25 a@example.org".to_owned(),
        template,
        ..RequestForm::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_ask_the_same_by_each_line() {
    let shell = Shell::new().await;
    let spare = shell.deck.client.create_key(&shell.deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    let phone = Some("+41 44 'x' 1".to_owned());
    for body in [
        NewRequest::Form {
            key_algorithm: KeyAlgorithm::EcP384,
            form: form("CN=www.example.org,O=O'Brien & Söhne", None),
            tracking: Tracking { phone, ..Tracking::named("www") },
        },
        NewRequest::Form {
            key_algorithm: KeyAlgorithm::Rsa2048,
            form: RequestForm { challenge_password: "do not show".to_owned(), ..form("CN=www.example.org", Some(Template::TlsServer)) },
            tracking: Tracking::named("www2"),
        },
        NewRequest::ExistingKey {
            key_id: spare.id.clone(),
            form: form("CN=Lower,O=Sesta", Some(Template::Ca)),
            tracking: Tracking::named("lower"),
        },
    ] {
        let lines = shell.lines(&Action::CreateRequest { body: body.clone() }).await;
        assert!(!format!("{lines:?}").contains("do not show"));
        let (copy, _, _) = shell.both(&Action::CreateRequest { body }).await;
        assert_eq!(read(&copy.room), read(shell.deck.room.path()));
        assert_eq!(copy.database.keys().len(), shell.deck.database.keys().len());
    }
    let as_msgcert = NewRequest::Form {
        key_algorithm: KeyAlgorithm::Rsa2048,
        form: RequestForm { subject: "CN=mail.example.org".to_owned(), ..RequestForm::default() },
        tracking: Tracking { accept: vec!["no-alternative-names".to_owned()], ..Tracking::named("mail") },
    };
    shell.run(&shell.lines(&Action::CreateRequest { body: as_msgcert }).await.msgcert);
    assert!(read(shell.deck.room.path()).0.contains("mail.example.org"));
    let ready = shell.deck.room.path().join("request.pem");
    run::must(
        "openssl",
        &[
            "req",
            "-new",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            shell.deck.room.path().join("key.pem").to_str().unwrap(),
            "-subj",
            "/CN=else.example.org",
            "-addext",
            "subjectAltName=DNS:else.example.org",
            "-out",
            ready.to_str().unwrap(),
        ],
    );
    let body = NewRequest::Ready { content: "left out".to_owned(), key_place: None, tracking: Tracking::named("else") };
    let (_, tools, rest) = shell.both(&Action::CreateRequest { body }).await;
    assert!(tools.contains("else.example.org") && rest.contains("elsewhere"));
    // Its key is outside, and joined with the answer outside of NSS.
    let request = shell.deck.client.requests(&shell.deck.id).await.unwrap().into_iter().find(|one| one.nickname == "else").unwrap();
    let authority = Authority::new("The CA");
    let write = |name: &str, text: &str| std::fs::write(shell.deck.room.path().join(name), text).unwrap();
    write("reply.pem", &authority.sign(&request.pem));
    shell.deck.import(vec![item(authority.certificate.clone(), "The CA", "C,,")]).await;
    shell.run(&shell.lines(&Action::ReplyToRequest { request: request.id.clone(), nickname: "else".to_owned() }).await.rest);
    for (format, file) in [(OutsideKeyFormat::Pem, "bundle.pem"), (OutsideKeyFormat::Pkcs12, "bundle.p12")] {
        let (copy, _, _) = shell.both(&Action::BundleWithOutsideKey { request: request.id.clone(), format }).await;
        let password = format!("file:{}", shell.deck.room.path().join("file-password").display());
        let key = |room: &std::path::Path| {
            let file = room.join(file);
            run::must("openssl", &["pkey", "-in", file.to_str().unwrap(), "-passin", &password, "-pubout"])
        };
        assert_eq!(key(&copy.room), key(shell.deck.room.path()), "{file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_kept_answered_and_forgotten_by_each_line() {
    let shell = Shell::new().await;
    let body = NewRequest::Form {
        key_algorithm: KeyAlgorithm::EcP256,
        form: form("CN=www.example.org", Some(Template::TlsServer)),
        tracking: Tracking::named("web: one"),
    };
    let NewRequest::Form { key_algorithm, form: asked, .. } = body else { return };
    let new = |nickname: &str| NewRequest::Form { key_algorithm, form: asked.clone(), tracking: Tracking::named(nickname) };
    let client = &shell.deck.client;
    let first = client.create_request(&shell.deck.id, &new("web")).await.unwrap();
    let second = client.create_request(&shell.deck.id, &new("other")).await.unwrap();
    let third = client.create_request(&shell.deck.id, &new("third")).await.unwrap();
    let write = |name: &str, text: &str| std::fs::write(shell.deck.room.path().join(name), text).unwrap();
    write("request.pem", &first.pem);
    let (_, tools, rest) = shell.both(&Action::ShowRequest { request: first.id.clone() }).await;
    assert!(tools.contains("www.example.org") && rest.contains(&first.id));
    let (_, tools, rest) = shell.both(&Action::ListRequests).await;
    assert!(tools.contains(&first.key_id) && rest.contains(&first.key_id));
    let body = RequestChange { note: Some("sent on Monday".to_owned()), ..RequestChange::default() };
    let (_, _, rest) = shell.both(&Action::ChangeRequest { request: first.id.clone(), body }).await;
    assert!(rest.contains("sent on Monday"));
    let authority = Authority::new("The CA");
    write("reply.pem", &authority.sign(&first.pem));
    let reply = Action::ReplyToRequest { request: first.id.clone(), nickname: "web".to_owned() };
    let (copy, _, _) = shell.both(&reply).await;
    assert_eq!(copy.database.listing(), shell.deck.database.listing());
    assert_eq!(copy.database.der("web"), shell.deck.database.der("web"));
    let (_, tools, rest) = shell.both(&Action::RequestForm { fingerprint: shell.address("web").await }).await;
    assert!(tools.contains("www.example.org") && rest.contains("www.example.org"));
    let other = Authority::new("Another CA");
    write("reply.pem", &other.sign(&second.pem));
    let (copy, _, _) = shell.both(&Action::ReplyToAny { nickname: Some("other".to_owned()) }).await;
    assert_eq!(copy.database.listing().len(), shell.deck.database.listing().len());
    let remove = Action::DeleteRequest { request: third.id.clone(), key: Some(third.key_id.clone()) };
    let (copy, _, _) = shell.both(&remove).await;
    assert_eq!(copy.database.keys().len(), shell.deck.database.keys().len());
    assert!(!shell.deck.database.keys().contains_key(&third.key_id));
    shell.run(&shell.lines(&Action::DeleteRequest { request: first.id, key: None }).await.rest);
    assert_eq!(client.requests(&shell.deck.id).await.unwrap().len(), 1);
}
