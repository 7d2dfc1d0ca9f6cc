//! Services in the page: registered, described with file and line, forgotten; the files stay as they are.

use std::path::Path;

use certdeck_shared::api::service::ServiceKind;
use support::browser::Browser;
use support::certificates::to_pem;
use support::deck::{Deck, item};
use support::run;

async fn picture(page: &Browser, name: &str) {
    if let Some(directory) = std::env::var_os("CERTDECK_PICTURES") {
        page.picture(&Path::new(&directory).join(name)).await;
    }
}

/// A Dovecot with one certificate for all, which the database holds, and another pair for one name that does not belong together.
fn dovecot(room: &Path) -> String {
    let file = |name: &str| room.join(name).display().to_string();
    for name in ["mail", "other"] {
        let subject = format!("/CN={name}.example.org");
        run::must(
            "openssl",
            &[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "20",
                "-subj",
                &subject,
                "-keyout",
                &file(&format!("{name}.key")),
                "-out",
                &file(&format!("{name}.pem")),
            ],
        );
    }
    let config = format!(
        "protocols = imap\nssl = required\nssl_cert = <{}\nssl_key = <{}\n!include_try local.conf\nlocal_name other.example.org {{\n  ssl_cert = <{}\n}}\nnonsense\n",
        file("mail.pem"),
        file("mail.key"),
        file("other.pem"),
    );
    std::fs::write(room.join("dovecot.conf"), config).unwrap();
    file("dovecot.conf")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_registered_looked_at_and_forgotten() {
    let deck = Deck::new().await;
    let config = dovecot(deck.room.path());
    let before = std::fs::read(&config).unwrap();
    let pem = std::fs::read_to_string(deck.room.path().join("mail.pem")).unwrap();
    let der = support::certificates::from_pem(&pem).remove(0);
    assert_eq!(support::certificates::from_pem(&to_pem(&der)), std::slice::from_ref(&der));
    deck.import(vec![item(der, "mail", ",,")]).await;
    let page = Browser::start(1440, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/services", deck.console.origin)).await;
    page.sees("No service yet").await;
    picture(&page, "services-empty.png").await;
    page.fill("Configuration on the server", "/nowhere/dovecot.conf").await;
    page.click_at("#service-kind option[value=dovecot]").await;
    page.click_at("form button[type=submit]").await;
    page.sees("No such file").await;
    page.fill("Configuration on the server", &config).await;
    page.fill("Name for people", "Mail").await;
    page.click_at("form button[type=submit]").await;
    page.sees("Where it is reached").await;
    page.sees("CN=mail.example.org").await;
    page.sees("expires in").await;
    page.sees(&format!("{config}:3")).await;
    page.sees("The key is another one's").await;
    page.sees("There is neither = nor { behind the name.").await;
    page.sees("nss: mail").await;
    picture(&page, "service.png").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    let registered = deck.client.services().await.unwrap();
    assert_eq!((registered.len(), registered[0].kind, registered[0].endpoints), (1, ServiceKind::Dovecot, 4));

    let narrow = Browser::start(400, 800).await;
    narrow.sign_in(&deck.console).await;
    for (path, words) in [("/services".to_owned(), "Look"), (format!("/services/{}", registered[0].id), "CN=mail.example.org")] {
        narrow.open(&format!("{}{path}", deck.console.origin)).await;
        narrow.sees(words).await;
        let wider: bool = narrow.value("a width", "return document.documentElement.scrollWidth > window.innerWidth + 1").await;
        assert!(!wider, "{path} is wider than a narrow window");
        picture(&narrow, &format!("narrow-{words}.png")).await;
    }

    page.click("Forget").await;
    page.click("Forget it").await;
    page.sees("No service yet").await;
    assert_eq!(deck.client.services().await.unwrap(), []);
    assert_eq!(std::fs::read(&config).unwrap(), before);
    page.is_quiet(&["400"]).await;
}
