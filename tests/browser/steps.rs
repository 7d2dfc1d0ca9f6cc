//! What a person does again and again: a database, a request, an answer, a certificate.

use std::path::Path;

use support::browser::Browser;
use support::database;
use support::deck::Deck;

/// The address of a place of the deck's database.
pub fn place(deck: &Deck, path: &str) -> String {
    format!("{}/databases/{}/{path}", deck.console.origin, deck.id)
}

/// Chooses an option.
pub async fn option(page: &Browser, selector: &str) {
    page.find(selector).await.click().await.unwrap();
}

/// Fills in the page of a new database, which leaves it unlocked; its identifier.
pub async fn create_database(page: &Browser, directory: &Path) -> String {
    page.fill("Directory on the server", directory.to_str().unwrap()).await;
    page.fill("Password", database::PASSWORD).await;
    page.fill("Password again", database::PASSWORD).await;
    page.click("Create database").await;
    page.arrives("/certificates").await;
    let url = page.driver.current_url().await.unwrap();
    url.path_segments().unwrap().nth(1).unwrap().to_owned()
}

/// Sends the form of a new certificate.
pub async fn make(page: &Browser) {
    page.click("Make the certificate").await;
    page.sees("The certificate is made and in the database").await;
}

/// Types the names of a request.
pub async fn request_names(page: &Browser, names: &str) {
    page.find("#request-names").await.send_keys(names).await.unwrap();
}

/// The request on the page, PEM.
pub async fn pem_of_request(page: &Browser) -> String {
    page.value("the request to send", "return document.querySelector('#request-pem')?.innerText ?? null").await
}

/// Pastes the CA's answer on the page of its request and installs it.
pub async fn answer(page: &Browser, answer: &str) {
    page.find("#reply").await.send_keys(format!("Dear customer,\nhere is your certificate.\n\n{answer}")).await.unwrap();
    page.sees("What will happen").await;
    page.click("Install").await;
    page.sees("with its private key here").await;
}
