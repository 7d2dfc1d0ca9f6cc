//! What stands beside the certificate, in the page: settings of a running nginx, a port that is probed, programs that act on a service, and a
//! program that is described where it is registered.

use certdeck_shared::api::issue::NewSelfSigned;
use certdeck_shared::api::service::{NewService, ServiceKind};
use certdeck_shared::request::RequestForm;
use certdeck_shared::x509::fingerprint::sha256_hex;
use support::browser::Browser;
use support::daemons::nginx;
use support::deck::Deck;
use support::pki::Pki;

/// A database with a certificate for the site.
async fn deck() -> Deck {
    let deck = Deck::new().await;
    let form = RequestForm { common_name: "web.example.org".to_owned(), ..RequestForm::default() };
    let new = NewSelfSigned { nickname: "web".to_owned(), form, ..NewSelfSigned::default() };
    deck.client.create_self_signed(&deck.id, &new).await.unwrap();
    deck
}

async fn signed_in(deck: &Deck, path: &str) -> Browser {
    let page = Browser::start(1440, 1000).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}{path}", deck.console.origin)).await;
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_alone_are_planned_refused_at_their_field_and_applied() {
    let pki = Pki::new();
    let instance = tokio::task::block_in_place(|| nginx::start(&pki.pair("web.example.org")));
    let deck = deck().await;
    let site = instance.directory().join("etc/nginx/sites-available/default");
    let before = std::fs::read_to_string(&site).unwrap();
    let new = NewService { label: Some("Shop".to_owned()), ..NewService::new(instance.kind(), instance.config().display().to_string()) };
    let service = deck.client.add_service(&new).await.unwrap().id;

    let page = signed_in(&deck, &format!("/services/{service}")).await;
    page.click("Plan other settings").await;
    page.sees("Settings of Shop").await;
    page.click("New listener").await;
    page.sees("Usually 443.").await;
    page.click("Make a plan").await;
    page.sees("A port is a number from 1 to 65535.").await;
    page.pictures("settings-refused").await;
    page.is_quiet(&["400"]).await;
    page.click("Remove: New listener").await;
    page.click("CA for clients").await;
    page.sees("The database holds no CA.").await;
    page.click("Make a plan").await;
    page.sees("Name at least one CA certificate").await;
    page.is_quiet(&["400"]).await;
    page.click("Remove: CA for clients").await;
    page.click("Mozilla's guideline").await;
    page.sees("Versions: TLSv1.2, TLSv1.3.").await;
    page.sees("ECDHE-ECDSA-AES128-GCM-SHA256").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("settings-profile").await;
    page.click("Make a plan").await;
    page.sees("ssl_prefer_server_ciphers").await;
    assert_eq!(std::fs::read_to_string(&site).unwrap(), before, "a plan changes nothing");
    page.click("Apply").await;
    page.sees("Served and proved").await;
    let after = std::fs::read_to_string(&site).unwrap();
    let main = std::fs::read_to_string(instance.config()).unwrap();
    assert!(main.contains("ssl_protocols TLSv1.2 TLSv1.3;") && after.contains("ECDHE-RSA-AES128-GCM-SHA256"), "{main}{after}");
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_is_probed_and_programs_are_given_to_a_service() {
    let pki = Pki::new();
    let instance = tokio::task::block_in_place(|| nginx::start(&pki.pair("web.example.org")));
    let deck = deck().await;
    let config = instance.config().display().to_string();
    let service = deck.client.add_service(&NewService::new(instance.kind(), config)).await.unwrap().id;

    let page = signed_in(&deck, &format!("/services/{service}")).await;
    page.sees("nginx -t").await;
    page.click("Give it other programs").await;
    page.fill("Reload", "reload-it").await;
    page.click("Keep these").await;
    page.sees("The first argument is the absolute path of a program").await;
    page.is_quiet(&["400"]).await;
    page.fill("Reload", "/usr/bin/true\nof nginx").await;
    page.click("Keep these").await;
    page.sees("as it was given").await;
    page.pictures("control").await;
    let known = deck.client.service(&service).await.unwrap().control;
    assert_eq!(known.reload, Some(vec!["/usr/bin/true".to_owned(), "of nginx".to_owned()]));
    assert_eq!((known.check, known.restart), (None, None));

    page.click_at("a[aria-label^='Probe now']").await;
    page.sees("Nothing asked yet").await;
    page.click_at("form button[type=submit]").await;
    page.sees("Served.").await;
    page.sees("TLS 1.3").await;
    page.sees("the server proved that it has it").await;
    let leaf = instance.endpoints()[0].leaf().unwrap();
    page.sees(&sha256_hex(&leaf)).await;
    page.click("Command lines").await;
    page.sees(&format!("openssl s_client -connect 127.0.0.1:{}", instance.endpoints()[0].port)).await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("probe").await;
    page.click("IMAPS").await;
    page.fill("Host", "not a host").await;
    page.click_at("form button[type=submit]").await;
    page.sees("A host is an IP address without brackets, or a name").await;
    page.is_quiet(&["400"]).await;
    page.fill("Host", "127.0.0.1").await;
    page.fill("Port", "1").await;
    page.click_at("form button[type=submit]").await;
    page.sees("Refused.").await;
    page.is_quiet(&[]).await;
}

/// nginx as a program that the console knows nothing of but what is said in the form.
#[tokio::test(flavor = "multi_thread")]
async fn a_described_program_is_registered_and_served_with_a_new_certificate() {
    let pki = Pki::new();
    let before = pki.pair("web.example.org");
    let instance = tokio::task::block_in_place(|| nginx::start(&before));
    let deck = deck().await;
    let control = instance.control();
    let lines = |list: &Option<Vec<String>>| list.as_ref().unwrap().join("\n");

    let page = signed_in(&deck, "/services").await;
    page.click_at("#service-kind option[value=generic]").await;
    page.sees("Described here").await;
    page.fill("File of the certificate", instance.files().certificate.display().to_string()).await;
    page.fill("File of the key", instance.files().key.display().to_string()).await;
    page.fill("Address and port", "127.0.0.1").await;
    page.fill("Files of CAs of clients", "clients.pem").await;
    page.fill("Check of the configuration", lines(&control.check)).await;
    page.fill("Reload", lines(&control.reload)).await;
    page.fill("Name for people", "Of our own").await;
    page.click_at("form button[type=submit]").await;
    page.sees("An address with its port is such as").await;
    page.sees("A path is absolute, begins with").await;
    page.pictures("described").await;
    page.is_quiet(&["400"]).await;
    let authorities = instance.directory().join("clients.pem");
    std::fs::write(&authorities, before.root_file()).unwrap();
    page.fill("Files of CAs of clients", authorities.display().to_string()).await;
    page.fill("Address and port", format!("127.0.0.1:{}", instance.endpoints()[0].port)).await;
    page.click_at("form button[type=submit]").await;
    page.sees("Where it is reached").await;
    page.sees("CN=web.example.org").await;
    page.sees("as it was given").await;
    let known = deck.client.services().await.unwrap().remove(0);
    assert_eq!((known.kind, known.label.as_str(), known.endpoints), (ServiceKind::Generic, "Of our own", 1));
    let written = std::fs::read_to_string(&known.config).unwrap();
    assert!(written.contains("[[port]]") && written.contains(&format!("client-ca = [\"{}\"]", authorities.display())), "{written}");

    page.click("Join a certificate").await;
    page.click_at(&format!("#binding-database option[value='{}']", deck.id)).await;
    page.click_at("#binding-certificate option:nth-child(2)").await;
    page.click_at("details form button[type=submit]").await;
    page.sees("at every endpoint with TLS").await;
    page.click("Plan a deployment").await;
    page.click("Make a plan").await;
    page.sees("It is done as it was registered.").await;
    page.click("Apply").await;
    page.sees("Served and proved").await;
    let served = instance.endpoints()[0].leaf().unwrap();
    assert_eq!(served, deck.named("web").await.der.0, "the port serves what the database has");

    page.open(&format!("{}/services/{}", deck.console.origin, known.id)).await;
    page.click("Forget").await;
    page.click("Forget it").await;
    page.sees("No service yet").await;
    assert!(!std::path::Path::new(&known.config).exists(), "the description was the console's own");
    page.is_quiet(&[]).await;
}
