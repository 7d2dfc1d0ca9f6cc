//! What needs a hand today: everything that goes wrong is there, the most urgent first, and gone when it is put right.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use certdeck_shared::api::endpoint::NewEndpoint;
use certdeck_shared::api::key::{KeyAlgorithm, NewKey};
use certdeck_shared::api::notice::{ChannelChange, ChannelTarget, NewChannel, Urgency};
use certdeck_shared::api::service::{Protocol, TlsMode};
use certdeck_shared::api::today::{Concerned, Today};
use support::certificates::from_pem;
use support::deck::{Deck, item};
use support::run;

const PATIENCE: Duration = Duration::from_secs(60);

/// A certificate that ends in so many days, made by openssl.
fn ends_in(deck: &Deck, days: &str) -> Vec<u8> {
    let file = |name: &str| deck.room.path().join(name).display().to_string();
    let (key, pem) = (file("short.key"), file("short.pem"));
    let made = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=short.example.org", "-days", days, "-keyout", &key, "-out", &pem];
    run::must("openssl", &[&["req", "-x509"], &made[..]].concat());
    from_pem(&std::fs::read_to_string(pem).unwrap()).remove(0)
}

/// How much each hurries, and what it is about.
fn told(today: &Today) -> Vec<(Urgency, &'static str)> {
    let about = |about: &Concerned| match about {
        Concerned::Certificate { .. } => "certificate",
        Concerned::Endpoint { .. } => "endpoint",
        Concerned::Deployment { .. } => "deployment",
        Concerned::Database { .. } => "database",
        Concerned::Token { .. } => "token",
        Concerned::Channel { .. } => "channel",
    };
    today.concerns.iter().map(|concern| (concern.urgency, about(&concern.about))).collect()
}

async fn until_it_says(deck: &Deck, expected: &[(Urgency, &'static str)]) -> Today {
    let limit = std::time::Instant::now() + PATIENCE;
    loop {
        let today = deck.client.today().await.unwrap();
        if told(&today) == expected {
            return today;
        }
        assert!(std::time::Instant::now() < limit, "{expected:?} is not what is told: {:#?}", today.concerns);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_there_the_most_urgent_first_until_it_is_put_right() {
    let deck = Deck::new().await;
    let calm = until_it_says(&deck, &[]).await;
    assert_eq!((calm.watched.databases, calm.watched.endpoints, calm.watched.services), (2, 0, 0));

    deck.due_by_days_alone().await;
    let target = ChannelTarget::Command { arguments: vec!["/bin/false".to_owned()], seconds: 5 };
    let channel = NewChannel { label: "Nobody".to_owned(), target, secret: None, kinds: Vec::new(), at_least: Urgency::Note };
    let channel = deck.client.add_channel(&channel).await.unwrap().channel.id;
    let password = deck.room.path().join("nss/password.txt");
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o644)).unwrap();
    deck.client.create_key(&deck.id, &NewKey { algorithm: KeyAlgorithm::EcP256, label: None }).await.unwrap();
    deck.import(vec![item(ends_in(&deck, "2"), "short", ",,")]).await;
    let endpoint = NewEndpoint {
        host: "127.0.0.1".to_owned(),
        port: 1,
        protocol: Protocol::Other,
        tls: TlsMode::Implicit,
        server_name: None,
        label: Some("Nothing there".to_owned()),
        tags: Vec::new(),
        expected: None,
    };
    let endpoint = deck.client.add_endpoint(&endpoint).await.unwrap().id;
    deck.client.probe_endpoint(&endpoint).await.unwrap();
    deck.client.lock(&deck.id, "internal").await.unwrap();
    let expected = [
        (Urgency::Urgent, "certificate"),
        (Urgency::Urgent, "endpoint"),
        (Urgency::Urgent, "database"),
        (Urgency::Soon, "channel"),
        (Urgency::Note, "token"),
    ];
    let today = until_it_says(&deck, &expected).await;
    assert!(today.concerns[0].title.starts_with("short in "), "{:?}", today.concerns[0]);
    assert_eq!(today.concerns[1].about, Concerned::Endpoint { endpoint: endpoint.clone() });
    assert!(today.concerns[2].words.contains("chmod 0600"), "{:?}", today.concerns[2]);
    assert_eq!((today.watched.endpoints, today.watched.good), (1, 0));

    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    deck.unlock().await;
    deck.client.change_channel(&channel, &ChannelChange { enabled: Some(false), ..ChannelChange::default() }).await.unwrap();
    deck.client.remove_endpoint(&endpoint).await.unwrap();
    let short = deck.named("short").await.fingerprint_sha256;
    deck.client.delete_certificate(&deck.id, &short, false).await.unwrap();
    until_it_says(&deck, &[]).await;
}
