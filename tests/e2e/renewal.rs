//! Renewal and re-key, with certutil and openssl as the judges.

use certdeck_shared::api::issue::{NewSelfSigned, Validity};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::renewal::{IssuedBy, Renewal, RenewalMode, Renewed};
use certdeck_shared::api::request::{NewRequest, Reply, Tracking};
use certdeck_shared::request::{RequestForm, Template};
use support::certificates::{Authority, from_pem, to_pem};
use support::database::Database;
use support::deck::{Deck, problem, unchanged};
use support::run::openssl;

use crate::issuing::{below, certutil_says_valid, openssl_verifies, root};

fn mode(mode: RenewalMode) -> Renewal {
    Renewal { mode, ..Renewal::default() }
}

fn fields(renewed: &Renewed) -> Vec<&str> {
    renewed.differences.iter().map(|difference| difference.field.as_str()).collect()
}

fn public_key(pem: &str) -> Vec<u8> {
    openssl(&["x509", "-noout", "-pubkey"], pem.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_self_signed_certificate_is_renewed_and_re_keyed() {
    let deck = Deck::new().await;
    let form = RequestForm { common_name: "box.example".to_owned(), ..RequestForm::default() };
    let validity = Validity { days: Some(30), offset_months: Some(-1), ..Validity::default() };
    let new = NewSelfSigned { nickname: "box".to_owned(), form, validity, trust: Some("Pu,P,".to_owned()), ..NewSelfSigned::default() };
    let old = deck.client.create_self_signed(&deck.id, &new).await.unwrap();
    let proposal = deck.client.renewal_proposal(&deck.id, &old.fingerprint_sha256).await.unwrap();
    assert_eq!((proposal.issued_by, proposal.key_here, proposal.modes.len()), (IssuedBy::Itself, true, 3));

    let renewed = deck.client.renew(&deck.id, &old.fingerprint_sha256, &mode(RenewalMode::Renew)).await.unwrap();
    let new = renewed.certificate.clone().unwrap();
    assert_eq!(new.nickname.as_deref(), Some("box"));
    assert_eq!(fields(&renewed), ["serialNumber", "notBefore", "notAfter"]);
    assert_eq!((new.not_after - new.not_before).whole_days(), 30);
    assert_eq!(public_key(&new.pem), public_key(&old.pem));
    let both: Vec<_> = deck.listed().await.into_iter().map(|entry| (entry.nickname.unwrap(), entry.trust)).collect();
    assert_eq!(both, vec![("box".to_owned(), "Pu,Pu,u".to_owned()); 2], "the old one stays; the new one has its trust");
    certutil_says_valid(&deck, "box", "V");

    let re_keyed = Renewal { key_algorithm: Some(KeyAlgorithm::EcP384), ..mode(RenewalMode::ReKey) };
    let re_keyed = deck.client.renew(&deck.id, &new.fingerprint_sha256, &re_keyed).await.unwrap();
    let newest = re_keyed.certificate.clone().unwrap();
    assert!(fields(&re_keyed).contains(&"subjectPublicKey") && fields(&re_keyed).contains(&"subjectKeyIdentifier"), "{re_keyed:?}");
    assert_ne!(public_key(&newest.pem), public_key(&old.pem));
    let said = openssl_verifies(&deck, &newest.pem, "", &newest.pem, &["-purpose", "sslserver", "-verify_hostname", "box.example"]);
    assert!(said.success, "{}{}", said.out, said.err);
    assert_eq!(deck.database.keys().len(), 2);
    let wrong = Renewal { key_algorithm: Some(KeyAlgorithm::EcP256), ..mode(RenewalMode::Renew) };
    let refused = unchanged(&deck.database, async { problem(deck.client.renew(&deck.id, &new.fingerprint_sha256, &wrong).await) }).await;
    assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/key_algorithm"));
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_ca_here_issued_is_renewed_by_it_and_a_renewed_ca_still_stands_for_its_leaves() {
    let deck = Deck::new().await;
    let root = deck.client.create_self_signed(&deck.id, &root("Renewing")).await.unwrap();
    let form = RequestForm {
        subject: "CN=srv.example,O=Example".to_owned(),
        subject_alternative_names: "srv.example 192.0.2.80".to_owned(),
        template: Some(Template::TlsServer),
        ..RequestForm::default()
    };
    let leaf = deck.client.issue(&deck.id, &below(&root, "srv", form)).await.unwrap();
    let renewed = deck.client.renew(&deck.id, &leaf.fingerprint_sha256, &mode(RenewalMode::Renew)).await.unwrap();
    assert_eq!((renewed.issued_by, renewed.renews.as_str()), (IssuedBy::AuthorityHere, leaf.fingerprint_sha256.as_str()));
    let new_leaf = renewed.certificate.unwrap();
    assert_eq!(new_leaf.nickname.as_deref(), Some("srv"));
    assert!(openssl_verifies(&deck, &new_leaf.pem, "", &root.pem, &["-purpose", "sslserver"]).success);

    let renewed = deck.client.renew(&deck.id, &root.fingerprint_sha256, &mode(RenewalMode::Renew)).await.unwrap();
    let new_root = renewed.certificate.unwrap();
    for pem in [&leaf.pem, &new_leaf.pem] {
        let said = openssl_verifies(&deck, pem, "", &new_root.pem, &["-purpose", "sslserver"]);
        assert!(said.success, "{}{}", said.out, said.err);
    }
    assert!(
        deck.listed().await.iter().filter(|entry| entry.nickname.as_deref() == Some("Renewing")).all(|entry| entry.trust == "Cu,Cu,Cu")
    );

    // A new key of the CA: its name stays, so new leaves are its own, and the old CA certificate stands for the old ones.
    let re_keyed = deck.client.renew(&deck.id, &new_root.fingerprint_sha256, &mode(RenewalMode::ReKey)).await.unwrap();
    let re_keyed = re_keyed.certificate.unwrap();
    let newest = deck.client.renew(&deck.id, &new_leaf.fingerprint_sha256, &mode(RenewalMode::ReKey)).await.unwrap();
    assert_eq!(newest.issued_by, IssuedBy::AuthorityHere);
    let newest = newest.certificate.unwrap();
    let anchors = format!("{}{}", re_keyed.pem, new_root.pem);
    let said = openssl_verifies(&deck, &newest.pem, "", &anchors, &["-purpose", "sslserver"]);
    assert!(said.success, "{}{}", said.out, said.err);
    certutil_says_valid(&deck, "srv", "V");
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outside_certificate_is_renewed_by_a_request_whose_reply_takes_nickname_and_trust() {
    let deck = Deck::new().await;
    let authority = Authority::new("Outside CA");
    let form = RequestForm {
        common_name: "out.example".to_owned(),
        subject_alternative_names: "out.example".to_owned(),
        ..RequestForm::default()
    };
    let new = NewRequest::Form { key_algorithm: KeyAlgorithm::Rsa2048, form, tracking: Tracking::named("out") };
    let first = deck.client.create_request(&deck.id, &new).await.unwrap();
    let answer = authority.sign(&first.pem);
    let reply = |content: String| Reply { content, ..Reply::default() };
    let old = deck.client.reply(&deck.id, &first.id, &reply(answer)).await.unwrap();
    deck.database.certutil_must(&["-M", "-n", "out", "-t", "P,,"]);

    for (kept, mode) in [(true, mode(RenewalMode::Renew)), (false, mode(RenewalMode::ReKey))] {
        let renewed = deck.client.renew(&deck.id, &old.fingerprint_sha256, &mode).await.unwrap();
        assert_eq!((renewed.issued_by, renewed.certificate.is_none()), (IssuedBy::Outside, true));
        let request = renewed.request.unwrap();
        assert_eq!((request.key_id == first.key_id, request.nickname.as_str()), (kept, "out"));
        let text = String::from_utf8(openssl(&["req", "-noout", "-verify", "-text"], request.pem.as_bytes())).unwrap();
        assert!(text.contains("DNS:out.example") && text.contains("CN = out.example"), "{text}");
        let installed = deck.client.reply(&deck.id, &request.id, &reply(authority.sign(&request.pem))).await.unwrap();
        assert_eq!(installed.nickname, "out");
        let entry = deck.listed().await.into_iter().find(|entry| entry.fingerprint_sha256 == installed.fingerprint_sha256).unwrap();
        assert_eq!(entry.trust, "Pu,u,u", "the trust of the old one");
    }
    assert_eq!(deck.listed().await.len(), 3, "the old ones stay");
    deck.certutil_agrees().await;

    // Without the key there is nothing to keep.
    deck.import(vec![support::deck::item(authority.leaf("keyless.example"), "keyless", ",,")]).await;
    let keyless = deck.named("keyless").await.fingerprint_sha256;
    let refused =
        unchanged(&deck.database, async { problem(deck.client.renew(&deck.id, &keyless, &mode(RenewalMode::Renew)).await) }).await;
    assert_eq!((refused.code, refused.errors[0].pointer.as_str()), (ProblemCode::InvalidInput, "/mode"));
    let proposal = deck.client.renewal_proposal(&deck.id, &keyless).await.unwrap();
    assert_eq!((proposal.key_here, proposal.modes.as_slice()), (false, &[RenewalMode::ReKey, RenewalMode::Request][..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ca_of_the_old_recipe_learns_to_say_that_it_is_one() {
    let database = Database::made_by_certutil();
    let noise = database.password_file().with_file_name("noise");
    std::fs::write(&noise, [3; 2048]).unwrap();
    let recipe = ["-S", "-n", "OldRoot", "-x", "-t", "CTu,CTu,CTu", "-s", "CN=My Sample Root CA,O=sesta.com", "-m", "25000", "-z"];
    database.certutil_must(&[&recipe[..], &[noise.to_str().unwrap()]].concat());
    let deck = Deck::registered(database).await;
    let old = deck.named("OldRoot").await;
    let absent =
        certdeck_shared::api::issue::IssuedCertificate { fingerprint_sha256: old.fingerprint_sha256.clone(), ..throwaway(&deck).await };
    let server = RequestForm { common_name: "sesta.example".to_owned(), ..RequestForm::default() };
    let refused = problem(deck.client.issue(&deck.id, &below(&absent, "server", server.clone())).await);
    assert_eq!(refused.code, ProblemCode::IssuerUnfit);
    assert!(refused.detail.contains("renew it first"), "{}", refused.detail);

    let renewed = deck.client.renew(&deck.id, &old.fingerprint_sha256, &mode(RenewalMode::Renew)).await.unwrap();
    assert!(fields(&renewed).contains(&"basicConstraints"), "{:?}", fields(&renewed));
    let root = renewed.certificate.unwrap();
    assert_eq!(root.notes.len(), 1);
    let leaf = deck.client.issue(&deck.id, &below(&root, "server", server)).await.unwrap();
    let said = openssl_verifies(&deck, &leaf.pem, "", &root.pem, &["-purpose", "sslserver", "-verify_hostname", "sesta.example"]);
    assert!(said.success, "{}{}", said.out, said.err);
    let said = openssl_verifies(&deck, &leaf.pem, "", &to_pem(&old.der.0), &["-purpose", "sslserver"]);
    assert!(!said.success, "the old one was none to OpenSSL: {}", said.out);
    assert_eq!(from_pem(&root.pem).len(), 1);
}

async fn throwaway(deck: &Deck) -> certdeck_shared::api::issue::IssuedCertificate {
    let form = RequestForm { common_name: "throwaway.example".to_owned(), ..RequestForm::default() };
    let new = NewSelfSigned { nickname: "throwaway".to_owned(), form, ..NewSelfSigned::default() };
    deck.client.create_self_signed(&deck.id, &new).await.unwrap()
}
