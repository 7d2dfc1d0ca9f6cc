//! What a CA's key signs: certificates and revocation lists in the name of its own certificate, and nothing else; openssl verifies.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

mod token_support;

use certdeck::token::TokenError;
use certdeck::verifiers::signature;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::revocation::RevocationReason;
use certdeck_shared::issue::{Content, Draft, Period, RevocationListDraft, SerialNumber};
use certdeck_shared::request::SignatureAlgorithm;
use certdeck_shared::validation::SignatureFact;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::revocation_list::{self, Revoked};
use time::macros::datetime;
use token_support::{Database, Workshop, path_text, succeed, to_be_signed};

/// What is wrong; the key that is to sign, the issuer's certificate, what is to be signed.
type Case<'a> = (&'a str, &'a [u8], &'a [u8], &'a [u8]);

const PERIOD: Period = Period { not_before: datetime!(2026-01-01 0:00 UTC), not_after: datetime!(2036-01-01 0:00 UTC) };

fn content(common_name: &str, is_authority: bool) -> Content {
    let subject: certdeck_shared::name::DistinguishedName = format!("CN={common_name}").parse().unwrap();
    let usages: &[&str] = if is_authority { &["keyCertSign", "cRLSign"] } else { &["digitalSignature"] };
    Content {
        subject: subject.to_der(),
        subject_alternative_names: Vec::new(),
        is_authority,
        path_length: None,
        key_usage: usages.iter().map(|usage| (*usage).to_owned()).collect(),
        extended_key_usage: Vec::new(),
        crl_distribution_points: Vec::new(),
        ocsp: Vec::new(),
    }
}

fn draft<'a>(serial: &'a SerialNumber, key: &'a [u8], signer: &[u8], issuer: Option<&'a [u8]>) -> Draft<'a> {
    let signature_algorithm = SignatureAlgorithm::for_key(signer).unwrap();
    Draft { serial_number: serial, period: PERIOD, subject_public_key_info: key, signature_algorithm, issuer, issuer_key_identifier: None }
}

#[tokio::test]
async fn a_ca_signs_in_its_own_name_and_nothing_else() {
    let workshop = Workshop::new();
    let database = Database::by_certutil();
    let token = database.unlocked().await;
    let serial = SerialNumber::random([7; 16]);
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP521] {
        let ca = token.generate_key(algorithm, "ca").await.unwrap();
        let other = token.generate_key(KeyAlgorithm::EcP256, "other").await.unwrap();
        let (ca_key, leaf_key) = (&ca.subject_public_key_info, &other.subject_public_key_info);
        let own = draft(&serial, ca_key, ca_key, None).to_be_signed(&content("CA", true));
        let root = token.sign_self_signed(&ca.id, &own).await.unwrap();
        let subject = parse::raw_names(&root).unwrap().subject.to_vec();
        let below = |name: &str| draft(&serial, leaf_key, ca_key, Some(&subject)).to_be_signed(&content(name, false));

        let good = below("leaf");
        let leaf = token.sign_certificate(&ca.id, &root, &good).await.unwrap();
        assert_eq!(signature::of_certificate(&leaf, ca_key), SignatureFact::Good);
        let mut broken = leaf.clone();
        *broken.last_mut().unwrap() ^= 1;
        assert_eq!(signature::of_certificate(&broken, ca_key), SignatureFact::Bad);
        assert_eq!(signature::of_certificate(&leaf, leaf_key), SignatureFact::Bad);

        let pem = |name: &str, kind: &str, der: &[u8]| {
            let (from, to) = (workshop.write(name, der), workshop.path(&format!("{name}.pem")));
            succeed("openssl", &[kind, "-inform", "DER", "-in", path_text(&from), "-out", path_text(&to)]);
            to
        };
        let (root_file, leaf_file) = (pem("root", "x509", &root), pem("leaf", "x509", &leaf));
        succeed("openssl", &["verify", "-CAfile", path_text(&root_file), path_text(&leaf_file)]);

        let no_authority = draft(&serial, leaf_key, leaf_key, None).to_be_signed(&content("Leaf", false));
        let no_authority = token.sign_self_signed(&other.id, &no_authority).await.unwrap();
        let foreign = draft(&serial, leaf_key, ca_key, Some(&[0x30, 0])).to_be_signed(&content("leaf", false));
        let own_name = below("CA");
        let wrong_algorithm = to_be_signed(leaf_key, "CN=CA", "CN=leaf", &[0x30, 0]);
        let request = [&[0x30, 3][..], &[2, 1, 0]].concat();
        let cases: [Case<'_>; 8] = [
            ("a key that is not the issuer's", &other.id, &root, &good),
            ("an issuer that is no authority", &other.id, &no_authority, &good),
            ("another issuer's name", &ca.id, &root, &foreign),
            ("the issuer's own name", &ca.id, &root, &own_name),
            ("another algorithm", &ca.id, &root, &wrong_algorithm),
            ("no certificate", &ca.id, &root, &request),
            ("cut off", &ca.id, &root, &good[..good.len() - 1]),
            ("an issuer that is no certificate", &ca.id, &good, &good),
        ];
        for (what, key, issuer, octets) in cases {
            let refused = token.sign_certificate(key, issuer, octets).await;
            assert!(matches!(refused, Err(TokenError::NotSignable { .. })), "{what}: {refused:?}");
        }

        let revoked = [Revoked {
            serial_number: serial.to_hex(),
            revoked_at: PERIOD.not_before,
            reason: RevocationReason::KeyCompromise,
            invalidity_date: Some(datetime!(1999-12-31 23:59:59 UTC)),
        }];
        let list = RevocationListDraft {
            issuer: &subject,
            signature_algorithm: SignatureAlgorithm::for_key(ca_key).unwrap(),
            issuer_key_identifier: None,
            number: 300,
            this_update: PERIOD.not_before,
            next_update: PERIOD.not_after,
            revoked: &revoked,
        }
        .to_be_signed();
        let signed = token.sign_revocation_list(&ca.id, &root, &list).await.unwrap();
        let list_file = pem("list", "crl", &signed);
        succeed("openssl", &["crl", "-in", path_text(&list_file), "-CAfile", path_text(&root_file), "-noout"]);
        let read = revocation_list::read(&signed).unwrap();
        assert_eq!((read.number(), read.revoked.as_slice()), (Some(300), &revoked[..]));
        for (what, octets) in [("a certificate", &good), ("nothing", &Vec::new())] {
            let refused = token.sign_revocation_list(&ca.id, &root, octets).await;
            assert!(matches!(refused, Err(TokenError::NotSignable { .. })), "{what}: {refused:?}");
        }
        assert!(matches!(token.sign_certificate(&ca.id, &root, &list).await, Err(TokenError::NotSignable { .. })));

        // Where NSS looks: one list for each issuer.
        for _ in 0..2 {
            token.store_revocation_list(&subject, &signed).await.unwrap();
        }
        assert_eq!(token.revocation_lists().await.unwrap(), std::slice::from_ref(&signed));
    }
}
