//! Keys and signatures, with certutil and openssl on the other side.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use certdeck::token::{GeneratedKey, TokenError, TokenHandle};
use certdeck_shared::api::key::KeyAlgorithm;
use token_support::{
    Database, ECDSA_WITH_SHA256, ECDSA_WITH_SHA384, ECDSA_WITH_SHA512, SHA256_WITH_RSA, Workshop, element, go_on, path_text, run, succeed,
    to_be_signed, to_import,
};

const ALGORITHMS: [(KeyAlgorithm, &str, &[u8]); 6] = [
    (KeyAlgorithm::Rsa2048, "RSA 2048", &SHA256_WITH_RSA),
    (KeyAlgorithm::Rsa3072, "RSA 3072", &SHA256_WITH_RSA),
    (KeyAlgorithm::Rsa4096, "RSA 4096", &SHA256_WITH_RSA),
    (KeyAlgorithm::EcP256, "EC P-256", &ECDSA_WITH_SHA256),
    (KeyAlgorithm::EcP384, "EC P-384", &ECDSA_WITH_SHA384),
    (KeyAlgorithm::EcP521, "EC P-521", &ECDSA_WITH_SHA512),
];

/// CertificationRequestInfo for CN=request, without attributes.
fn request_info(key: &[u8]) -> Vec<u8> {
    let name = element(0x30, &[element(0x31, &[element(0x30, &[vec![6, 3, 0x55, 4, 3], element(0x0c, &[b"request".to_vec()])])])]);
    element(0x30, &[vec![2, 1, 0], name, key.to_vec(), vec![0xa0, 0]])
}

#[tokio::test]
async fn every_algorithm_makes_requests_and_certificates_that_verify() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    for (number, (algorithm, words, identifier)) in ALGORITHMS.into_iter().enumerate() {
        let key = token.generate_key(algorithm, &format!("key {number}")).await.unwrap();
        let listed = token.list_keys().await.unwrap().into_iter().find(|listed| listed.id == key.id).unwrap();
        assert_eq!(listed.algorithm, words);
        assert_eq!(listed.label, Some(format!("key {number}")));
        assert_eq!(listed.subject_public_key_info.as_ref(), Some(&key.subject_public_key_info));

        let request = token.sign_request(&key.id, &request_info(&key.subject_public_key_info)).await.unwrap();
        let request_file = workshop.write("request.der", &request);
        let verified = succeed("openssl", &["req", "-inform", "DER", "-in", path_text(&request_file), "-verify", "-noout", "-pubkey"]);
        assert!(String::from_utf8_lossy(&verified.stderr).contains("verify OK"), "{words}");

        let to_be_signed = to_be_signed(&key.subject_public_key_info, "CN=self", "CN=self", identifier);
        let certificate = token.sign_self_signed(&key.id, &to_be_signed).await.unwrap();
        let file = workshop.write("certificate.der", &certificate);
        let pem = workshop.path("certificate.pem");
        succeed("openssl", &["x509", "-inform", "DER", "-in", path_text(&file), "-out", path_text(&pem)]);
        succeed("openssl", &["verify", "-check_ss_sig", "-CAfile", path_text(&pem), path_text(&pem)]);

        let private = workshop.write("private.der", &token.private_key_pkcs8(&key.id).await.unwrap());
        let public = succeed("openssl", &["pkey", "-inform", "DER", "-in", path_text(&private), "-pubout", "-outform", "DER"]).stdout;
        assert_eq!(public, key.subject_public_key_info, "{words}");
    }
    assert_eq!(database.certutil(&["-K"]).lines().filter(|line| line.starts_with('<')).count(), 6);
}

#[tokio::test]
async fn rows_of_a_key_are_the_ones_certutil_writes() {
    let workshop = Workshop::new();
    let noise = workshop.write("noise", &[42; 2048]);
    for (kind, algorithm) in
        [(&["-k", "ec", "-q", "nistp256"][..], KeyAlgorithm::EcP256), (&["-k", "rsa", "-g", "2048"][..], KeyAlgorithm::Rsa2048)]
    {
        let ours = Database::by_certutil();
        let theirs = Database::by_certutil();
        ours.unlocked().await.generate_key(algorithm, "").await.unwrap();
        let mut arguments = vec!["-G"];
        arguments.extend(kind);
        arguments.extend(["-z", path_text(&noise)]);
        theirs.certutil(&arguments);
        // Which attributes there are; and the values of all but the key itself.
        // And CKA_ALWAYS_SENSITIVE (a165), which says where a pair was made: ours in the session, so that it comes into the token whole.
        let secret = ["a165", "a11", "a102", "a120", "a123", "a124", "a125", "a126", "a127", "a128", "a181", "ad5a0db00"];
        for (file, table) in [("cert9.db", "nssPublic"), ("key4.db", "nssPrivate")] {
            let shape = |database: &Database| -> Vec<Vec<(String, Option<Vec<u8>>)>> {
                let rows = database.rows(file, table).into_iter();
                rows.map(|row| {
                    row.into_iter().map(|(name, value)| (name.clone(), (!secret.contains(&name.as_str())).then_some(value))).collect()
                })
                .collect()
            };
            assert_eq!(shape(&ours), shape(&theirs), "{file} {algorithm:?}");
        }
    }
}

