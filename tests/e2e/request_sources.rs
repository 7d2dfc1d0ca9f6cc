//! Where requests come from: a form, a key that is there, certutil, a browser; certutil and openssl judge them.

use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Request, RequestChange, RequestKeyPlace, Tracking};
use certdeck_shared::request::{RequestForm, RequestedConstraints, Template};
use reqwest::Method;
use support::certificates::{from_pem, to_pem};
use support::database::Database;
use support::deck::{Deck, problem, refusal, unchanged};
use support::run::openssl;

/// The subject of Sun's manual.
const SEED: &str = "CN=hostname.sesta.com, OU=\"hostname/ SSL Web Server\", O=Sesta, C=US";

fn seed() -> RequestForm {
    RequestForm {
        subject: SEED.to_owned(),
        subject_alternative_names: "hostname.sesta.com".to_owned(),
        template: Some(Template::TlsServer),
        ..RequestForm::default()
    }
}

fn ready(content: impl Into<String>) -> NewRequest {
    NewRequest::Ready { content: content.into(), key_place: None, tracking: Tracking::named("ready") }
}

/// A request of openssl's, PEM.
fn by_openssl(key: &[&str], more: &[&str]) -> String {
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("key.pem").display().to_string();
    let arguments = [&["req", "-new", "-nodes", "-keyout", &file, "-newkey"], key, &["-subj", "/CN=host.example"], more].concat();
    String::from_utf8(openssl(&arguments, b"")).unwrap()
}

const EC: [&str; 3] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const NAMED: [&str; 2] = ["-addext", "subjectAltName=DNS:host.example"];

