//! Notices by mail through Postfix: encrypted or not at all, each once, also after a time without a mail server.

use std::time::Duration;

use certdeck_shared::api::client::Client;
use certdeck_shared::api::database::NewDatabase;
use certdeck_shared::api::notice::{ChannelTarget, Delivery, DeliveryState, MailTls, NewChannel, Urgency};
use support::database::Database;
use support::pki::Pki;
use support::poll;
use support::post::Post;
use support::transport::Native;
use support::{deck, run};

const PATIENCE: Duration = Duration::from_secs(120);

async fn channel(client: &Client<Native>, label: &str, port: u16, tls: MailTls, ca: Option<String>) -> String {
    let target = ChannelTarget::Mail {
        host: "localhost".to_owned(),
        port,
        tls,
        from: "Certdeck <certdeck@notices.test>".to_owned(),
        to: vec!["ada@notices.test".to_owned()],
        user_name: None,
        ca,
    };
    let new = NewChannel { label: label.to_owned(), target, secret: None, kinds: Vec::new(), at_least: Urgency::Note };
    client.add_channel(&new).await.unwrap().channel.id
}

fn said(delivery: &Delivery) -> (bool, &str) {
    let tried = delivery.tries.last().unwrap();
    (tried.taken, &tried.answer)
}

/// The identifiers in the Message-ID of each mail.
fn identifiers(mails: &[String]) -> Vec<String> {
    let id = |mail: &String| {
        let line = mail.lines().find(|line| line.starts_with("Message-ID: <")).unwrap();
        line.trim_start_matches("Message-ID: <").split('@').next().unwrap().to_owned()
    };
    mails.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_encrypted_to_a_server_that_can_prove_itself_and_else_it_does_not_go() {
    let (pki, other) = (Pki::new(), Pki::new());
    let pair = pki.pair("mail.example.org");
    let post = Post::start(&pair);
    let (_room, _console, client) = deck::empty().await;
    let ca = || Some(pair.root_file());
    let starttls = channel(&client, "STARTTLS", post.port("smtp"), MailTls::Starttls, ca()).await;
    let implicit = channel(&client, "TLS", post.port("submissions"), MailTls::Implicit, ca()).await;
    for channel in [&starttls, &implicit] {
        let delivery = client.test_channel(channel).await.unwrap();
        assert_eq!((said(&delivery).0, delivery.state), (true, DeliveryState::Delivered), "{delivery:?}\n{}", post.instance.log());
        assert!(said(&delivery).1.starts_with("250"), "{delivery:?}");
    }
    let mails = post.until_there_are(2).await;
    for mail in &mails {
        assert!(mail.contains("From: Certdeck <certdeck@notices.test>") && mail.contains("To: ada@notices.test"), "{mail}");
        assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("Somebody tries this channel."), "{mail}");
        assert!(mail.contains("using TLSv1.3"), "Postfix received it encrypted: {mail}");
    }

    let untrusted = channel(&client, "Other CA", post.port("smtp"), MailTls::Starttls, Some(other.pair("localhost").root_file())).await;
    let by_system = channel(&client, "CAs of the system", post.port("submissions"), MailTls::Implicit, None).await;
    for channel in [&untrusted, &by_system] {
        let delivery = client.test_channel(channel).await.unwrap();
        assert!(!said(&delivery).0 && said(&delivery).1.contains("certificate"), "{delivery:?}");
    }
    post.set(&["smtpd_tls_security_level=none"]);
    let in_clear = poll::until("a Postfix without STARTTLS", PATIENCE, async || {
        let delivery = client.test_channel(&starttls).await.unwrap();
        (!said(&delivery).0).then_some(delivery)
    })
    .await;
    assert!(said(&in_clear).1.to_lowercase().contains("starttls"), "{in_clear:?}");
    let answered = client.deliveries(None).await.unwrap().into_iter().filter(|delivery| delivery.state == DeliveryState::Delivered).count();
    assert_eq!(post.until_there_are(answered).await.len(), answered, "nothing went in clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_while_there_is_no_mail_server_comes_once_when_it_is_back() {
    let pki = Pki::new();
    let pair = pki.pair("mail.example.org");
    let post = Post::start(&pair);
    let (_room, _console, client) = deck::empty().await;
    let channel = channel(&client, "Mail", post.port("smtp"), MailTls::Starttls, Some(pair.root_file())).await;
    assert_eq!(post.instance.stop(), Vec::<u32>::new());
    let database = Database::made_by_certutil();
    std::fs::write(database.directory().join("password.txt"), "secret\n").unwrap();
    client
        .add_database(&NewDatabase::Register { path: database.path(), prefix: None, label: Some("Mail für Ada".to_owned()) })
        .await
        .unwrap();
    let trouble = poll::until("a try in vain", PATIENCE, async || client.channels().await.unwrap().remove(0).trouble).await;
    assert!(trouble.to_lowercase().contains("connect"), "{trouble}");
    post.instance.run(&post.instance.control().restart);
    let mails = post.until_there_are(1).await;
    poll::until_true("the end of the delivery", PATIENCE, async || {
        client.deliveries(Some(&channel)).await.unwrap().iter().all(|delivery| delivery.state == DeliveryState::Delivered)
    })
    .await;
    let deliveries = client.deliveries(Some(&channel)).await.unwrap();
    assert_eq!(identifiers(&mails), deliveries.iter().map(|delivery| delivery.id.clone()).collect::<Vec<_>>());
    assert_eq!(deliveries.len(), 1);
    // The subject has an umlaut, so it is an encoded word; Python's parser knows what it says.
    let script = "import email, email.policy, sys; print(email.message_from_file(sys.stdin, policy=email.policy.default)['subject'])";
    let read = run::with_input("/usr/bin/python3", &["-c", script], mails[0].as_bytes());
    assert_eq!(String::from_utf8(read.stdout).unwrap().trim(), "password.txt of Mail für Ada is open to everybody on this host");
}
