//! A receiver that fails in every way, and a console that is killed in between: no notice is lost, and none is told twice.

use std::collections::BTreeSet;
use std::time::Duration;

use certdeck_shared::api::client::Client;
use certdeck_shared::api::database::NewDatabase;
use certdeck_shared::api::notice::{ChannelTarget, DeliveryState, Message, NewChannel, Notice, NoticeKind, Occasion, Urgency};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use support::certificates::Template;
use support::console::{Console, Options};
use support::database::Database;
use support::poll;
use support::receiver::{Manner, Received, Receiver};
use support::transport::Native;

use crate::kills::Instants;

const SECRET: &str = "a secret of a webhook";
const PATIENCE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread")]
async fn no_notice_is_lost_and_none_is_told_twice_however_receiver_and_console_fail() {
    let (room, database, receiver) = (tempfile::tempdir().unwrap(), Database::made_by_certutil(), Receiver::start());
    let (template, mut instants) = (Template::new(), Instants::new());
    let mut console = Console::start(&Options::new(room.path().join("data")));
    let mut client = console.set_up().await;
    add_channel(&client, &receiver).await;
    // A file that is open is told of at the first look: from then on the database is known as it is.
    let file = database.directory().join("password.txt");
    std::fs::write(&file, "secret\n").unwrap();
    client.add_database(&NewDatabase::Register { path: database.path(), prefix: None, label: None }).await.unwrap();
    until_told(&client, 1).await;

    let manners =
        [Manner::Fails, Manner::Closes, Manner::OtherCertificate, Manner::TakesAndCloses, Manner::Redirects, Manner::Silent, Manner::Takes];
    let mut added = 0;
    for manner in manners {
        receiver.behave(manner);
        for _ in 0..3 {
            database.add(&Template::nickname(added), ",,", &template.numbered(added));
            added += 1;
        }
        // Killed before it has looked, while it writes, while it sends.
        tokio::time::sleep(Duration::from_millis(instants.next(2_500))).await;
        console.kill();
        console = Console::start(&Options::new(room.path().join("data")));
        client = console.sign_in().await;
    }
    until_told(&client, 1 + added as usize).await;
    poll::until_true("the end of all deliveries", PATIENCE, async || {
        let deliveries = client.deliveries(None).await.unwrap();
        deliveries.iter().all(|delivery| delivery.state == DeliveryState::Delivered)
    })
    .await;

    let all = client.notices(true).await.unwrap();
    let expected: BTreeSet<String> = (0..added).map(|number| hex(&openssl::sha::sha256(&template.numbered(number)))).collect();
    let seen: Vec<String> = of_kind(&all, NoticeKind::CertificateAdded);
    assert_eq!((seen.len(), seen.iter().cloned().collect::<BTreeSet<_>>()), (expected.len(), expected), "one for each certificate");
    let mut told = Vec::new();
    for received in receiver.taken() {
        is_signed(&received);
        let message: Message = serde_json::from_slice(&received.body).unwrap();
        assert_eq!(message.id, received.delivery);
        told.extend(message.notices.into_iter().map(|told| (told.occasion, told.notice.id)));
    }
    told.sort_by(|one, other| one.1.cmp(&other.1));
    let mut expected: Vec<(Occasion, String)> = all.iter().map(|notice| (Occasion::New, notice.id.clone())).collect();
    expected.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(told, expected, "left: taken, each delivery once; right: what there was to tell");
    let tries: usize = client.deliveries(None).await.unwrap().iter().map(|delivery| delivery.tries.len()).sum();
    assert!(tries > manners.len(), "the receiver failed {tries} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_receiver_does_is_said_when_it_is_tried() {
    let (room, receiver) = (tempfile::tempdir().unwrap(), Receiver::start());
    let console = Console::start(&Options::new(room.path().join("data")));
    let client = console.set_up().await;
    let channel = add_channel(&client, &receiver).await;
    for (manner, taken, words) in [
        (Manner::Takes, true, "200 thanks"),
        (Manner::Fails, false, "500 sorry"),
        (Manner::Redirects, false, "307"),
        (Manner::OtherCertificate, false, "certificate"),
        (Manner::Closes, false, ""),
        (Manner::Silent, false, "no whole answer within 20 s"),
    ] {
        receiver.behave(manner);
        let delivery = client.test_channel(&channel).await.unwrap();
        let tried = delivery.tries.last().unwrap();
        assert!(tried.taken == taken && tried.answer.contains(words), "{manner:?}: {tried:?}");
        assert!(!tried.answer.contains(SECRET));
    }
    assert!(!console.log().contains(SECRET));
    assert_eq!(client.deliveries(Some(&channel)).await.unwrap().len(), 6);
}

async fn add_channel(client: &Client<Native>, receiver: &Receiver) -> String {
    let target = ChannelTarget::Webhook { url: receiver.url.clone(), allow_private: true, ca: Some(receiver.ca.clone()) };
    let (label, secret) = ("Hook".to_owned(), Some(SECRET.to_owned()));
    let made = client.add_channel(&NewChannel { label, target, secret, kinds: Vec::new(), at_least: Urgency::Note }).await.unwrap();
    assert_eq!(made.secret, None, "it was given");
    made.channel.id
}

async fn until_told(client: &Client<Native>, count: usize) {
    poll::until_true(&format!("{count} notices"), PATIENCE, async || client.notices(true).await.unwrap().len() >= count).await;
}

fn of_kind(all: &[Notice], kind: NoticeKind) -> Vec<String> {
    all.iter().filter(|notice| notice.kind == kind).filter_map(|notice| notice.about.certificate.clone()).collect()
}

/// The signature is what OpenSSL makes of time, point and body.
fn is_signed(received: &Received) {
    let (time, signature) = received.signature.split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    let key = PKey::hmac(SECRET.as_bytes()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.update(format!("{time}.").as_bytes()).unwrap();
    signer.update(&received.body).unwrap();
    assert_eq!(signature, hex(&signer.sign_to_vec().unwrap()));
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
