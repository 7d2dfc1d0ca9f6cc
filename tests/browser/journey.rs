//! The journey: an empty console, a new database, Debian's certificates, trust of three changed and undone, a request and its answer.
//! After each step certutil is asked.

use std::collections::BTreeMap;

use support::browser::Browser;
use support::certificates::{Authority, DEBIAN_BUNDLE, debian};
use support::console::{Console, Options, PASSWORD, USER_NAME};
use support::database::{self, Database};

use crate::steps::create_database;

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_console_to_an_installed_certificate() {
    let room = tempfile::tempdir().unwrap();
    let console = Console::start(&Options::new(room.path().join("data")));
    let page = Browser::start(1440, 900).await;

    set_up(&page, &console).await;
    let directory = room.path().join("nss");
    page.click_at("main a[href='/databases/new']").await;
    let id = create_database(&page, &directory).await;
    let database = Database::at(&directory, database::PASSWORD, room.path());
    assert!(database.listing().is_empty() && database.keys().is_empty(), "certutil opens the new database with its password");

    unlock(&page).await;
    import_all(&page).await;
    let imported = database.trust();
    assert_eq!(database.listing().len(), debian().len(), "certutil lists all that was imported");
    assert!(imported.values().all(|trust| trust == ",,"), "an import without trust gives none");

    filter(&page, &console, &id, &database).await;

    let three: Vec<String> = imported.keys().filter(|nickname| nickname.is_ascii()).step_by(imported.len() / 4).take(3).cloned().collect();
    change_trust(&page, &console, &id, &three).await;
    let mut expected = imported.clone();
    expected.extend(three.iter().map(|nickname| (nickname.clone(), "CT,C,".to_owned())));
    assert_eq!(database.trust(), expected, "certutil sees three changed and the others as they were");
    picture(&page, &console, &id).await;

    undo(&page, &console, &id, &database, &imported).await;

    let pem = request(&page, &console, &id).await;
    assert_eq!(database.keys().len(), 1, "certutil -K lists the new key");
    assert_eq!(database.trust(), imported, "a request is no certificate yet");
    let authority = Authority::new("Journey CA");
    let answer = authority.sign(&pem);
    install(&page, &answer).await;
    let trust = database.trust();
    assert_eq!(trust["mail.example.org"], "u,u,u");
    assert_eq!(trust.len(), imported.len() + 1);
    assert_eq!(database.der("mail.example.org"), support::certificates::from_pem(&answer)[0]);
    assert!(database.keys().values().all(|label| label.contains("mail.example.org")), "{:?}", database.keys());
    assert!(database.is_whole());
    page.is_quiet(&["401"]).await;
}

async fn set_up(page: &Browser, console: &Console) {
    page.open(console.setup_link.as_deref().unwrap()).await;
    page.fill("User name", USER_NAME).await;
    page.fill("Password", PASSWORD).await;
    page.fill("Password again", PASSWORD).await;
    page.click("Create account").await;
    page.sees("Where to begin").await;
}

async fn unlock(page: &Browser) {
    page.sees("No certificates yet").await;
    let locked: bool = page
        .value("the state of the lock", "return document.querySelector('button.lock') && !!document.querySelector('button.lock.is-locked')")
        .await;
    if locked {
        page.click("Locked").await;
        page.fill("Password of the database", database::PASSWORD).await;
        page.click("Unlock").await;
    }
    page.value::<bool>("an unlocked database", "return document.querySelector('button.lock:not(.is-locked)') ? true : null").await;
}

async fn import_all(page: &Browser) {
    page.click("Import certificates").await;
    page.choose_file("#import-file", DEBIAN_BUNDLE).await;
    let count = debian().len();
    page.sees(&format!("{count} to write")).await;
    page.click(&format!("Import {count}")).await;
    page.sees(&format!("{count} imported")).await;
}

/// Names of the rows that are in the document; with few matches these are all.
const ROWS: &str = "const rows = [...document.querySelectorAll('#certificate-list tr[aria-rowindex]')].map(row => row.innerText); return rows.length ? rows : null";

async fn show_list(page: &Browser, console: &Console, id: &str) {
    page.open(&format!("{}/databases/{id}/certificates", console.origin)).await;
    page.value::<Vec<String>>("rows of certificates", ROWS).await;
}