#[tokio::test(flavor = "multi_thread")]
async fn certutil_signs_what_is_asked_for() {
    let deck = Deck::new().await;
    let authority = Database::made_by_certutil();
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [42; 2048]).unwrap();
    let noise = noise.to_str().unwrap();
    authority.certutil_must(&["-S", "-n", "ca", "-s", "CN=Sesta CA", "-x", "-t", "CT,C,C", "-k", "ec", "-q", "nistp256", "-z", noise]);
    let ca = RequestForm {
        subject: "CN=Below,O=Sesta".to_owned(),
        template: Some(Template::Ca),
        basic_constraints: Some(RequestedConstraints { ca: true, path_length: Some(0) }),
        ..RequestForm::default()
    };
    let mail = RequestForm {
        subject: "CN=Ada,E=ada@example.org,telephoneNumber=123".to_owned(),
        subject_alternative_names: "ada@example.org".to_owned(),
        template: Some(Template::Mail),
        challenge_password: "tell nobody".to_owned(),
        ..RequestForm::default()
    };
    for (nickname, form, key_algorithm) in
        [("seed", seed(), KeyAlgorithm::Rsa2048), ("ca", ca, KeyAlgorithm::EcP384), ("mail", mail, KeyAlgorithm::EcP256)]
    {
        let new = NewRequest::Form { key_algorithm, form, tracking: Tracking::named(nickname) };
        let request = deck.client.create_request(&deck.id, &new).await.unwrap_or_else(|error| panic!("{nickname}: {error:?}"));
        openssl(&["req", "-verify", "-noout"], request.pem.as_bytes());
        let (asked, answer) = (deck.room.path().join("request.pem"), deck.room.path().join("answer.pem"));
        std::fs::write(&asked, &request.pem).unwrap();
        let (asked, answer) = (asked.to_str().unwrap(), answer.to_str().unwrap());
        authority.certutil_must(&[
            "-C",
            "-c",
            "ca",
            "-i",
            asked,
            "-o",
            answer,
            "-a",
            "-m",
            &(support::database::run_number() + 1).to_string(),
        ]);
        let content = std::fs::read_to_string(answer).unwrap();
        let reply = certdeck_shared::api::request::Reply { content, ..Default::default() };
        deck.client.reply_to_any(&deck.id, &reply, false).await.unwrap_or_else(|error| panic!("{nickname}: {error:?}"));
        assert_eq!(deck.database.trust()[nickname], "u,u,u");
    }
    // certutil breaks long lines anywhere.
    let listed: String = deck.database.certutil_must(&["-L", "-n", "seed"]).split_whitespace().collect();
    assert!(listed.contains("CN=hostname.sesta.com,OU=hostname/SSLWebServer,O=Sesta,C=US"), "{listed}");
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_certificate_gets_a_request() {
    let deck = Deck::new().await;
    let key = deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    assert!(deck.client.key(&deck.id, &key.id).await.unwrap().orphan);
    let new = |id: &str| NewRequest::ExistingKey { key_id: id.to_owned(), form: seed(), tracking: Tracking::named("orphan") };
    let preview = deck.client.preview_request(&deck.id, &new(&key.id)).await.unwrap();
    assert_eq!(preview.subject_openssl, "/C=US/O=Sesta/OU=hostname\\/ SSL Web Server/CN=hostname.sesta.com");
    assert!(deck.client.requests(&deck.id).await.unwrap().is_empty());
    let request = deck.client.create_request(&deck.id, &new(&key.id)).await.unwrap();
    openssl(&["req", "-verify", "-noout"], request.pem.as_bytes());
    let listed = deck.client.key(&deck.id, &key.id).await.unwrap();
    assert_eq!((listed.orphan, listed.requests), (false, vec![request.id]));
    assert_eq!(refusal(deck.client.create_request(&deck.id, &new("00ff")).await), ProblemCode::NotFound);
    assert_eq!(deck.database.keys().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certutil_made_is_tracked_with_its_key() {
    let deck = Deck::new().await;
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [42; 2048]).unwrap();
    let arguments = ["-R", "-s", SEED, "-p", "123-456-7890", "-k", "rsa", "-g", "2048", "-a", "-z", noise.to_str().unwrap()];
    let said = deck.database.certutil_must(&[&arguments[..], &["-8", "hostname.sesta.com"]].concat());
    assert!(said.contains("NEW CERTIFICATE REQUEST"), "{said}");
    let request = deck.client.create_request(&deck.id, &ready(said.clone())).await.unwrap();
    assert_eq!((request.key_place, request.key_present), (RequestKeyPlace::Database, true));
    assert_eq!(request.subject, "CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US");
    assert!(deck.database.keys().contains_key(&request.key_id));
    // The same again is the same.
    assert_eq!(refusal(deck.client.create_request(&deck.id, &ready(said)).await), ProblemCode::InvalidInput);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_taken_from_elsewhere_when_its_key_signed_it() {
    let deck = Deck::new().await;
    let keys: [(&[&str], &[&str]); 5] = [
        (&EC, &[]),
        (&["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], &["-sha384"]),
        (&["rsa:2048"], &["-sha512"]),
        (&["rsa:3072"], &["-sha384"]),
        (&["ed25519"], &[]),
    ];
    for (key, more) in keys {
        let pem = by_openssl(key, &[more, &NAMED].concat());
        let request = deck.client.create_request(&deck.id, &ready(pem)).await.unwrap_or_else(|error| panic!("{key:?}: {error:?}"));
        assert_eq!((request.key_place, request.key_present), (RequestKeyPlace::Elsewhere, false));
    }
    // The same DER in base64 without labels, and quoted in a mail.
    let pem = by_openssl(&EC, &NAMED);
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let browser = NewRequest::Ready { content: bare, key_place: Some(RequestKeyPlace::Browser), tracking: Tracking::named("browser") };
    assert_eq!(deck.client.create_request(&deck.id, &browser).await.unwrap().key_place, RequestKeyPlace::Browser);
    assert!(deck.database.keys().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_key_signed_is_refused() {
    let deck = Deck::new().await;
    let der = from_pem(&by_openssl(&EC, &NAMED).replace("CERTIFICATE REQUEST", "CERTIFICATE")).remove(0);
    let mut bodies: Vec<String> = (0..der.len())
        .step_by(9)
        .map(|place| {
            let mut damaged = der.clone();
            damaged[place] ^= 0x01;
            to_pem(&damaged).replace("CERTIFICATE", "CERTIFICATE REQUEST")
        })
        .collect();
    bodies.extend([
        String::new(),
        "no request".to_owned(),
        to_pem(&der[..der.len() / 2]),
        // Bombs: depth, lengths, indefinite lengths that never end.
        to_pem(&[0x30, 0x80].repeat(20_000)),
        to_pem(&[&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x30; 100]].concat()),
        to_pem(&(0..2_000_u32).fold(vec![5, 0], |inner, _| {
            let length = u32::try_from(inner.len()).unwrap().to_be_bytes();
            [&[0x30, 0x84][..], &length, &inner].concat()
        })),
        "-----BEGIN CERTIFICATE REQUEST-----\n".repeat(10_000),
        "A".repeat(1 << 19),
    ]);
    let work = async {
        for body in bodies {
            let shown: String = body.chars().take(200).collect();
            let refused = refusal(deck.client.create_request(&deck.id, &ready(body)).await);
            let expected = [ProblemCode::NotSignable, ProblemCode::Unreadable, ProblemCode::InvalidInput, ProblemCode::WeakRequest];
            assert!(expected.contains(&refused), "{refused:?} for {shown}");
        }
    };
    unchanged(&deck.database, work).await;
    assert!(deck.client.requests(&deck.id).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn weak_requests_are_made_only_when_their_ids_are_accepted() {
    let deck = Deck::new().await;
    let accepting = |new: &NewRequest, ids: &[&str]| {
        let mut new = new.clone();
        match &mut new {
            NewRequest::Form { tracking, .. } | NewRequest::Ready { tracking, .. } => {
                tracking.accept = ids.iter().map(|&id| id.to_owned()).collect();
            }
            _ => unreachable!(),
        }
        new
    };
    let nameless = RequestForm { subject: SEED.to_owned(), ..RequestForm::default() };
    let form = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form: nameless, tracking: Tracking::named("nameless") };
    let refused = problem(unchanged(&deck.database, deck.client.create_request(&deck.id, &form)).await);
    assert_eq!(refused.code, ProblemCode::WeakRequest);
    assert_eq!(refused.errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/accept/no-alternative-names"]);
    let told: Vec<String> =
        deck.client.preview_request(&deck.id, &form).await.unwrap().weaknesses.into_iter().map(|weakness| weakness.id).collect();
    assert_eq!(told, ["no-alternative-names"]);
    let made = deck.client.create_request(&deck.id, &accepting(&form, &["no-alternative-names"])).await.unwrap();
    assert_eq!(made.weaknesses[0].id, "no-alternative-names");

    let short = ready(by_openssl(&["rsa:1024"], &[&NAMED[..], &["-sha1"]].concat()));
    assert_eq!(refusal(deck.client.create_request(&deck.id, &short).await), ProblemCode::WeakRequest);
    let half = problem(deck.client.create_request(&deck.id, &accepting(&short, &["weak-key"])).await);
    assert_eq!(half.errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/accept/sha1-signature"]);
    deck.client.create_request(&deck.id, &accepting(&short, &["weak-key", "sha1-signature"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_handed_out_in_every_form_and_its_words_change() {
    let deck = Deck::new().await;
    let tracking = Tracking {
        note: Some("ticket 7".to_owned()),
        ca_name: Some("Verisign".to_owned()),
        phone: Some("123-456-7890".to_owned()),
        ..Tracking::named("seed")
    };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form: seed(), tracking };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    assert_eq!((request.ca_name.as_deref(), request.age_days), (Some("Verisign"), 0));
    let path = format!("/api/v1/databases/{}/requests/{}", deck.id, request.id);
    let get = |accept: &'static str, query: &'static str| {
        let call = deck.client.transport().raw(Method::GET, &format!("{path}{query}")).header("accept", accept).send();
        async move { call.await.unwrap().bytes().await.unwrap().to_vec() }
    };
    let der = get("application/pkcs10", "").await;
    openssl(&["req", "-inform", "DER", "-verify", "-noout"], &der);
    assert_eq!(get("application/x-pem-file", "").await, request.pem.as_bytes());
    let text = String::from_utf8(get("application/x-pem-file", "?label=new").await).unwrap();
    assert!(text.contains("Phone: 123-456-7890") && text.contains("-----BEGIN NEW CERTIFICATE REQUEST-----"), "{text}");
    openssl(&["req", "-verify", "-noout"], text.as_bytes());
    let words = String::from_utf8(get("text/plain", "").await).unwrap();
    assert!(words.contains("extKeyUsage: TLS server"), "{words}");

    let change = RequestChange { note: Some(String::new()), ca_name: Some("Thawte".to_owned()), nickname: None };
    let changed: Request = deck.client.change_request(&deck.id, &request.id, &change).await.unwrap();
    assert_eq!(changed, Request { note: None, ca_name: Some("Thawte".to_owned()), ..request.clone() });
    let wrong = RequestChange { nickname: Some("line\nfeed".to_owned()), ca_name: Some("x".repeat(101)), note: None };
    let refused = problem(deck.client.change_request(&deck.id, &request.id, &wrong).await);
    assert_eq!(refused.errors.iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), ["/nickname", "/ca_name"]);
    assert_eq!(deck.client.request(&deck.id, &request.id).await.unwrap(), changed);
}
