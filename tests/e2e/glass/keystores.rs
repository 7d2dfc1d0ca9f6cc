//! Files with private keys, in and out.

use certdeck_shared::api::certificate::CertificateDeletion;
use certdeck_shared::api::issue::NewSelfSigned;
use certdeck_shared::api::keystore::{
    BundleExport, BundleParts, KeystoreExport, KeystoreFormat, KeystoreKind, Pkcs12Export, Pkcs12Strength,
};
use certdeck_shared::glass::Action;
use certdeck_shared::request::RequestForm;
use support::certificates::{Authority, from_pem};
use support::deck::item;
use support::run;

use super::Shell;

async fn with_server() -> (Shell, String) {
    let shell = Shell::new().await;
    let form = RequestForm { common_name: "box.example.org".to_owned(), ..RequestForm::default() };
    let new = NewSelfSigned { nickname: "it's mail".to_owned(), form, ..NewSelfSigned::default() };
    let address = shell.deck.client.create_self_signed(&shell.deck.id, &new).await.unwrap().fingerprint_sha256;
    (shell, address)
}

/// The certificates and the number of keys in a PKCS#12 file.
fn inside(shell: &Shell, file: &std::path::Path) -> (Vec<Vec<u8>>, usize) {
    let password = format!("file:{}", shell.deck.room.path().join("file-password").display());
    let said = run::must("openssl", &["pkcs12", "-legacy", "-in", file.to_str().unwrap(), "-passin", &password, "-nodes"]);
    let certificates: Vec<&str> = said.split_inclusive("-----END CERTIFICATE-----\n").collect();
    let ders = certificates.iter().filter(|part| part.contains("BEGIN CERTIFICATE")).flat_map(|part| from_pem(part)).collect();
    (ders, said.matches("PRIVATE KEY-----").count() / 2)
}

#[tokio::test(flavor = "multi_thread")]
async fn pkcs12_files_hold_the_same_by_each_line_and_come_in_again() {
    let (shell, fingerprint) = with_server().await;
    for strength in [Pkcs12Strength::Modern, Pkcs12Strength::Legacy] {
        let action = Action::ExportPkcs12 { fingerprint: fingerprint.clone(), body: Pkcs12Export { strength, ..Pkcs12Export::default() } };
        let (copy, _, _) = shell.both(&action).await;
        let (ours, theirs) =
            (inside(&shell, &shell.deck.room.path().join("it-s-mail.p12")), inside(&shell, &copy.room.join("it-s-mail.p12")));
        assert_eq!(ours, theirs, "{strength:?}");
        assert_eq!((ours.0.len(), ours.1), (1, 1));
        let msgcert = shell.lines(&action).await.msgcert;
        if strength == Pkcs12Strength::Modern {
            std::fs::remove_file(shell.deck.room.path().join("it-s-mail.p12")).unwrap();
            shell.run(&msgcert);
            shell.deck.unlock().await;
            assert_eq!(inside(&shell, &shell.deck.room.path().join("it-s-mail.p12")), ours);
        }
    }
    let store = |format| KeystoreExport { format, ..KeystoreExport::default() };
    for (format, file) in [(KeystoreFormat::Jks, "keystore.jks"), (KeystoreFormat::Pkcs12, "keystore.p12")] {
        let (copy, _, _) = shell.both(&Action::ExportKeystore { fingerprint: fingerprint.clone(), body: store(format) }).await;
        let listed = |room: &std::path::Path| {
            let password = shell.deck.room.path().join("file-password");
            let path = room.join(file);
            let said = run::must("keytool", &["-list", "-keystore", path.to_str().unwrap(), "-storepass:file", password.to_str().unwrap()]);
            let lines: Vec<String> =
                said.lines().filter(|line| line.contains("fingerprint") || line.contains("tomcat")).map(str::to_owned).collect();
            lines.join("\n").split(", ").filter(|part| !part.contains("20")).collect::<Vec<_>>().join("|")
        };
        assert_eq!(listed(&copy.room), listed(shell.deck.room.path()), "{file}");
    }
    let key = BundleExport { parts: BundleParts::Key, ..BundleExport::default() };
    let (copy, _, _) = shell.both(&Action::ExportBundle { fingerprint: fingerprint.clone(), body: key }).await;
    let public = |room: &std::path::Path| run::must("openssl", &["pkey", "-in", room.join("key.pem").to_str().unwrap(), "-pubout"]);
    assert_eq!(public(&copy.room), public(shell.deck.room.path()));
    // Key and certificate in one file of text, as the import of keys wants it.
    let all = BundleExport { parts: BundleParts::All, ..BundleExport::default() };
    let (copy, _, _) = shell.both(&Action::ExportBundle { fingerprint: fingerprint.clone(), body: all }).await;
    let certificates = |room: &std::path::Path| {
        let text = std::fs::read_to_string(room.join("all.pem")).unwrap();
        from_pem(&text[text.find("-----BEGIN CERTIFICATE").unwrap()..])
    };
    assert_eq!(certificates(&copy.room), certificates(shell.deck.room.path()));
    let before = (shell.deck.database.listing().len(), shell.deck.database.keys());
    for (file, kind) in [("it-s-mail.p12", KeystoreKind::Pkcs12), ("keystore.jks", KeystoreKind::Jks), ("all.pem", KeystoreKind::Keys)] {
        shell.deck.unlock().await;
        let deletion = CertificateDeletion { fingerprints_sha256: vec![fingerprint.clone()], with_keys: true };
        shell.deck.client.delete_certificates(&shell.deck.id, &deletion).await.unwrap();
        let (copy, _, _) = shell.both(&Action::ImportKeystore { file: file.to_owned(), kind }).await;
        assert_eq!(
            (shell.deck.database.listing().len(), shell.deck.database.keys().into_keys().collect::<Vec<_>>()),
            (before.0, before.1.keys().cloned().collect::<Vec<_>>()),
            "{file} by REST"
        );
        assert_eq!(
            (copy.database.listing().len(), copy.database.keys().into_keys().collect::<Vec<_>>()),
            (before.0, before.1.keys().cloned().collect::<Vec<_>>()),
            "{file} by pk12util"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bundles_of_certificates_are_the_same_by_each_line() {
    let shell = Shell::new().await;
    let authority = Authority::new("The CA");
    let leaf = authority.leaf("www.example.org");
    shell.deck.import(vec![item(authority.certificate.clone(), "The CA", "C,,"), item(leaf, "www", ",,")]).await;
    let fingerprint = shell.address("www").await;
    for (parts, file) in
        [(BundleParts::LeafAndChain, "leaf-and-chain.pem"), (BundleParts::FullChain, "full-chain.pem"), (BundleParts::Chain, "chain.pem")]
    {
        let body = BundleExport { parts, ..BundleExport::default() };
        let (copy, _, _) = shell.both(&Action::ExportBundle { fingerprint: fingerprint.clone(), body }).await;
        let read = |room: &std::path::Path| from_pem(&std::fs::read_to_string(room.join(file)).unwrap());
        assert_eq!(read(&copy.room), read(shell.deck.room.path()), "{file}");
        assert!(!read(&copy.room).is_empty());
    }
}
