//! Revocation lists, with openssl, certutil and crlutil as the judges.

use certdeck_shared::api::client::ExportFormat;
use certdeck_shared::api::database::NewDatabase;
use certdeck_shared::api::issue::IssuedCertificate;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::revocation::{NewRevocation, NewRevocationList, NextUpdate, RevocationReason};
use certdeck_shared::request::RequestForm;
use support::deck::{Deck, problem, refusal, unchanged};
use support::run::{self, openssl};

use crate::issuing::{below, certutil_says_valid, openssl_verifies, root};

fn revoke(certificate: &IssuedCertificate, reason: RevocationReason) -> NewRevocation {
    NewRevocation { fingerprint_sha256: Some(certificate.fingerprint_sha256.clone()), reason, ..NewRevocation::default() }
}

async fn leaf(deck: &Deck, root: &IssuedCertificate, name: &str) -> IssuedCertificate {
    let form = RequestForm { common_name: format!("{name}.example"), ..RequestForm::default() };
    deck.client.issue(&deck.id, &below(root, name, form)).await.unwrap()
}

/// What openssl says of a certificate with the CA and its list at hand.
fn openssl_with_list(deck: &Deck, certificate: &str, root: &str, list: &str) -> run::Said {
    openssl_verifies(deck, certificate, "", &format!("{root}{list}"), &["-crl_check", "-purpose", "sslserver"])
}

