//! Requests: signed by the token, judged by openssl, answered by a CA.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::request::{NewRequest, Reply, RequestState, Tracking};
use certdeck_shared::request::{RequestForm, to_be_signed};
use support::certificates::Authority;
use support::deck::{Deck, refusal};
use support::run::openssl;

fn form(common_name: &str) -> RequestForm {
    RequestForm {
        common_name: common_name.to_owned(),
        organization: "Certdeck tests".to_owned(),
        country: "DE".to_owned(),
        subject_alternative_names: format!(
            "{common_name}, www.{common_name}\n192.0.2.7 2001:db8::7 post@{common_name} https://{common_name}/x"
        ),
        ..RequestForm::default()
    }
}

fn reply(content: String) -> Reply {
    Reply { content, ..Reply::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_of_each_algorithm_is_verified_by_openssl_and_its_answer_installed() {
    let deck = Deck::new().await;
    let authority = Authority::new("Answering CA");
    let offered = deck.client.token_algorithms(&deck.id, "internal").await.unwrap();
    let offered: Vec<_> = offered.into_iter().filter(|one| one.available).map(|one| one.algorithm).collect();
    assert!(offered.len() >= 6, "{offered:?}");
    for key_algorithm in offered {
        let name = format!("{key_algorithm:?}.example").to_lowercase();
        let new = NewRequest::Form {
            key_algorithm,
            form: form(&name),
            tracking: Tracking { note: Some("for the test".to_owned()), ..Tracking::named(name.clone()) },
        };
        let request = deck.client.create_request(&deck.id, &new).await.unwrap_or_else(|error| panic!("{error:?}\n{}", deck.console.log()));
        assert_eq!((request.state, request.key_present), (RequestState::Pending, true));
        let text = String::from_utf8(openssl(&["req", "-verify", "-noout", "-text", "-subject"], request.pem.as_bytes())).unwrap();
        for expected in [
            &format!("DNS:www.{name}"),
            "IP Address:192.0.2.7",
            &format!("email:post@{name}"),
            &format!("URI:https://{name}/x"),
            "Certdeck tests",
        ] {
            assert!(text.contains(expected), "{expected} is not in\n{text}");
        }
        let listed = deck.client.requests(&deck.id).await.unwrap();
        assert!(listed.iter().any(|listed| listed.id == request.id));
        assert_eq!(deck.client.request(&deck.id, &request.id).await.unwrap(), request);

        let answer = authority.sign(&request.pem);
        let installed = deck.client.reply(&deck.id, &request.id, &reply(format!("Your certificate:\n{answer}\nRegards"))).await.unwrap();
        assert_eq!(installed.nickname, name);
        assert_eq!(installed.request.unwrap().state, RequestState::Answered);
        assert!(installed.missing_issuer.as_ref().is_some_and(|issuer| issuer.contains("Answering CA")));
        assert_eq!(deck.database.trust()[&name], "u,u,u");
        assert!(deck.database.keys()[&request.key_id].contains(&name), "certutil -K shows the nickname: {:?}", deck.database.keys());
    }
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_its_chain_brings_the_issuer_along() {
    let deck = Deck::new().await;
    let authority = Authority::new("Chained CA");
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form: form("chained.example"), tracking: Tracking::named("wanted") };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    let bundle = tempfile::NamedTempFile::new().unwrap();
    let both = format!("{}{}", support::certificates::to_pem(&authority.certificate), authority.sign(&request.pem));
    std::fs::write(bundle.path(), both).unwrap();
    let pkcs7 = openssl(&["crl2pkcs7", "-nocrl", "-certfile", bundle.path().to_str().unwrap()], b"");
    let mut reply = reply(String::from_utf8(pkcs7).unwrap());
    reply.nickname = Some("chosen".to_owned());
    let installed = deck.client.reply(&deck.id, &request.id, &reply).await.unwrap();
    assert_eq!((installed.nickname.as_str(), installed.added_issuers.len(), installed.missing_issuer), ("chosen", 1, None));
    assert_eq!(deck.database.trust()["chosen"], "u,u,u");
    deck.certutil_agrees().await;
    deck.database.certutil_must(&[
        "-M",
        "-n",
        &deck.listed().await.iter().find(|entry| entry.fingerprint_sha256 == installed.added_issuers[0]).unwrap().nickname.clone().unwrap(),
        "-t",
        "CT,,",
    ]);
    let valid = deck.database.certutil(&["-V", "-n", "chosen", "-u", "V"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_signs_a_request_for_its_own_key_and_nothing_else() {
    let deck = Deck::new().await;
    let new = NewKey { algorithm: KeyAlgorithm::EcP256, label: None };
    let (mine, other) = (deck.client.create_key(&deck.id, &new).await.unwrap(), deck.client.create_key(&deck.id, &new).await.unwrap());
    let sign = |key_id: &str, bytes: Vec<u8>| NewRequest::ToBeSigned {
        key_id: key_id.to_owned(),
        certification_request_info: Base64(bytes),
        tracking: Tracking::named("two passes"),
    };
    let information = to_be_signed(&form("passes.example"), &mine.subject_public_key_info.0).unwrap();
    let foreign = to_be_signed(&form("passes.example"), &other.subject_public_key_info.0).unwrap();
    let certificate = support::certificates::Authority::new("Not a request").certificate;
    for refused in [foreign, certificate, b"anything".to_vec(), [information.clone(), vec![0]].concat()] {
        assert_eq!(refusal(deck.client.create_request(&deck.id, &sign(&mine.id, refused)).await), ProblemCode::NotSignable);
    }
    assert!(deck.client.requests(&deck.id).await.unwrap().is_empty());
    let request = deck.client.create_request(&deck.id, &sign(&mine.id, information)).await.unwrap();
    openssl(&["req", "-verify", "-noout"], request.pem.as_bytes());
    assert_eq!(deck.client.key(&deck.id, &mine.id).await.unwrap().requests, std::slice::from_ref(&request.id));

    let stranger = Authority::new("Stranger");
    let wrong = deck.client.reply(&deck.id, &request.id, &reply(support::certificates::to_pem(&stranger.leaf("passes.example")))).await;
    assert_eq!(refusal(wrong), ProblemCode::ReplyDoesNotMatch);
    assert_eq!(refusal(deck.client.reply(&deck.id, &request.id, &reply("no certificate".to_owned())).await), ProblemCode::Unreadable);
    assert!(deck.database.listing().is_empty());
    deck.client.delete_request(&deck.id, &request.id, true).await.unwrap();
    assert_eq!(refusal(deck.client.request(&deck.id, &request.id).await), ProblemCode::NotFound);
    assert_eq!(deck.database.keys().into_keys().collect::<Vec<_>>(), [other.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_a_request_is_refused_field_by_field() {
    let deck = Deck::new().await;
    let wrong =
        RequestForm { country: "Germany".to_owned(), subject_alternative_names: "not a name!".to_owned(), ..RequestForm::default() };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form: wrong, tracking: Tracking::named("x") };
    let problem = support::deck::problem(deck.client.create_request(&deck.id, &new).await);
    assert_eq!(problem.code, ProblemCode::InvalidInput);
    assert!(problem.errors.iter().any(|error| error.pointer.ends_with("/country")), "{:?}", problem.errors);
    assert!(problem.errors.iter().any(|error| error.pointer.ends_with("/subject_alternative_names")), "{:?}", problem.errors);
    assert!(deck.database.keys().is_empty(), "no key is made for a request that cannot be");
}