/// Types into the filter and waits until every row that is left has the word in it.
async fn narrow(page: &Browser, word: &str) -> usize {
    let field = page.find("#certificate-filter").await;
    field.clear().await.unwrap();
    field.send_keys(word).await.unwrap();
    let script = format!(
        "const table = document.querySelector('#certificate-list [role=grid]'); if (!table) return null;
         const rows = [...table.querySelectorAll('tr[aria-rowindex]')];
         return rows.length && rows.every(row => row.innerText.toLowerCase().includes({})) ? Number(table.getAttribute('aria-rowcount')) - 1 : null",
        serde_json::to_string(&word.to_lowercase()).unwrap()
    );
    page.value(&format!("rows with {word} only"), &script).await
}

async fn filter(page: &Browser, console: &Console, id: &str, database: &Database) {
    show_list(page, console, id).await;
    let wanted = database.listing().iter().filter(|listed| listed.nickname.contains("GlobalSign")).count();
    assert!(wanted > 1);
    assert_eq!(narrow(page, "globalsign").await, wanted, "as many as certutil lists by that name");
}

async fn change_trust(page: &Browser, console: &Console, id: &str, nicknames: &[String]) {
    show_list(page, console, id).await;
    for nickname in nicknames {
        let field = page.find("#certificate-filter").await;
        field.clear().await.unwrap();
        field.send_keys(nickname.as_str()).await.unwrap();
        page.click_at(&format!("#certificate-list input[aria-label='Select {nickname}']")).await;
    }
    let field = page.find("#certificate-filter").await;
    field.send_keys(String::from(char::from(thirtyfour::Key::Escape))).await.unwrap();
    page.sees("3 selected").await;
    page.click("Trust").await;
    page.fill("Flags for SSL, e-mail, object signing", "CT,C,").await;
    page.click("Stage for all").await;
    page.sees("9 changes staged for 3 certificates").await;
    page.click("Apply 9 changes").await;
    page.value::<bool>("the end of the staged changes", "return document.querySelector('.staged-bar') ? null : true").await;
}

/// A picture of the list for people, when asked for: `CERTDECK_PICTURE=list.png cargo test … journey`.
async fn picture(page: &Browser, console: &Console, id: &str) {
    if let Ok(path) = std::env::var("CERTDECK_PICTURE") {
        show_list(page, console, id).await;
        page.picture(std::path::Path::new(&path)).await;
    }
}

async fn undo(page: &Browser, console: &Console, id: &str, database: &Database, before: &BTreeMap<String, String>) {
    page.open(&format!("{}/databases/{id}/snapshots", console.origin)).await;
    // The newest snapshot is the one from before the change of trust.
    page.click_at("table.snaps tbody tr:first-child button").await;
    page.sees("trust of 3 certificates").await;
    page.click("Restore").await;
    page.click("Restore now").await;
    page.sees("Restored").await;
    assert_eq!(database.trust(), *before, "certutil sees what was there before");
}

async fn request(page: &Browser, console: &Console, id: &str) -> String {
    page.open(&format!("{}/databases/{id}/requests/new", console.origin)).await;
    let names = page.find("#request-names").await;
    names.send_keys("mail.example.org\nwww.example.org\n192.0.2.25").await.unwrap();
    page.fill("Organization (O)", "Certdeck tests").await;
    page.fill("Country (C)", "DE").await;
    page.find("#request-key option[value='ec-p256']").await.click().await.unwrap();
    unlock_beside(page).await;
    page.click("Make key and request").await;
    let pem: String = page.value("the request to send", "return document.querySelector('#request-pem')?.innerText ?? null").await;
    let text = String::from_utf8(support::run::openssl(&["req", "-verify", "-noout", "-text"], pem.as_bytes())).unwrap();
    for name in ["DNS:mail.example.org", "DNS:www.example.org", "IP Address:192.0.2.25", "Certdeck tests", "P-256"] {
        assert!(text.contains(name), "openssl does not read {name} in\n{text}");
    }
    pem
}

/// A restoration locks the database where its keys changed; the page then offers to unlock it beside the form.
async fn unlock_beside(page: &Browser) {
    let locked: bool = page
        .value("the state of the lock", "return document.querySelector('button.lock') && !!document.querySelector('button.lock.is-locked')")
        .await;
    if locked {
        page.fill("Password of the database", database::PASSWORD).await;
        page.click("Unlock").await;
        page.value::<bool>("an unlocked database", "return document.querySelector('button.lock:not(.is-locked)') ? true : null").await;
    }
}

async fn install(page: &Browser, answer: &str) {
    let field = page.find("#reply").await;
    field.send_keys(format!("Dear customer,\nhere is your certificate.\n\n{answer}")).await.unwrap();
    page.sees("One certificate: mail.example.org").await;
    page.click("Install").await;
    page.sees("with its private key here").await;
}
