//! Bindings name a certificate so that a renewed one follows; they change nothing of a service.

use std::path::Path;

use certdeck_shared::api::binding::{Layout, NewBinding};
use certdeck_shared::api::issue::NewSelfSigned;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::renewal::{Renewal, RenewalMode};
use certdeck_shared::api::service::{NewService, ServiceChange, ServiceControl, ServiceKind};
use certdeck_shared::request::RequestForm;
use support::certificates::Template;
use support::deck::{Deck, item, problem, refusal};
use support::poll::this_second_is_over;

fn config(room: &Path) -> String {
    let config = room.join("vsftpd.conf");
    std::fs::write(&config, "listen=YES\nssl_enable=YES\nrsa_cert_file=/etc/ssl/it.pem\nrsa_private_key_file=/etc/ssl/it.key\n").unwrap();
    config.display().to_string()
}

fn of(database: &str, certificate: &str) -> NewBinding {
    NewBinding {
        database: database.to_owned(),
        certificate: certificate.to_owned(),
        endpoints: Vec::new(),
        layout: Layout::Keep,
        directory: None,
    }
}

async fn self_signed(deck: &Deck, nickname: &str) -> String {
    let form = RequestForm { common_name: "ftp.example.com".to_owned(), ..RequestForm::default() };
    let new = NewSelfSigned { nickname: nickname.to_owned(), form, ..NewSelfSigned::default() };
    deck.client.create_self_signed(&deck.id, &new).await.unwrap().fingerprint_sha256
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binding_follows_the_nickname_to_the_younger_certificate() {
    let deck = Deck::new().await;
    let path = config(deck.room.path());
    let new = NewService::new(ServiceKind::Vsftpd, path);
    let service = deck.client.add_service(&new).await.unwrap().id;
    let first = self_signed(&deck, "ftp").await;
    let binding = deck.client.bind(&service, &of(&deck.id, &first)).await.unwrap();
    assert_eq!((binding.nickname.as_str(), binding.token.as_deref(), binding.problem.as_deref()), ("ftp", None, None));
    assert_eq!(binding.certificate.unwrap().fingerprint_sha256, first);

    this_second_is_over().await;
    deck.client.renew(&deck.id, &first, &Renewal { mode: RenewalMode::Renew, ..Renewal::default() }).await.unwrap();
    let listed = deck.client.bindings(&service).await.unwrap();
    let now = listed[0].certificate.clone().unwrap();
    assert_ne!(now.fingerprint_sha256, first, "the renewed certificate of the nickname counts");

    deck.client.unbind(&service, &binding.id).await.unwrap();
    assert!(deck.client.bindings(&service).await.unwrap().is_empty());
    assert_eq!(refusal(deck.client.unbind(&service, &binding.id).await), ProblemCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binding_that_could_never_be_deployed_is_refused_in_words() {
    let deck = Deck::new().await;
    let path = config(deck.room.path());
    let new = NewService::new(ServiceKind::Vsftpd, path);
    let service = deck.client.add_service(&new).await.unwrap().id;
    let stranger = Template::new().numbered(1);
    deck.import(vec![item(stranger, "stranger", ",,")]).await;
    let keyless = deck.named("stranger").await.fingerprint_sha256;
    let good = self_signed(&deck, "ftp").await;
    let field = |problem: certdeck_shared::api::problem::Problem| problem.errors[0].pointer.clone();
    assert_eq!(field(problem(deck.client.bind(&service, &of(&deck.id, &keyless)).await)), "/certificate");
    assert_eq!(field(problem(deck.client.bind(&service, &of("nowhere", &good)).await)), "/database");
    assert_eq!(field(problem(deck.client.bind(&service, &of(&deck.id, &"ab".repeat(32))).await)), "/certificate");
    let unknown = NewBinding { endpoints: vec!["imaps".to_owned()], ..of(&deck.id, &good) };
    let refused = problem(deck.client.bind(&service, &unknown).await);
    assert!(refused.detail.contains("ftp"), "{refused}");
    let outside = NewBinding { directory: Some("/etc/../root".to_owned()), ..of(&deck.id, &good) };
    assert_eq!(field(problem(deck.client.bind(&service, &outside).await)), "/directory");
    assert!(deck.client.bindings(&service).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_of_a_service_are_argument_lists_that_begin_with_a_program() {
    let deck = Deck::new().await;
    let path = config(deck.room.path());
    let new = NewService::new(ServiceKind::Vsftpd, path);
    let service = deck.client.add_service(&new).await.unwrap().id;
    let restart = |arguments: &[&str]| ServiceChange {
        label: None,
        control: Some(ServiceControl {
            restart: Some(arguments.iter().map(|argument| (*argument).to_owned()).collect()),
            ..ServiceControl::default()
        }),
    };
    let described = deck.client.change_service(&service, &restart(&["/bin/true", "now"])).await.unwrap();
    assert_eq!(described.control.restart.as_deref(), Some(&["/bin/true".to_owned(), "now".to_owned()][..]));
    for wrong in [&[][..], &["true"], &["/nowhere/true"], &["/etc/passwd"], &["/etc"], &["/bin/true", "a\0b"]] {
        assert_eq!(problem(deck.client.change_service(&service, &restart(wrong)).await).errors[0].pointer, "/control/restart", "{wrong:?}");
    }
    let named = ServiceChange { label: Some(" Files ".to_owned()), control: None };
    let described = deck.client.change_service(&service, &named).await.unwrap();
    assert_eq!(described.service.label, "Files");
    assert!(described.control.restart.is_some(), "what is not named stays");
}
