//! Certificates in and out, and their names.

use certdeck_shared::api::certificate::{CertificateChange, CertificateDeletion, ParsedCertificate};
use certdeck_shared::api::client::{ExportFormat, Imported};
use certdeck_shared::api::import::{Disposition, Import};
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::ProblemCode;
use support::certificates::{Authority, Template, debian, from_pem, to_pem};
use support::deck::{Deck, item, refusal, unnamed};
use support::run::openssl;

#[tokio::test(flavor = "multi_thread")]
async fn all_of_debians_certificates_are_imported_and_certutil_reads_the_same_bytes() {
    let deck = Deck::new().await;
    let all = debian();
    let report = deck.import(all.iter().cloned().map(unnamed).collect()).await;
    assert!(report.applied);
    assert_eq!(report.certificates.len(), all.len());
    assert!(report.certificates.iter().all(|outcome| outcome.disposition == Disposition::New), "{:?}", report.certificates);
    assert_eq!(deck.database.listing().len(), all.len());
    deck.certutil_agrees().await;
    for outcome in report.certificates.iter().step_by(17) {
        let exported = deck.client.export_certificate(&deck.id, &outcome.fingerprint_sha256, ExportFormat::Der).await.unwrap();
        assert_eq!(deck.database.der(&outcome.nickname), exported);
        let pem = deck.client.export_certificate(&deck.id, &outcome.fingerprint_sha256, ExportFormat::Pem).await.unwrap();
        assert_eq!(openssl(&["x509", "-outform", "DER"], &pem), exported);
    }
    let again = deck.import(all.into_iter().map(unnamed).collect()).await;
    assert!(again.certificates.iter().all(|outcome| matches!(outcome.disposition, Disposition::Present { .. })));
    assert_eq!(again.certificates.len(), deck.database.listing().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_will_happen_is_shown_before_it_happens() {
    let deck = Deck::new().await;
    let (first, other) = (Authority::new("First"), Authority::new("Other"));
    deck.import(vec![item(first.certificate.clone(), "first", "C,,")]).await;
    let import = Import {
        certificates: vec![
            item(first.certificate.clone(), "again", ",,"),
            item(other.certificate.clone(), "other", "C,C,"),
            item(other.certificate.clone(), "other", "C,C,"),
        ],
    };
    let preview = deck.client.preview_import(&deck.id, &import).await.unwrap();
    assert!(!preview.applied);
    let dispositions: Vec<_> = preview.certificates.iter().map(|outcome| &outcome.disposition).collect();
    assert_eq!(dispositions, [&Disposition::Present { nickname: Some("first".to_owned()) }, &Disposition::New, &Disposition::Repeated]);
    assert_eq!(deck.database.listing().len(), 1, "a preview writes nothing");
    let report = deck.import(import.certificates).await;
    assert_eq!(report.certificates.iter().map(|outcome| &outcome.disposition).collect::<Vec<_>>(), dispositions);
    assert_eq!(deck.database.trust()["other"], "C,C,");
    assert_eq!(deck.database.trust()["first"], "C,,", "what is there already is left alone");
    deck.certutil_agrees().await;
}

/// Puts a DER certificate into another form.
type Form = fn(&[u8]) -> Vec<u8>;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_as_it_is_whatever_its_form() {
    let deck = Deck::new().await;
    let forms: [(&str, Form); 4] = [
        ("application/pkix-cert", |der| der.to_vec()),
        ("application/x-pem-file", |der| format!("Dear customer,\r\n\r\n{}\r\nYours\r\n", to_pem(der).replace('\n', "\r\n")).into_bytes()),
        ("application/pkcs7-mime", |der| {
            let room = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(room.path(), to_pem(der)).unwrap();
            openssl(&["crl2pkcs7", "-nocrl", "-certfile", room.path().to_str().unwrap(), "-outform", "DER"], b"")
        }),
        ("text/plain", |der| to_pem(der).lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().join("\n").into_bytes()),
    ];
    for (number, (content_type, form)) in forms.into_iter().enumerate() {
        let der = Authority::new(&format!("Form {number}")).certificate;
        let imported =
            deck.client.import_file(&deck.id, content_type, form(&der)).await.unwrap_or_else(|error| panic!("{content_type}: {error:?}"));
        let report = deck.finished(imported).await.unwrap();
        assert_eq!(report.certificates.len(), 1, "{content_type}");
        assert_eq!(deck.database.der(&report.certificates[0].nickname), der, "{content_type}");
        assert_eq!(report.certificates[0].trust, ",,");
    }
    deck.certutil_agrees().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nss_refuses_is_refused_as_a_whole() {
    let deck = Deck::new().await;
    let template = Template::new();
    deck.import(vec![item(template.numbered(1), "one", ",,")]).await;
    // Another certificate with the issuer and serial number of the first: only its signature differs.
    let mut reused = template.numbered(1);
    *reused.last_mut().unwrap() ^= 1;
    let fresh = || item(template.numbered(7), "seven", ",,");
    assert_eq!(refusal(deck.try_import(vec![fresh(), item(reused, "reused", ",,")]).await), ProblemCode::SerialNumberReused);
    assert_eq!(refusal(deck.try_import(vec![fresh(), item(template.numbered(2), "one", ",,")]).await), ProblemCode::NicknameTaken);
    assert_eq!(refusal(deck.try_import(vec![fresh(), item(vec![1, 2, 3], "garbage", ",,")]).await), ProblemCode::Unreadable);
    assert_eq!(refusal(deck.try_import(vec![fresh(), item(template.numbered(3), "three", "X,,")]).await), ProblemCode::InvalidInput);
    assert_eq!(deck.database.listing().len(), 1, "nothing of a refused import is written");
    let taken = refusal(
        deck.client
            .change_certificate(&deck.id, &deck.named("one").await.fingerprint_sha256, &CertificateChange::default(), Some("stale"))
            .await,
    );
    assert_eq!(taken, ProblemCode::RevisionMismatch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_import_is_a_job_with_progress() {
    let deck = Deck::new().await;
    let template = Template::new();
    let items: Vec<_> = (0..60).map(|number| item(template.numbered(number), &Template::nickname(number), ",,")).collect();
    let imported = deck.client.import(&deck.id, &Import { certificates: items }, false).await.unwrap();
    let Imported::Started(job) = imported else { panic!("more than 50 certificates answer 202") };
    assert_eq!(job.database.as_deref(), Some(deck.id.as_str()));
    let ended = deck.ended(&job.id).await;
    assert_eq!((ended.done, ended.total), (60, 60));
    assert!(deck.client.jobs().await.unwrap().iter().any(|listed| listed.id == job.id));
    assert_eq!(deck.database.listing().len(), 60);
    let one = Import { certificates: vec![item(template.numbered(99), "ninety-nine", ",,")] };
    assert!(matches!(deck.client.import(&deck.id, &one, true).await.unwrap(), Imported::Started(_)), "Prefer: respond-async is heard");
    let gone = refusal(deck.client.cancel_job("none").await);
    assert_eq!(gone, ProblemCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_given_to_the_subject_and_a_deletion_takes_the_key_only_if_told() {
    let deck = Deck::new().await;
    let authority = Authority::new("Named");
    deck.import(vec![item(authority.certificate.clone(), "before", "CT,,"), item(authority.leaf("leaf.example"), "leaf", ",,")]).await;
    let named = deck.named("before").await;
    let revision = deck.client.certificates(&deck.id).await.unwrap().revision;
    let change = CertificateChange { nickname: Some("Größer, \"quoted\" & spaced".to_owned()), trust: Some("C,C,".to_owned()) };
    let changed = deck.client.change_certificate(&deck.id, &named.fingerprint_sha256, &change, Some(&revision)).await.unwrap();
    assert_eq!((changed.nickname, changed.trust.as_str()), (change.nickname.clone(), "C,C,"));
    assert_eq!(deck.database.trust()[change.nickname.as_deref().unwrap()], "C,C,");
    let stale = deck.client.change_certificate(&deck.id, &named.fingerprint_sha256, &change, Some(&revision)).await;
    assert_eq!(refusal(stale), ProblemCode::RevisionMismatch);
    let taken = CertificateChange { nickname: Some("leaf".to_owned()), trust: None };
    assert_eq!(
        refusal(deck.client.change_certificate(&deck.id, &named.fingerprint_sha256, &taken, None).await),
        ProblemCode::NicknameTaken
    );
    deck.certutil_agrees().await;

    deck.client.delete_certificate(&deck.id, &named.fingerprint_sha256, false).await.unwrap();
    assert_eq!(deck.database.listing().len(), 1);
    assert_eq!(refusal(deck.client.certificate(&deck.id, &named.fingerprint_sha256).await), ProblemCode::NotFound);
    let leaf = deck.named("leaf").await.fingerprint_sha256;
    let mixed = CertificateDeletion { fingerprints_sha256: vec![leaf.clone(), "0".repeat(64)], with_keys: false };
    assert_eq!(refusal(deck.client.delete_certificates(&deck.id, &mixed).await), ProblemCode::NotFound);
    assert_eq!(deck.database.listing().len(), 1, "all or none");
    deck.client.delete_certificates(&deck.id, &CertificateDeletion { fingerprints_sha256: vec![leaf], with_keys: true }).await.unwrap();
    assert!(deck.database.listing().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_is_followed_as_far_as_the_database_knows_it() {
    let deck = Deck::new().await;
    let authority = Authority::new("Chain CA");
    let leaf = authority.leaf("chain.example");
    deck.import(vec![item(leaf.clone(), "leaf", ",,")]).await;
    let fingerprint = deck.named("leaf").await.fingerprint_sha256;
    let alone = deck.client.chain(&deck.id, &fingerprint).await.unwrap();
    assert!(!alone.complete);
    assert_eq!(alone.certificates.len(), 1);
    assert!(alone.missing_issuer.unwrap().contains("Chain CA"));
    deck.import(vec![item(authority.certificate.clone(), "ca", "CT,C,C")]).await;
    let whole = deck.client.chain(&deck.id, &fingerprint).await.unwrap();
    assert!(whole.complete && whole.missing_issuer.is_none());
    let pem = String::from_utf8(deck.client.export_chain(&deck.id, &fingerprint).await.unwrap()).unwrap();
    assert_eq!(from_pem(&pem), [leaf, authority.certificate]);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_get_the_views_that_the_page_has() {
    let deck = Deck::new().await;
    let leaf = Authority::new("View CA").leaf("view.example");
    deck.import(vec![item(leaf.clone(), "leaf", "P,,")]).await;
    let list = deck.client.parsed_certificates(&deck.id).await.unwrap();
    let parsed = &list.certificates[0];
    let same = certdeck_shared::x509::parse::certificate(&leaf).unwrap();
    assert_eq!(parsed.view.as_ref(), Some(&same));
    // Only the single certificate is asked whether its trust is signed.
    assert_eq!(parsed.trust_authentic, None);
    let single = deck.client.certificate(&deck.id, &parsed.fingerprint_sha256).await.unwrap();
    assert_eq!(single, ParsedCertificate { trust_authentic: Some(true), ..parsed.clone() });
    assert!(parsed.pkcs11_uri.starts_with("pkcs11:"));
    assert!(!parsed.trust_in_words.is_empty());
    let expected = String::from_utf8(openssl(&["x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256"], &leaf)).unwrap();
    assert_eq!(expected.trim().split_once('=').unwrap().1.replace(':', "").to_lowercase(), parsed.fingerprint_sha256);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_those_of_certutil_and_orphans_are_named() {
    let deck = Deck::new().await;
    let kinds = [
        (KeyAlgorithm::Rsa2048, "RSA"),
        (KeyAlgorithm::Rsa3072, "RSA"),
        (KeyAlgorithm::Rsa4096, "RSA"),
        (KeyAlgorithm::EcP256, "EC"),
        (KeyAlgorithm::EcP384, "EC"),
    ];
    for (algorithm, words) in kinds {
        let new = NewKey { algorithm, label: Some(format!("{algorithm:?}")) };
        let created = deck.client.create_key(&deck.id, &new).await.unwrap();
        let key = deck.client.key(&deck.id, &created.id).await.unwrap();
        assert!(key.orphan && key.algorithm.starts_with(words), "{key:?}");
        openssl(&["pkey", "-pubin", "-inform", "DER", "-noout"], &created.subject_public_key_info.0);
        assert!(deck.database.keys()[&created.id].contains(&format!("{algorithm:?}")), "{:?}", deck.database.keys());
    }
    deck.certutil_agrees().await;
    let ids: Vec<_> = deck.database.keys().into_keys().collect();
    deck.client.delete_key(&deck.id, &ids[0]).await.unwrap();
    assert_eq!(refusal(deck.client.key(&deck.id, &ids[0]).await), ProblemCode::NotFound);
    assert_eq!(deck.database.keys().len(), 4);
}
