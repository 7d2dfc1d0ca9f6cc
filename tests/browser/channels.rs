//! Mail, syslog, the journal and a program, each set up in the page as a person does, tried, and told of what happens.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use certdeck_shared::api::notice::Message;
use support::browser::Browser;
use support::deck::Deck;
use support::pki::Pki;
use support::poll;
use support::post::Post;

const PATIENCE: Duration = Duration::from_secs(60);

/// A socket as syslog and the journal have one.
fn log(path: &Path) -> UnixDatagram {
    let socket = UnixDatagram::bind(path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// The next entry.
fn entry(socket: &UnixDatagram) -> String {
    let mut buffer = [0; 8_192];
    let length = tokio::task::block_in_place(|| socket.recv(&mut buffer)).unwrap();
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

/// Opens the form of a new channel of this kind, and gives it a name.
async fn begin(page: &Browser, kind: &str, name: &str) {
    page.find("body").await.send_keys("n").await.unwrap();
    page.click_at(&format!("input[name=channel-kind][value={kind}]")).await;
    page.fill("Name for people", name).await;
}

/// Sends the form and tries the channel that it makes.
async fn add_and_try(page: &Browser, name: &str, answer: &str) {
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures(&format!("channels-{name}")).await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("Nothing has gone there yet").await;
    page.click("Send a test").await;
    page.sees(answer).await;
    page.sees("The test was taken.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_logs_and_programs_are_set_up_tried_and_told() {
    let pki = Pki::new();
    let pair = pki.pair("mail.example.org");
    let post = tokio::task::block_in_place(|| Post::start(&pair));
    let deck = Deck::new().await;
    let place = |name: &str| deck.room.path().join(name);
    let (syslog, journal) = (log(&place("syslog")), log(&place("journal")));
    let page = Browser::start(1400, 1000).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    page.open(&format!("{}/notices/channels", deck.console.origin)).await;
    page.sees("Nobody is told yet").await;

    begin(&page, "mail", "Operations").await;
    page.fill("Mail server", "localhost").await;
    page.fill("Port", post.port("smtp").to_string()).await;
    page.fill("From", "Certdeck <certdeck@notices.test>").await;
    page.fill("To", "no address").await;
    page.click("CA of its own").await;
    page.fill("CA certificates that count for the server, PEM", pair.root_file()).await;
    page.click_at("aside form button[type=submit]").await;
    page.value::<bool>(
        "a field that is refused",
        "return document.querySelector('#channel-to')?.getAttribute('aria-invalid') === 'true' || null",
    )
    .await;
    page.fill("To", "ada@notices.test\ngrace@notices.test").await;
    add_and_try(&page, "mail", "250 2.0.0").await;
    // Each of the two people gets a copy.
    let mails = post.until_there_are(2).await;
    assert!(mails[0].contains("Somebody tries this channel.") && mails[0].contains("using TLSv1.3"), "{}", mails[0]);

    begin(&page, "syslog", "Log of the host").await;
    page.fill("Socket", place("syslog").display().to_string()).await;
    add_and_try(&page, "syslog", "1 written to").await;
    let line = entry(&syslog);
    assert!(line.starts_with("<30>1 ") && line.contains(" certdeck ") && line.contains(" test - "), "{line}");

    begin(&page, "syslog", "Journal").await;
    page.click_at("#channel-way option[value=journal]").await;
    page.fill("Socket", place("journal").display().to_string()).await;
    add_and_try(&page, "journal", "1 written to").await;
    let fields = entry(&journal);
    assert!(fields.starts_with("MESSAGE=") && fields.contains("\nSYSLOG_IDENTIFIER=certdeck\n"), "{fields}");

    let kept = place("messages.json");
    begin(&page, "command", "Program").await;
    page.fill("Program and arguments", format!("/usr/bin/tee\n-a\n{}", kept.display())).await;
    add_and_try(&page, "command", "exit status: 0").await;
    let messages = || -> Vec<Message> {
        let text = std::fs::read_to_string(&kept).unwrap_or_default();
        serde_json::Deserializer::from_str(&text).into_iter().map_while(Result::ok).collect()
    };
    assert_eq!(messages().iter().map(|message| message.notices.len()).collect::<Vec<_>>(), [0]);

    // What happens goes every way.
    let password = deck.database.directory().join("password.txt");
    std::fs::write(&password, "secret\n").unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mails = post.until_there_are(4).await;
    assert!(mails.iter().any(|mail| mail.contains("password.txt")), "{mails:?}");
    assert!(entry(&syslog).contains(" password-file-open - "));
    assert!(entry(&journal).contains("\nCERTDECK_KIND=password-file-open\n"));
    poll::until_true("the message to the program", PATIENCE, async || messages().len() == 2).await;
    page.click("Deliveries").await;
    page.sees("Operations").await;
    page.sees("Log of the host").await;
    page.is_quiet(&["400"]).await;
}
