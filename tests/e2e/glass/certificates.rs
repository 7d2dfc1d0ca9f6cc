//! Looking at certificates, importing, trusting, renaming, deleting them, and asking what they are valid for.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::certificate::{CertificateChange, CertificateDeletion, TrustChange, TrustChanges};
use certdeck_shared::api::validation::{RevocationQuestion, SimulatedImport, SimulatedTrust, Simulation};
use certdeck_shared::glass::{Action, CertificateFile};
use support::certificates::{Authority, to_pem};
use support::deck::item;

use super::Shell;

/// Nicknames that a shell, or certutil, could take for something else.
const NICKNAMES: [&str; 4] = ["It's a CA", "one: two", "$HOME `id` \"x\" \\", "Söhne & Co; rm -rf"];

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_any_nickname_is_imported_changed_and_deleted_the_same_by_each_line() {
    let shell = Shell::new().await;
    let write = |name: &str, der: &[u8]| std::fs::write(shell.deck.room.path().join(name), to_pem(der)).unwrap();
    for (number, nickname) in NICKNAMES.into_iter().enumerate() {
        let authority = Authority::new(&format!("CA {number}"));
        let file = format!("ca file {number}.pem");
        write(&file, &authority.certificate);
        let files = vec![CertificateFile { file, nickname: nickname.to_owned(), trust: Some("CT,,".to_owned()) }];
        let (copy, _, _) = shell.both(&Action::ImportCertificates { files: files.clone() }).await;
        assert_eq!(copy.database.listing(), shell.deck.database.listing(), "import of {nickname}");
        assert_eq!(copy.database.trust()[nickname], "CT,,");
        let fingerprint = shell.address(nickname).await;
        let shown = shell.lines(&Action::ShowCertificate { fingerprint: fingerprint.clone() }).await;
        for lines in [&shown.commands, &shown.msgcert, &shown.rest] {
            assert!(shell.run(lines).contains("Certdeck tests"), "{lines:?}");
        }
        let body = TrustChanges {
            changes: vec![TrustChange {
                fingerprint_sha256: fingerprint.clone(),
                expected: Some("CT,,".to_owned()),
                trust: "P,p,c".to_owned(),
            }],
        };
        let (copy, _, _) = shell.both(&Action::ChangeTrust { body }).await;
        assert_eq!(copy.database.listing(), shell.deck.database.listing(), "trust of {nickname}");
        assert_eq!(copy.database.trust()[nickname], "P,p,c");
        let renamed = format!("{nickname} 2");
        let body = CertificateChange { nickname: Some(renamed.clone()), trust: Some("C,,".to_owned()) };
        let (copy, _, _) = shell.both(&Action::ChangeCertificate { fingerprint: fingerprint.clone(), body }).await;
        assert_eq!(copy.database.listing(), shell.deck.database.listing(), "another name for {nickname}");
        assert_eq!(copy.database.trust()[&renamed], "C,,");
        // msgcert imports, too, and removes.
        shell.run(&shell.lines(&Action::DeleteCertificate { fingerprint: fingerprint.clone(), with_key: false }).await.msgcert);
        assert!(!shell.deck.database.trust().contains_key(&renamed));
        shell.deck.unlock().await;
        if !nickname.contains(':') {
            shell.run(&shell.lines(&Action::ImportCertificates { files }).await.msgcert);
            assert_eq!(shell.deck.database.trust()[nickname], "CT,,");
            shell.deck.unlock().await;
            let (copy, _, _) = shell.both(&Action::DeleteCertificate { fingerprint, with_key: false }).await;
            assert_eq!(copy.database.listing(), shell.deck.database.listing(), "deletion of {nickname}");
        }
    }
    assert!(shell.deck.database.listing().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certificates_are_valid_for_is_asked_the_same_by_each_line() {
    let shell = Shell::new().await;
    let authority = Authority::new("The CA");
    let leaf = authority.leaf("www.example.org");
    shell.deck.import(vec![item(authority.certificate.clone(), "The CA", "C,,"), item(leaf.clone(), "www", ",,")]).await;
    let (ca, www) = (shell.address("The CA").await, shell.address("www").await);
    let (_, tools, rest) = shell.both(&Action::ListCertificates).await;
    assert!(tools.contains("The CA") && tools.contains("www") && rest.contains("The CA") && rest.contains("www"));
    assert!(shell.run(&shell.lines(&Action::ListCertificates).await.msgcert).contains("www"));
    shell.deck.unlock().await;
    let (_, tools, rest) = shell.both(&Action::ShowChain { fingerprint: www.clone() }).await;
    assert!(tools.contains("The CA") && tools.contains("www") && rest.contains("The CA"));
    for (usage, at) in [(Some('V'), None), (None, None), (Some('V'), Some("2049-01-01T00:00:00Z".to_owned()))] {
        let valid = at.is_none();
        let lines = shell.lines(&Action::ShowValidation { fingerprint: www.clone(), usage, at }).await;
        let rest = shell.run(&lines.rest);
        // certutil fails where a single usage does not hold.
        if valid {
            assert!(shell.run(&lines.commands).contains("certificate is valid"));
        }
        assert!(
            rest.contains(&format!("\"letter\":\"V\",\"words\":\"TLS server\",\"valid\":{valid}"))
                || rest.contains(&format!("\"valid\":{valid}")),
            "{rest}"
        );
    }
    let (_, tools, rest) = shell.both(&Action::ShowValidations { at: None }).await;
    assert!(
        tools.contains("www, V: certutil: certificate is valid") && tools.contains("The CA, L: certutil: certificate is valid"),
        "{tools}"
    );
    assert!(rest.contains(&www));
    let other = Authority::new("Another CA");
    std::fs::write(shell.deck.room.path().join("trial-1.pem"), to_pem(&other.certificate)).unwrap();
    let body = Simulation {
        trust: vec![SimulatedTrust { fingerprint_sha256: ca.clone(), trust: ",,".to_owned() }],
        added: vec![SimulatedImport { der: Base64(other.certificate.clone()), trust: "C,,".to_owned() }],
        ..Simulation::default()
    };
    let (copy, _, rest) = shell.both(&Action::Simulate { body }).await;
    assert!(rest.contains("www"), "the leaf stops being valid: {rest}");
    assert_eq!(copy.database.trust()["The CA"], "C,,", "nothing has changed");
    let question = RevocationQuestion { crl: true, ocsp: true };
    let (copy, _, rest) = shell.both(&Action::CheckRevocation { fingerprint: www.clone(), body: question }).await;
    assert!(rest.contains("answers") && copy.room.join("issuer.pem").exists());
    let body = CertificateDeletion { fingerprints_sha256: vec![ca, www], with_keys: false };
    let (copy, _, _) = shell.both(&Action::DeleteCertificates { body }).await;
    assert!(copy.database.listing().is_empty() && shell.deck.database.listing().is_empty());
}