fn crlutil(deck: &Deck, nickname: &str) -> String {
    run::must("crlutil", &["-L", "-d", &format!("sql:{}", deck.database.path()), "-n", nickname])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_revoked_is_revoked_to_openssl_and_to_nss() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Revoking")).await.unwrap();
    let (bad, good) = (leaf(&deck, &ca, "bad").await, leaf(&deck, &ca, "good").await);
    assert_eq!(refusal(deck.client.revocation_list(&deck.id, &ca.fingerprint_sha256).await), ProblemCode::NotFound);
    let empty = deck.client.create_revocation_list(&deck.id, &ca.fingerprint_sha256, &NewRevocationList::default()).await.unwrap();
    assert_eq!((empty.number.as_deref(), empty.revoked.len()), (Some("1"), 0));
    openssl(&["crl", "-noout", "-text"], empty.pem.as_bytes());
    certutil_says_valid(&deck, "bad", "V");

    let mut revocation = revoke(&bad, RevocationReason::KeyCompromise);
    revocation.invalidity_date = Some(bad.not_before);
    revocation.next_update = NextUpdate { days: Some(7), at: None };
    let list = deck.client.revoke(&deck.id, &ca.fingerprint_sha256, &revocation).await.unwrap();
    assert_eq!(list.number.as_deref(), Some("2"));
    assert_eq!((list.next_update.unwrap() - list.this_update).whole_days(), 7);
    assert_eq!(list.revoked[0].subject.as_deref(), Some("CN=bad.example"));
    let text = String::from_utf8(openssl(&["crl", "-noout", "-text"], list.pem.as_bytes())).unwrap();
    for expected in ["Version 2", "X509v3 CRL Number", "X509v3 Authority Key Identifier", "Key Compromise", "Invalidity Date"] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let der = deck.client.export_revocation_list(&deck.id, &ca.fingerprint_sha256, ExportFormat::Der).await.unwrap();
    let ca_file = deck.room.path().join("ca.pem");
    std::fs::write(&ca_file, &ca.pem).unwrap();
    openssl(&["crl", "-inform", "DER", "-noout", "-CAfile", ca_file.to_str().unwrap()], &der);
    let pem = deck.client.export_revocation_list(&deck.id, &ca.fingerprint_sha256, ExportFormat::Pem).await.unwrap();
    assert_eq!(String::from_utf8(pem).unwrap(), list.pem);
    let said = openssl_with_list(&deck, &bad.pem, &ca.pem, &list.pem);
    assert!(!said.success && said.err.contains("certificate revoked"), "{}{}", said.out, said.err);
    assert!(openssl_with_list(&deck, &good.pem, &ca.pem, &list.pem).success);

    let said = deck.database.certutil(&["-V", "-n", "bad", "-u", "V"]);
    assert!(
        !said.out.contains("certificate is valid") && format!("{}{}", said.out, said.err).contains("revoked"),
        "{}{}",
        said.out,
        said.err
    );
    certutil_says_valid(&deck, "good", "V");
    assert!(crlutil(&deck, "Revoking").contains("Data: 1 (0x1)"), "{}", crlutil(&deck, "Revoking"));

    let again = revoke(&bad, RevocationReason::Superseded);
    let refused = problem(deck.client.revoke(&deck.id, &ca.fingerprint_sha256, &again).await);
    assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/fingerprint_sha256"));
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_taken_back_and_nothing_else_is() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Holding")).await.unwrap();
    let held = leaf(&deck, &ca, "held").await;
    let address = &ca.fingerprint_sha256;
    let off = revoke(&held, RevocationReason::RemoveFromCrl);
    assert_eq!(refusal(deck.client.revoke(&deck.id, address, &off).await), ProblemCode::InvalidInput);
    deck.client.revoke(&deck.id, address, &revoke(&held, RevocationReason::CertificateHold)).await.unwrap();
    assert!(
        deck.database.certutil(&["-V", "-n", "held", "-u", "V"]).err.contains("revoked")
            || !deck.database.certutil(&["-V", "-n", "held", "-u", "V"]).out.contains("certificate is valid")
    );
    let list = deck.client.revoke(&deck.id, address, &off).await.unwrap();
    assert_eq!((list.number.as_deref(), list.revoked.len()), (Some("2"), 0));
    certutil_says_valid(&deck, "held", "V");

    let by_serial = |text: &str| NewRevocation { serial_number: Some(text.to_owned()), ..NewRevocation::default() };
    let list = deck.client.revoke(&deck.id, address, &by_serial("4711")).await.unwrap();
    assert_eq!((list.revoked[0].serial_number.as_str(), list.revoked[0].subject.as_deref()), ("1267", None));
    let wrong = [
        by_serial("x"),
        by_serial(&format!("0x{}", ca.serial_number)),
        NewRevocation::default(),
        NewRevocation { next_update: NextUpdate { days: Some(0), at: None }, ..by_serial("1") },
        NewRevocation { fingerprint_sha256: Some("0".repeat(64)), ..NewRevocation::default() },
        NewRevocation { invalidity_date: Some(ca.not_after), ..by_serial("1") },
    ];
    for new in wrong {
        let refused = unchanged(&deck.database, async { refusal(deck.client.revoke(&deck.id, address, &new).await) }).await;
        assert_eq!(refused, ProblemCode::InvalidInput, "{new:?}");
    }
    assert_eq!(refusal(deck.client.revoke(&deck.id, &held.fingerprint_sha256, &by_serial("1")).await), ProblemCode::IssuerUnfit);
    assert_eq!(deck.client.revocations(&deck.id, address).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_way_back_takes_a_revocation_away() {
    let deck = Deck::new().await;
    let ca = deck.client.create_self_signed(&deck.id, &root("Lasting")).await.unwrap();
    let (one, two) = (leaf(&deck, &ca, "one").await, leaf(&deck, &ca, "two").await);
    deck.client.revoke(&deck.id, &ca.fingerprint_sha256, &revoke(&one, RevocationReason::Superseded)).await.unwrap();
    // The snapshot before the list, restored: the records still know.
    let snapshot = deck.client.snapshots(&deck.id).await.unwrap().remove(0);
    deck.client.restore(&deck.id, &snapshot.id).await.unwrap();
    deck.unlock().await;
    let list = deck.client.revoke(&deck.id, &ca.fingerprint_sha256, &revoke(&two, RevocationReason::Superseded)).await.unwrap();
    assert_eq!((list.number.as_deref(), list.revoked.len()), (Some("2"), 2));
    // The records gone with the registration: the list in the database still knows.
    deck.client.forget_database(&deck.id).await.unwrap();
    let registered =
        deck.client.add_database(&NewDatabase::Register { path: deck.database.path(), prefix: None, label: None }).await.unwrap();
    assert_eq!(deck.client.revocations(&registered.id, &ca.fingerprint_sha256).await.unwrap().len(), 2);
    let listed = crlutil(&deck, "Lasting");
    assert_eq!(listed.matches("Data: 4 (0x4)").count(), 2, "{listed}");
}
