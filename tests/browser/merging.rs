//! The pages of merging, converting and registering: what is shown before is what is done; certutil is asked.

use certdeck_shared::api::database::NewDatabase;
use support::browser::Browser;
use support::certificates::Authority;
use support::database::{Database, PASSWORD};
use support::deck::{Deck, item};
use support::run;

use crate::steps::{option, place};

/// A database of certutil's in a format, with a CA of its own and its key.
fn source(format: &str, prefix: &str) -> Database {
    let database = Database::made_in_format(format);
    let noise = database.password_file().with_file_name("noise");
    std::fs::write(&noise, [7; 64]).unwrap();
    let (directory, file) = (format!("{format}:{}", database.path()), database.password_file().to_str().unwrap());
    let with_prefix = ["-d", &directory, "-P", prefix, "-f", file];
    if !prefix.is_empty() {
        run::must("certutil", &[&["-N"][..], &with_prefix].concat());
    }
    let line = ["-S", "-n", "ca", "-s", "CN=Other CA", "-x", "-t", "CT,,", "-z", noise.to_str().unwrap(), "-g", "2048"];
    run::must("certutil", &[&line[..], &with_prefix].concat());
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_is_looked_at_merged_and_the_merge_undone() {
    let deck = Deck::new().await;
    deck.import(vec![item(Authority::new("Here").certificate, "ca", "C,,")]).await;
    let other = source("sql", "");
    other.add("shared", "P,,", &deck.database.der("ca"));
    let before = deck.database.listing();
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases", deck.console.origin)).await;
    page.click_at("table.dbs code[title$='/nss']").await;
    page.click("Merge another in").await;
    page.sees("Nothing is written before you have seen").await;
    option(&page, "#merge-source option[value='elsewhere']").await;
    page.fill("Directory on the server", other.path()).await;
    page.click("Look what would happen").await;
    page.sees("1 new certificate, 1 private key").await;
    page.sees("ca gets the nickname ca #2").await;
    page.sees("ca is trusted as C,, here and as P,, in the source").await;
    page.sees("Its private keys come for its password only").await;
    assert_eq!(deck.database.listing(), before, "nothing is written yet");
    page.fill("Password of the source", "wrong").await;
    page.click("Look what would happen").await;
    page.sees("password of the source is wrong").await;
    page.fill("Password of the source", PASSWORD).await;
    page.click("Look what would happen").await;
    page.sees("1 new certificate, 1 private key").await;
    page.pictures("merge-shown").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.click("Merge").await;
    page.sees("Merged").await;
    page.pictures("merge-done").await;
    assert_eq!(deck.database.trust()["ca #2"], "CTu,u,u");
    assert_eq!(deck.database.keys().len(), 1);
    page.click("Undo the merge").await;
    page.sees("Undone").await;
    assert_eq!(deck.database.listing(), before);
    page.is_quiet(&["401", "403"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_database_with_a_prefix_is_found_in_its_directory_and_converted() {
    let deck = Deck::new().await;
    let old = source("dbm", "slapd-host-");
    // Beside it lies the one without a prefix that the support made.
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases/register", deck.console.origin)).await;
    page.fill("Directory on the server", old.path()).await;
    page.click("Look into the directory").await;
    page.sees("Found in the directory").await;
    page.click(&format!("Choose {}/slapd-host-*", old.path())).await;
    page.pictures("register-prefix").await;
    page.click("Register").await;
    page.arrives("/certificates").await;
    page.sees("ca").await;
    let register = NewDatabase::Register { path: old.path(), prefix: Some("slapd-host-".to_owned()), label: None };
    assert!(deck.client.add_database(&register).await.is_err(), "it is registered already");

    page.open(&format!("{}/databases", deck.console.origin)).await;
    page.click_at("table.dbs code[title$='slapd-host-*']").await;
    page.sees("slapd-host-").await;
    page.click("Convert to cert9.db").await;
    page.sees("In the old files").await;
    page.pictures("convert-before").await;
    page.fill("Password of the old database", "wrong").await;
    page.click_at("form button[type=submit].primary").await;
    page.sees("is wrong").await;
    page.fill("Password of the old database", PASSWORD).await;
    page.click_at("form button[type=submit].primary").await;
    page.sees("Everything came over").await;
    page.pictures("convert-done").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    let (directory, file) = (format!("sql:{}", old.path()), old.password_file().to_str().unwrap());
    let keys = run::must("certutil", &["-K", "-d", &directory, "-P", "slapd-host-", "-f", file]);
    assert!(keys.contains("rsa"), "{keys}");
    let listed = run::must("certutil", &["-L", "-d", &directory, "-P", "slapd-host-"]);
    assert!(listed.contains("CTu,u,u"), "{listed}");
    page.is_quiet(&["401", "403"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_the_database_open_is_said_before_its_password_changes() {
    let deck = Deck::new().await;
    let file = std::fs::File::open(deck.database.directory().join("key4.db")).unwrap();
    let mut server = run::command("sleep").arg("600").stdin(std::process::Stdio::from(file)).spawn().unwrap();
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.open(&format!("{}/databases", deck.console.origin)).await;
    page.click_at("table.dbs code[title$='/nss']").await;
    let named = format!("process {} of", server.id());
    page.sees(&named).await;
    page.click("Change").await;
    page.sees("Password now").await;
    page.value::<bool>("the warning in the form", "return document.querySelector('form.ask .callout.warn') ? true : null").await;
    page.pictures("open-files").await;
    page.open(&place(&deck, "merge")).await;
    page.sees(&named).await;
    server.kill().unwrap();
    server.wait().unwrap();
    page.is_quiet(&["401"]).await;
}
