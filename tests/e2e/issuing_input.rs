//! Input that is no request, no answer and no certificate to be: refused with words, and nothing is made.

use certdeck_shared::api::issue::{IssuedCertificate, NewIssued, NewSelfSigned, SigningPolicy, Validity};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::renewal::{Renewal, RenewalMode};
use certdeck_shared::api::request::{NewRequest, Reply, Tracking};
use certdeck_shared::request::RequestForm;
use support::certificates::{Authority, from_pem, to_pem};
use support::deck::{Deck, problem, refusal, unchanged};
use support::run::openssl;

use crate::issuing::{below, root};

fn to_sign(issuer: &IssuedCertificate, request: String) -> NewIssued {
    NewIssued::Request {
        issuer: issuer.fingerprint_sha256.clone(),
        request,
        policy: SigningPolicy { copy_usages: true, accept_weak_key: true, ..SigningPolicy::default() },
        validity: Validity::default(),
        serial_number: None,
        nickname: Some("asked".to_owned()),
    }
}

fn armour(der: &[u8]) -> String {
    to_pem(der).replace("CERTIFICATE", "CERTIFICATE REQUEST")
}

/// Depth, lengths, indefinite lengths that never end.
fn bombs() -> [Vec<u8>; 4] {
    let nested = (0..2_000_u32).fold(vec![5, 0], |inner, _| {
        let length = u32::try_from(inner.len()).unwrap().to_be_bytes();
        [&[0x30, 0x84][..], &length, &inner].concat()
    });
    let long = [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x30; 100]].concat();
    let strings = [&[0x30, 0x83, 0x03, 0x0d, 0x40][..], &[0x04, 0x00].repeat(100_000)].concat();
    [[0x30, 0x80].repeat(20_000), long, nested, strings]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_not_signed() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Wary")).await.unwrap();
    let key = deck.room.path().join("asker.key");
    let arguments = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key.to_str().unwrap()];
    let names = ["-subj", "/CN=asker.example", "-addext", "subjectAltName=DNS:asker.example", "-addext", "keyUsage=digitalSignature"];
    let good = String::from_utf8(openssl(&[&arguments[..], &names].concat(), b"")).unwrap();
    let der = openssl(&["req", "-outform", "DER"], good.as_bytes());
    let mut bodies: Vec<String> = (0..der.len())
        .step_by(7)
        .map(|place| {
            let mut damaged = der.clone();
            damaged[place] ^= 0x01;
            armour(&damaged)
        })
        .collect();
    bodies.extend((0..der.len()).step_by(29).map(|length| armour(&der[..length])));
    bodies.extend(bombs().map(|bomb| armour(&bomb)));
    let private = std::fs::read_to_string(&key).unwrap();
    bodies.extend([String::new(), "no request".to_owned(), private, "A".repeat(1 << 19)]);
    // Signed by another than its key.
    let other = openssl(&[&arguments[..], &["-subj", "/CN=other.example"]].concat(), b"");
    let other = openssl(&["req", "-outform", "DER"], &other);
    let split = |der: &[u8]| der.len() - 70;
    bodies.push(armour(&[&der[..split(&der)], &other[split(&other)..]].concat()));
    unchanged(&deck.database, async {
        for body in bodies {
            let shown: String = body.chars().take(200).collect();
            let new = to_sign(&ca, body);
            for refused in [problem(deck.client.preview_issue(&deck.id, &new).await), problem(deck.client.issue(&deck.id, &new).await)] {
                let expected = [ProblemCode::RequestRefused, ProblemCode::Unreadable, ProblemCode::InvalidInput];
                assert!(expected.contains(&refused.code), "{refused:?} for {shown}");
            }
        }
    })
    .await;
    assert!(deck.client.issued(&deck.id).await.unwrap().is_empty());
    deck.client.issue(&deck.id, &to_sign(&ca, good)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_not_installed() {
    let deck = Deck::new().await;
    let form = RequestForm {
        common_name: "waits.example".to_owned(),
        subject_alternative_names: "waits.example".to_owned(),
        ..Default::default()
    };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::EcP256, form, tracking: Tracking::named("waits") };
    let request = deck.client.create_request(&deck.id, &new).await.unwrap();
    let authority = Authority::new("Answering");
    let answer = from_pem(&authority.sign(&request.pem)).remove(0);
    let reply = |content: String| Reply { content, ..Reply::default() };
    // Cut anywhere, or for another key; the request itself; bombs.
    let mut bodies: Vec<String> = (0..answer.len()).step_by(23).map(|length| to_pem(&answer[..length])).collect();
    bodies.extend(bombs().map(|bomb| to_pem(&bomb)));
    bodies.extend([
        String::new(),
        request.pem.clone(),
        to_pem(&authority.leaf("waits.example")),
        "-----BEGIN CERTIFICATE-----\n".repeat(10_000),
    ]);
    unchanged(&deck.database, async {
        for body in bodies {
            let shown: String = body.chars().take(120).collect();
            let refusals = [
                refusal(deck.client.reply(&deck.id, &request.id, &reply(body.clone())).await),
                refusal(deck.client.reply_to_any(&deck.id, &reply(body.clone()), true).await),
                refusal(deck.client.reply_to_any(&deck.id, &reply(body), false).await),
            ];
            for refused in refusals {
                let expected = [ProblemCode::Unreadable, ProblemCode::ReplyDoesNotMatch, ProblemCode::InvalidInput];
                assert!(expected.contains(&refused), "{refused:?} for {shown}");
            }
        }
    })
    .await;
    deck.client.reply(&deck.id, &request.id, &reply(to_pem(&answer))).await.unwrap();
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_beyond_their_limits_are_named_and_no_key_is_made() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Limits")).await.unwrap();
    let with = |change: &dyn Fn(&mut NewSelfSigned)| {
        let form = RequestForm { subject: "CN=limits.example".to_owned(), ..RequestForm::default() };
        let mut new = NewSelfSigned { nickname: "limits".to_owned(), form, ..NewSelfSigned::default() };
        change(&mut new);
        new
    };
    let cases: [(NewSelfSigned, &str); 13] = [
        (with(&|new| new.nickname = "x".repeat(256)), "/nickname"),
        (with(&|new| new.nickname = "a\nb".to_owned()), "/nickname"),
        (with(&|new| new.form.subject = ["CN=", &"x".repeat(65)].concat()), "/form/subject"),
        (with(&|new| new.form.subject = vec!["OU=a"; 101].join(",")), "/form/subject"),
        (with(&|new| new.form.subject = "CN=a,XY=b".to_owned()), "/form/subject"),
        (with(&|new| new.form.subject_alternative_names = "a..b".to_owned()), "/form/subject_alternative_names"),
        (with(&|new| new.form.key_usage = vec!["everything".to_owned()]), "/form/key_usage/0"),
        (with(&|new| new.form.extended_key_usage = vec!["1.99999999999999999999999.3".to_owned()]), "/form/extended_key_usage/0"),
        (with(&|new| new.addresses.ocsp = vec!["ftp:".to_owned()]), "/addresses/ocsp"),
        (with(&|new| new.validity.months = Some(u32::MAX)), "/validity/months"),
        (with(&|new| new.validity.offset_months = Some(i32::MIN)), "/validity/offset_months"),
        (with(&|new| new.serial_number = Some("9".repeat(100_000))), "/serial_number"),
        (with(&|new| new.trust = Some("XYZ".to_owned())), "/trust"),
    ];
    for (new, pointer) in cases {
        let refused = unchanged(&deck.database, async { problem(deck.client.create_self_signed(&deck.id, &new).await) }).await;
        assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, pointer), "{refused}");
        assert!(!refused.errors[0].message.is_empty());
    }
    // A renewal that is none: a key kind for a kept key, a period beyond the issuer, a certificate that is not there.
    let form = RequestForm { common_name: "leaf.example".to_owned(), ..RequestForm::default() };
    let leaf = deck.client.issue(&deck.id, &below(&ca, "leaf", form)).await.unwrap();
    let renewal = |mode, key_algorithm, days| Renewal {
        mode,
        key_algorithm,
        validity: Validity { days, ..Validity::default() },
        ..Renewal::default()
    };
    let wrong = [
        (&leaf.fingerprint_sha256, renewal(RenewalMode::Renew, Some(KeyAlgorithm::EcP256), None), ProblemCode::InvalidInput),
        (&leaf.fingerprint_sha256, renewal(RenewalMode::Renew, None, Some(36_000)), ProblemCode::InvalidInput),
        (&leaf.fingerprint_sha256, renewal(RenewalMode::ReKey, None, Some(0)), ProblemCode::InvalidInput),
        (&"0".repeat(64), renewal(RenewalMode::Renew, None, None), ProblemCode::NotFound),
    ];
    for (fingerprint, renewal, code) in wrong {
        let refused = unchanged(&deck.database, async { refusal(deck.client.renew(&deck.id, fingerprint, &renewal).await) }).await;
        assert_eq!(refused, code, "{renewal:?}");
    }
    deck.certutil_agrees().await;
}
