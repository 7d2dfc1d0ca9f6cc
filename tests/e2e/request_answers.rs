//! What CAs send back: looked at first, then installed with its chain; or kept, where the key is elsewhere.

use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Reply, Request, RequestKeyPlace, RequestState, Tracking};
use certdeck_shared::request::RequestForm;
use support::certificates::{Authority, to_pem};
use support::deck::{Deck, item, problem, refusal, unchanged};
use support::run::openssl;

async fn asked(deck: &Deck, name: &str) -> Request {
    let form =
        RequestForm { common_name: name.to_owned(), subject_alternative_names: format!("{name} www.{name}"), ..RequestForm::default() };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named(name) };
    deck.client.create_request(&deck.id, &new).await.unwrap()
}

fn reply(content: impl Into<String>) -> Reply {
    Reply { content: content.into(), ..Reply::default() }
}

/// An intermediate CA with a certificate that names its issuer's place, and what it signs.
struct Hierarchy {
    room: tempfile::TempDir,
    root: String,
    intermediate: String,
}

impl Hierarchy {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let path = |name: &str| room.path().join(name).display().to_string();
        std::fs::write(path("ca.cnf"), "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n").unwrap();
        let aia = "authorityInfoAccess=caIssuers;URI:http://ca.example/root.crt\nbasicConstraints=critical,CA:TRUE\n";
        std::fs::write(path("intermediate.cnf"), aia).unwrap();
        let ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let (ca, key) = (path("root.pem"), path("root.key"));
        openssl(&[&["req", "-x509", "-days", "90", "-subj", "/CN=Root of answers", "-keyout", &key, "-out", &ca][..], &ec].concat(), b"");
        let request = openssl(
            &[&["req", "-new", "-subj", "/CN=Intermediate of answers", "-keyout", &path("intermediate.key")][..], &ec].concat(),
            b"",
        );
        let (out, extensions) = (path("intermediate.pem"), path("intermediate.cnf"));
        openssl(&["x509", "-req", "-CA", &ca, "-CAkey", &key, "-days", "60", "-extfile", &extensions, "-out", &out], &request);
        let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
        Self { root: read("root.pem"), intermediate: read("intermediate.pem"), room }
    }

    fn sign(&self, request: &str, days: &str) -> String {
        let path = |name: &str| self.room.path().join(name).display().to_string();
        let arguments = ["x509", "-req", "-CA", &path("intermediate.pem"), "-CAkey", &path("intermediate.key"), "-days", days];
        String::from_utf8(openssl(&[&arguments[..], &["-copy_extensions", "copyall"]].concat(), request.as_bytes())).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_happen_is_told_before_and_nothing_is_written() {
    let deck = Deck::new().await;
    let hierarchy = Hierarchy::new();
    let request = asked(&deck, "told.example").await;
    let leaf = hierarchy.sign(&request.pem, "30");
    let stranger = to_pem(&Authority::new("Stranger").certificate);
    // The wrong way round, and with a certificate that has nothing to do with it.
    let content = format!("{stranger}{}{leaf}", hierarchy.intermediate);
    let preview = unchanged(&deck.database, deck.client.reply_to_any(&deck.id, &reply(content.clone()), true)).await.unwrap();
    assert!(!preview.applied && preview.request.unwrap().state == RequestState::Pending);
    let chain: Vec<_> = preview.chain.iter().map(|link| (link.subject.as_str(), link.in_answer, link.in_database)).collect();
    assert_eq!(chain, [("CN=told.example", true, false), ("CN=Intermediate of answers", true, false)]);
    let missing = preview.missing.clone().unwrap();
    assert_eq!((missing.subject.as_str(), missing.ca_issuers), ("CN=Root of answers", vec!["http://ca.example/root.crt".to_owned()]));
    assert_eq!(preview.left_out.len(), 1);
    assert_eq!(preview.remarks, Vec::<String>::new());

    let installed = deck.client.reply_to_any(&deck.id, &reply(content), false).await.unwrap();
    let answered = installed.request.unwrap();
    assert!(installed.applied && answered.state == RequestState::Answered);
    assert_eq!((installed.chain.len(), installed.added_issuers.clone()), (2, preview.added_issuers));
    assert_eq!(answered.answers.len(), 1);
    assert!(answered.answers[0].installed);
    assert_eq!(deck.database.trust()["told.example"], "u,u,u");
    deck.import(vec![item(support::certificates::from_pem(&hierarchy.root).remove(0), "root", "C,,")]).await;
    // Now the chain is complete, from the database.
    let again = deck.client.preview_reply(&deck.id, &request.id, &reply(leaf)).await.unwrap();
    assert_eq!((again.chain.len(), again.missing), (3, None));
    let valid = deck.database.certutil(&["-V", "-n", "told.example", "-u", "V"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_answer_needs_a_word_and_both_stay() {
    let deck = Deck::new().await;
    let hierarchy = Hierarchy::new();
    let request = asked(&deck, "twice.example").await;
    let (first, second) = (hierarchy.sign(&request.pem, "30"), hierarchy.sign(&request.pem, "31"));
    let answered = deck.client.reply(&deck.id, &request.id, &reply(first.clone())).await.unwrap();
    let refused = unchanged(&deck.database, deck.client.reply(&deck.id, &request.id, &reply(second.clone()))).await;
    assert_eq!(refusal(refused), ProblemCode::RequestAnswered);
    // The same again is no second answer.
    let again = deck.client.reply(&deck.id, &request.id, &reply(first)).await.unwrap();
    assert_eq!((again.fingerprint_sha256, again.snapshot), (answered.fingerprint_sha256.clone(), None));
    let additional = Reply { additional: true, ..reply(second) };
    let both = deck.client.reply(&deck.id, &request.id, &additional).await.unwrap();
    let request = both.request.unwrap();
    let answers: Vec<&str> = request.answers.iter().map(|answer| answer.fingerprint_sha256.as_str()).collect();
    assert_eq!(answers, [answered.fingerprint_sha256.as_str(), both.fingerprint_sha256.as_str()]);
    assert_eq!(deck.database.listing().iter().filter(|listed| listed.nickname == "twice.example").count(), 2);
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_key_is_elsewhere_the_certificate_is_kept_with_the_request() {
    let deck = Deck::new().await;
    let hierarchy = Hierarchy::new();
    let key = deck.room.path().join("browser.key");
    let names = ["-subj", "/CN=browser.example", "-addext", "subjectAltName=DNS:browser.example"];
    let arguments = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", key.to_str().unwrap()];
    let pem = String::from_utf8(openssl(&[&arguments[..], &names].concat(), b"")).unwrap();
    let new = NewRequest::Ready { content: pem.clone(), key_place: Some(RequestKeyPlace::Browser), tracking: Tracking::named("browser") };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    let content = format!("{}{}", hierarchy.sign(&pem, "30"), hierarchy.intermediate);
    let kept = unchanged(&deck.database, deck.client.reply(&deck.id, &request.id, &reply(content))).await.unwrap();
    assert_eq!((kept.applied, kept.key_place, kept.snapshot), (true, RequestKeyPlace::Browser, None));
    assert!(kept.remarks[0].starts_with("The key is in the browser"), "{:?}", kept.remarks);
    let request = kept.request.unwrap();
    let answer = &request.answers[0];
    assert!(!answer.installed);
    assert_eq!(answer.pem.matches("BEGIN CERTIFICATE").count(), 2);
    // Leaf first: what the browser joins with its key.
    let bundle = deck.room.path().join("bundle.pem");
    std::fs::write(&bundle, &answer.pem).unwrap();
    openssl(&["pkcs12", "-export", "-in", bundle.to_str().unwrap(), "-inkey", key.to_str().unwrap(), "-passout", "pass:x"], b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_from_the_request_is_told() {
    let deck = Deck::new().await;
    let hierarchy = Hierarchy::new();
    let request = asked(&deck, "differs.example").await;
    let path = |name: &str| hierarchy.room.path().join(name).display().to_string();
    std::fs::write(path("leaf.cnf"), "subjectAltName=DNS:differs.example,DNS:other.example\n").unwrap();
    let arguments = ["x509", "-req", "-CA", &path("intermediate.pem"), "-CAkey", &path("intermediate.key"), "-days", "-1"];
    let leaf = openssl(&[&arguments[..], &["-extfile", &path("leaf.cnf")]].concat(), request.pem.as_bytes());
    let preview = deck.client.preview_reply(&deck.id, &request.id, &reply(String::from_utf8(leaf).unwrap())).await.unwrap();
    let remarks = preview.remarks.join("\n");
    for expected in ["It expired on", "asked for the name www.differs.example", "has the name other.example"] {
        assert!(remarks.contains(expected), "{expected} is not in\n{remarks}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_for_nobody_says_whose_it_is() {
    let deck = Deck::new().await;
    let authority = Authority::new("Nobody's");
    let stranger = reply(to_pem(&authority.leaf("stranger.example")));
    let refused = problem(unchanged(&deck.database, deck.client.reply_to_any(&deck.id, &stranger, false)).await);
    assert_eq!(refused.code, ProblemCode::ReplyDoesNotMatch);
    assert!(refused.detail.contains("stranger.example"), "{}", refused.detail);
    assert_eq!(refusal(deck.client.reply_to_any(&deck.id, &reply("nothing"), false).await), ProblemCode::Unreadable);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_request_that_nobody_told_the_console_of_finds_its_key() {
    let deck = Deck::new().await;
    let hierarchy = Hierarchy::new();
    let noise = deck.room.path().join("noise");
    std::fs::write(&noise, [42; 2048]).unwrap();
    let arguments = ["-R", "-s", "CN=untold.example,O=Sesta", "-k", "ec", "-q", "nistp256", "-a", "-z", noise.to_str().unwrap()];
    let request = deck.database.certutil_must(&arguments);
    let leaf = hierarchy.sign(&request, "30");
    // The wrong way round, in a mail, with the root that is to be trusted by a step of its own.
    let content = format!("Dear customer,\n{}\n{}\n{leaf}\nRegards", hierarchy.root, hierarchy.intermediate);
    let preview = unchanged(&deck.database, deck.client.reply_to_any(&deck.id, &reply(content.clone()), true)).await.unwrap();
    assert_eq!((preview.applied, preview.request.is_none(), preview.key_place), (false, true, RequestKeyPlace::Database));
    let chain: Vec<&str> = preview.chain.iter().map(|link| link.subject.as_str()).collect();
    assert_eq!(chain, ["CN=untold.example,O=Sesta", "CN=Intermediate of answers", "CN=Root of answers"]);
    assert!(preview.remarks.iter().any(|remark| remark.contains("No request for it is kept here")), "{:?}", preview.remarks);
    assert_eq!((preview.nickname.as_str(), preview.added_issuers.len(), preview.missing), ("untold.example", 2, None));

    let named = Reply { nickname: Some("untold".to_owned()), ..reply(content.clone()) };
    let installed = deck.client.reply_to_any(&deck.id, &named, false).await.unwrap();
    assert_eq!((installed.nickname.as_str(), installed.snapshot.is_some()), ("untold", true));
    assert_eq!(deck.database.trust()["untold"], "u,u,u");
    assert!(deck.client.requests(&deck.id).await.unwrap().is_empty());
    // The same again changes nothing, and no second key was needed.
    let again = unchanged(&deck.database, deck.client.reply_to_any(&deck.id, &reply(content), false)).await.unwrap();
    assert_eq!((again.nickname.as_str(), again.snapshot), ("untold", None));
    assert_eq!(deck.database.keys().len(), 1);
    deck.database.certutil_must(&["-M", "-n", "Root of answers", "-t", "C,,"]);
    let valid = deck.database.certutil(&["-V", "-n", "untold", "-u", "V"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);
    let words = Reply { nickname: Some("x".repeat(300)), ..named };
    assert_eq!(refusal(deck.client.reply_to_any(&deck.id, &words, false).await), ProblemCode::InvalidInput);
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_succeeds_a_certificate_with_its_key_has_its_nickname_and_its_trust() {
    let deck = Deck::new().await;
    let hierarchy = Hierarchy::new();
    let request = asked(&deck, "lasting.example").await;
    let (first, second, other) =
        (hierarchy.sign(&request.pem, "30"), hierarchy.sign(&request.pem, "60"), hierarchy.sign(&request.pem, "90"));
    let old = deck.client.reply(&deck.id, &request.id, &reply(first)).await.unwrap();
    deck.database.certutil_must(&["-M", "-n", "lasting.example", "-t", "P,P,"]);
    // By the request, and after that was forgotten by the key alone; the old ones stay.
    let additional = Reply { additional: true, ..reply(second) };
    let told = deck.client.preview_reply(&deck.id, &request.id, &additional).await.unwrap();
    assert!(told.remarks.contains(&"It has the trust of the certificate that it succeeds: P,P,.".to_owned()), "{:?}", told.remarks);
    deck.client.reply(&deck.id, &request.id, &additional).await.unwrap();
    deck.client.delete_request(&deck.id, &request.id, false).await.unwrap();
    deck.client.reply_to_any(&deck.id, &reply(other), false).await.unwrap();
    let listed = deck.database.listing();
    let named: Vec<_> = listed.iter().filter(|one| one.nickname == "lasting.example").map(|one| one.trust.as_str()).collect();
    assert_eq!(named, ["Pu,Pu,u"; 3]);
    assert!(deck.listed().await.iter().any(|entry| entry.fingerprint_sha256 == old.fingerprint_sha256));
    deck.certutil_agrees().await;
}