#[tokio::test]
async fn nothing_but_a_request_for_that_very_key_is_signed_as_one() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    for algorithm in [KeyAlgorithm::EcP256, KeyAlgorithm::Rsa2048] {
        let key = token.generate_key(algorithm, "key").await.unwrap();
        let other = token.generate_key(algorithm, "other").await.unwrap();
        let good = request_info(&key.subject_public_key_info);
        token.sign_request(&key.id, &good).await.unwrap();

        let mut trailing = good.clone();
        trailing.push(0);
        let mut inner_trailing = good[..].to_vec();
        inner_trailing.extend([5, 0]);
        let mut version = good.clone();
        let position = version.windows(3).position(|three| three == [2, 1, 0]).unwrap();
        version[position + 2] = 1;
        let long_form = {
            // The same structure with a length in more octets than it needs.
            let reader_length = good.len() - if good[1] < 0x80 { 2 } else { 2 + usize::from(good[1] & 0x7f) };
            let mut octets = vec![0x30, 0x84, 0, 0, (reader_length >> 8) as u8, reader_length as u8];
            octets.extend(&good[good.len() - reader_length..]);
            octets
        };
        let certificate = to_be_signed(&key.subject_public_key_info, "CN=a", "CN=a", &ECDSA_WITH_SHA256);
        let missing_attributes = element(0x30, &[vec![2, 1, 0], vec![0x30, 0], key.subject_public_key_info.clone()]);
        let cases: [(&str, Vec<u8>); 11] = [
            ("another key", request_info(&other.subject_public_key_info)),
            ("a certificate", certificate),
            ("trailing octets", trailing),
            ("trailing element", inner_trailing),
            ("cut off", good[..good.len() - 1].to_vec()),
            ("version 1", version),
            ("not DER", long_form),
            ("no attributes", missing_attributes),
            ("garbage", b"sign me".to_vec()),
            ("nothing", Vec::new()),
            ("a digest", vec![0x5a; 32]),
        ];
        for (what, octets) in cases {
            let refused = token.sign_request(&key.id, &octets).await;
            assert!(matches!(refused, Err(TokenError::NotSignable { .. })), "{what}: {refused:?}");
        }
        let absent = token.sign_request(&[1; 20], &good).await;
        assert!(matches!(absent, Err(TokenError::NotFound { .. })), "{absent:?}");
    }
}

#[tokio::test]
async fn nothing_but_a_self_signed_certificate_of_that_very_key_is_signed_as_one() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let key = token.generate_key(KeyAlgorithm::EcP256, "key").await.unwrap();
    let other = token.generate_key(KeyAlgorithm::EcP256, "other").await.unwrap();
    let public = &key.subject_public_key_info;
    let good = to_be_signed(public, "CN=a", "CN=a", &ECDSA_WITH_SHA256);
    token.sign_self_signed(&key.id, &good).await.unwrap();
    let mut trailing = good.clone();
    trailing.push(0);
    for (what, octets) in [
        ("another issuer", to_be_signed(public, "CN=b", "CN=a", &ECDSA_WITH_SHA256)),
        ("another key", to_be_signed(&other.subject_public_key_info, "CN=a", "CN=a", &ECDSA_WITH_SHA256)),
        ("another algorithm", to_be_signed(public, "CN=a", "CN=a", &SHA256_WITH_RSA)),
        ("a request", request_info(public)),
        ("trailing octets", trailing),
        ("garbage", vec![0x30, 0x80, 0, 0]),
    ] {
        let refused = token.sign_self_signed(&key.id, &octets).await;
        assert!(matches!(refused, Err(TokenError::NotSignable { .. })), "{what}: {refused:?}");
    }
}

#[tokio::test]
async fn keys_of_a_locked_token_are_out_of_reach() {
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let key = token.generate_key(KeyAlgorithm::EcP256, "key").await.unwrap();
    token.logout().await.unwrap();
    let info = request_info(&key.subject_public_key_info);
    assert_eq!(token.sign_request(&key.id, &info).await, Err(TokenError::NotLoggedIn));
    assert_eq!(token.private_key_pkcs8(&key.id).await.err(), Some(TokenError::NotLoggedIn));
    assert_eq!(token.delete_key(&key.id).await, Err(TokenError::NotLoggedIn));
    assert_eq!(token.generate_key(KeyAlgorithm::EcP256, "no").await, Err(TokenError::NotLoggedIn));
    assert_eq!(token.list_keys().await, Err(TokenError::NotLoggedIn));
}

#[tokio::test]
async fn a_key_made_by_certutil_is_one_of_ours() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let noise = workshop.write("noise", &[9; 2048]);
    database.certutil(&["-S", "-n", "server", "-s", "CN=server", "-x", "-t", "Cu,u,u", "-z", path_text(&noise)]);
    let token: TokenHandle = database.unlocked().await;
    let listed = token.list().await.unwrap();
    assert_eq!(listed[0].trust.to_string(), "Cu,u,u");
    let keys = token.list_keys().await.unwrap();
    assert_eq!(listed[0].key_id.as_ref(), Some(&keys[0].id));
    assert_eq!(keys[0].label, None, "certutil leaves the label empty and shows the certificate's");
    let key = GeneratedKey { id: keys[0].id.clone(), subject_public_key_info: keys[0].subject_public_key_info.clone().unwrap() };
    let request = workshop.write("request", &token.sign_request(&key.id, &request_info(&key.subject_public_key_info)).await.unwrap());
    let verified = run("openssl", &["req", "-inform", "DER", "-in", path_text(&request), "-verify", "-noout"]);
    assert!(String::from_utf8_lossy(&verified.stderr).contains("verify OK"));
    token.import(vec![to_import(&listed[0].der, "again", None)], go_on).await.unwrap();
}
