//! Sun Calendar Server 6.3, section 7.1, by page: steps 1 to 10, then a certificate requested and imported. After each step certutil, openssl,
//! modutil or stat is asked.

use std::path::{Path, PathBuf};

use support::browser::Browser;
use support::certificates::{Authority, to_pem};
use support::database::{self, Database};
use support::deck::Deck;
use support::mounts::is_root;
use support::run::{self, openssl};

use crate::steps::{answer, create_database, make, option, pem_of_request, place, request_names};

/// An empty console with its first database made by page, as the manual's steps 2 to 4 make it by hand.
async fn config() -> (Deck, Browser) {
    let (room, console, client) = support::deck::empty().await;
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&console).await;
    let directory = room.path().join("config");
    page.open(&format!("{}/databases/new", console.origin)).await;
    let id = create_database(&page, &directory).await;
    let database = Database::at(&directory, database::PASSWORD, room.path());
    (Deck { console, client, id, database, room }, page)
}

fn serial_number(deck: &Deck, nickname: &str) -> String {
    let printed = openssl(&["x509", "-inform", "DER", "-noout", "-serial"], &deck.database.der(nickname));
    String::from_utf8(printed).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_to_create_a_certificate_database() {
    let (deck, page) = config().await;
    let directory = deck.database.directory().to_owned();
    // 2: the password in sslpassword.conf; 3, 4: directory and databases. certutil takes the plain file.
    let line = std::fs::read_to_string(directory.join("sslpassword.conf")).unwrap();
    assert_eq!(line, format!("Internal (Software) Token:{}\n", database::PASSWORD));
    let sql = format!("sql:{}", directory.display());
    let plain = directory.join("password.txt");
    assert!(!run::ask("certutil", &["-K", "-d", &sql, "-f", plain.to_str().unwrap()]).err.contains("could not authenticate"));

    // 5: a root CA, serial number 25000, three months.
    page.open(&place(&deck, "make")).await;
    page.click("Root CA").await;
    page.fill("As RFC 4514 writes it", "CN=My Sample Root CA, O=sesta.com").await;
    page.fill("Nickname", "SampleRootCA").await;
    page.fill("Good for", "3").await;
    option(&page, "#make-unit option[value='months']").await;
    page.click("Advanced").await;
    page.fill("Serial number", "25000").await;
    page.fill("Trust", "CTu,CTu,CTu").await;
    make(&page).await;
    assert_eq!(deck.database.trust()["SampleRootCA"], "CTu,Cu,Cu");
    assert_eq!(serial_number(&deck, "SampleRootCA"), "serial=61A8");

    // 6: a certificate for the host, by that CA, serial number 25001.
    page.open(&place(&deck, "make")).await;
    page.click("From a CA here").await;
    page.sees("SampleRootCA ·").await;
    page.fill("One per line", "hostname.sesta.com").await;
    page.fill("As RFC 4514 writes it", "CN=hostname.sesta.com, O=sesta.com").await;
    page.fill("Nickname", "SampleSSLServerCert").await;
    page.click("Advanced").await;
    page.fill("Serial number", "25001").await;
    make(&page).await;
    assert_eq!(
        (deck.database.trust()["SampleSSLServerCert"].as_str(), serial_number(&deck, "SampleSSLServerCert").as_str()),
        ("u,u,u", "serial=61A9")
    );

    // 7: both are valid, here as there. The manual's CA has no extensions and passes for a server; one that is a CA does not.
    for (nickname, letter, usage) in [("SampleRootCA", "L", "CA for TLS"), ("SampleSSLServerCert", "V", "TLS server")] {
        let fingerprint = deck.named(nickname).await.fingerprint_sha256;
        page.open(&place(&deck, &format!("certificates/{fingerprint}"))).await;
        page.sees("as NSS says").await;
        let verdict = format!(
            "const row = [...document.querySelectorAll('.verdicts tbody tr')].find(row => row.cells[0].innerText.startsWith('{usage}'));
             return row?.cells[1].innerText.trim() || null"
        );
        assert_eq!(page.value::<String>("the verdict", &verdict).await, "Valid", "{nickname}");
        let judged = deck.database.certutil(&["-V", "-n", nickname, "-u", letter]);
        assert!(judged.out.contains("certificate is valid"), "{nickname}: {}{}", judged.out, judged.err);
    }

    // 8: the list, and one of them in full.
    page.open(&place(&deck, "certificates")).await;
    page.sees("SampleRootCA").await;
    page.sees("SampleSSLServerCert").await;
    page.pictures("calendar-list").await;
    deck.certutil_agrees().await;

    // 9: the security modules.
    page.open(&place(&deck, "tokens")).await;
    page.sees("NSS Internal PKCS #11 Module").await;
    assert!(run::must("modutil", &["-force", "-list", "-dbdir", &sql]).contains("NSS Internal PKCS #11 Module"));

    // 10: owner and group of all of it.
    page.open(&format!("{}/databases", deck.console.origin)).await;
    page.click_at("table.dbs code[title$='/config']").await;
    page.click("Owner and mode").await;
    page.fill("Owner", "nobody").await;
    page.fill("Group", "nogroup").await;
    page.click("Show what would change").await;
    page.sees("nobody:nogroup").await;
    page.pictures("calendar-owner").await;
    assert!(is_root(), "only root gives files away: run the tests as root, in a container");
    page.click("Change them").await;
    let owner = |path: &Path| run::must("stat", &["-c", "%U:%G", path.to_str().unwrap()]).trim().to_owned();
    let files: Vec<PathBuf> =
        ["", "cert9.db", "key4.db", "pkcs11.txt", "sslpassword.conf"].iter().map(|name| directory.join(name)).collect();
    page.until_true("the new owner", async || files.iter().all(|path| owner(path) == "nobody:nogroup")).await;
    deck.certutil_agrees().await;
    // The preview of step 6 is asked for once more when the serial number has been used.
    page.is_quiet(&["401", "409"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_requested_and_imported_from_a_root_certificate_authority() {
    let (deck, page) = config().await;
    // 3: the request, with the quoting of the manual and its telephone number.
    page.open(&place(&deck, "requests/new")).await;
    request_names(&page, "hostname.sesta.com").await;
    page.fill("As RFC 4514 writes it", "CN=hostname.sesta.com, OU=hostname/ SSL Web Server, O=Sesta, C=US").await;
    page.fill("Telephone", "408-555-1234").await;
    page.fill("Nickname and key label", "hostname SSL Server Test Cert").await;
    page.click("Make key and request").await;
    let pem = pem_of_request(&page).await;
    let subject = openssl(&["req", "-verify", "-noout", "-subject", "-nameopt", "RFC2253"], pem.as_bytes());
    assert!(String::from_utf8_lossy(&subject).contains("CN=hostname.sesta.com,OU=hostname/ SSL Web Server,O=Sesta,C=US"), "{subject:?}");
    page.click("NEW").await;
    page.sees("Phone: 408-555-1234").await;
    assert_eq!(deck.database.keys().len(), 1);
    let request = page.driver.current_url().await.unwrap();

    // 4, 5: the CA answers. 6: its chain is imported, with the flags of the manual.
    let (first, second) = (Authority::new("GTE CyberTrust Root"), Authority::new("Sesta TEST Root CA"));
    for (authority, nickname) in [(&first, "GTE CyberTrust Root"), (&second, "Sesta TEST Root CA")] {
        page.open(&place(&deck, "import")).await;
        let file = deck.room.path().join("CA_Certificate.txt");
        std::fs::write(&file, to_pem(&authority.certificate)).unwrap();
        page.choose_file("#import-file", file.to_str().unwrap()).await;
        page.sees("1 to write").await;
        page.fill(&format!("Nickname of {nickname}"), nickname).await;
        page.fill(&format!("Trust of {nickname}"), "TCu,TCu,TCuw").await;
        page.sees("NSS stores CT,C,C").await;
        page.click("Import 1").await;
        page.sees("1 imported").await;
        assert_eq!(deck.database.trust()[nickname], "CT,C,C");
    }

    // 7: the server's certificate. Its key and nickname are known from the request.
    page.open(request.as_str()).await;
    answer(&page, &second.sign(&pem)).await;
    assert_eq!(deck.database.trust()["hostname SSL Server Test Cert"], "u,u,u");
    let valid = deck.database.certutil(&["-V", "-n", "hostname SSL Server Test Cert", "-u", "V"]);
    assert!(valid.out.contains("certificate is valid"), "{}{}", valid.out, valid.err);

    // 8: the list.
    page.open(&place(&deck, "certificates")).await;
    for name in ["GTE CyberTrust Root", "Sesta TEST Root CA", "hostname SSL Server Test Cert"] {
        page.sees(name).await;
    }
    deck.certutil_agrees().await;
    page.is_quiet(&["401"]).await;
}
