//! A certificate brought to a running nginx in the page: joined, planned, applied, proved, returned; openssl says what is served.

use std::path::Path;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::issue::NewSelfSigned;
use certdeck_shared::api::service::NewService;
use certdeck_shared::request::RequestForm;
use support::browser::Browser;
use support::daemons::nginx;
use support::deck::Deck;
use support::pki::Pki;

async fn picture(page: &Browser, name: &str) {
    if let Some(directory) = std::env::var_os("CERTDECK_PICTURES") {
        page.picture(&Path::new(&directory).join(name)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_joined_planned_applied_and_returned() {
    let pki = Pki::new();
    let before = pki.pair("web.example.org");
    let instance = tokio::task::block_in_place(|| nginx::start(&before));
    let served = || instance.endpoints()[0].leaf().unwrap();
    let deck = Deck::new().await;
    let form = RequestForm { common_name: "web.example.org".to_owned(), ..RequestForm::default() };
    let new = NewSelfSigned { nickname: "web".to_owned(), form, ..NewSelfSigned::default() };
    deck.client.create_self_signed(&deck.id, &new).await.unwrap();
    let config = instance.config().display().to_string();
    let new = NewService { label: Some("Shop".to_owned()), ..NewService::new(instance.kind(), config) };
    let service = deck.client.add_service(&new).await.unwrap().id;

    let page = Browser::start(1440, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/services/{service}", deck.console.origin)).await;
    page.sees("Nothing yet. Join a certificate").await;
    page.click("Join a certificate").await;
    page.click_at(&format!("#binding-database option[value='{}']", deck.id)).await;
    page.click_at("#binding-certificate option:nth-child(2)").await;
    page.click_at("details form button[type=submit]").await;
    page.sees("at every endpoint with TLS").await;
    picture(&page, "deploying-service.png").await;

    page.click("Plan a deployment").await;
    page.sees("Services, in the order you tick them").await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("Checks before").await;
    page.sees("Ports that must serve it afterwards").await;
    page.sees("only clients that were told so accept it").await;
    assert_eq!(served(), before.leaf(), "a plan changes nothing");
    picture(&page, "deploying-plan.png").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());

    page.click("Apply").await;
    page.sees("Served and proved").await;
    page.sees("Serves the certificate that it should").await;
    let entry = deck.named("web").await;
    instance.until_served(&entry.der.0);
    picture(&page, "deploying-done.png").await;

    page.click("Return to what was before").await;
    page.sees("The deployment that it takes back").await;
    // Not anywhere in the page: what was said aloud of the deployment before still stands there.
    let proved = "return document.querySelector('main .pane-head').textContent.includes('Served and proved') || null";
    page.value::<bool>("a way back that is proved", proved).await;
    let newest = deck.client.deployments().await.unwrap().remove(0);
    assert_eq!(newest.state, DeploymentState::Succeeded, "the page says of the way back what is true of it");
    instance.until_served(&before.leaf());
    page.open(&format!("{}/deployments", deck.console.origin)).await;
    page.sees("return").await;
    page.sees("Plan a deployment").await;
    picture(&page, "deploying-list.png").await;
    page.is_quiet(&[]).await;
}
