//! Notices in the page: the policy, a channel to a receiver that really answers, what is told and by which way, the calendar and the board.

use std::time::Duration;

use certdeck_shared::api::account::NewUser;
use certdeck_shared::api::notice::{Message, NoticeKind, Stage};
use certdeck_shared::api::role::{Grants, Role};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use support::browser::Browser;
use support::certificates::{Authority, from_pem};
use support::deck::{Deck, item};
use support::receiver::{Manner, Receiver};
use support::run::{self, openssl};
use thirtyfour::Key;

async fn part(page: &Browser, deck: &Deck, name: &str) {
    page.open(&format!("{}/notices{name}", deck.console.origin)).await;
}

/// Empties a field as a person does and types.
async fn retype(page: &Browser, selector: &str, text: &str) {
    let field = page.find(selector).await;
    field.send_keys(Key::Control + "a").await.unwrap();
    field.send_keys(Key::Delete + "").await.unwrap();
    field.send_keys(text).await.unwrap();
}

async fn press(page: &Browser, key: &str) {
    page.find("body").await.send_keys(key).await.unwrap();
}

/// What a webhook's signature must be, by OpenSSL.
fn is_signed(signature: &str, body: &[u8], secret: &str) {
    let (time, signature) = signature.split_once(",v1=").unwrap();
    let key = PKey::hmac(secret.as_bytes()).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.update(format!("{}.", time.strip_prefix("t=").unwrap()).as_bytes()).unwrap();
    signer.update(body).unwrap();
    let expected: String = signer.sign_to_vec().unwrap().iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(signature, expected);
}

/// A webhook made by page, with a secret that the console made: shown once.
async fn webhook(page: &Browser, receiver: &Receiver) -> String {
    page.click("Add a channel").await;
    page.fill("Name for people", "Hook").await;
    page.click_at("input[name=channel-kind][value=webhook]").await;
    page.fill("Address", "https://127.0.0.1:1/hook").await;
    page.click("CA of its own").await;
    page.fill("CA certificates that count for the server, PEM", receiver.ca.as_str()).await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("leads to this host or into a private network").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("notices-channel-form").await;
    page.fill("Address", receiver.url.as_str()).await;
    page.click_at("aside form label.check input").await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("It is shown now and never again").await;
    page.value("the secret", "return document.querySelector('main pre.code')?.innerText ?? null").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_set_a_channel_tried_and_a_notice_told_shown_and_snoozed() {
    let (deck, receiver) = (Deck::new().await, Receiver::start());
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    part(&page, &deck, "").await;
    page.sees("Nothing is to be told").await;
    page.sees("Nobody is told of these").await;
    press(&page, "gw").await;
    page.sees("Nothing is watched yet").await;
    press(&page, "gn").await;
    page.click("Channels").await;
    page.sees("Nobody is told yet").await;
    let secret = webhook(&page, &receiver).await;

    page.click("Send a test").await;
    page.sees("The test was taken.").await;
    page.sees("200 thanks").await;
    receiver.behave(Manner::Fails);
    press(&page, "t").await;
    page.sees("The test was not taken.").await;
    page.sees("500 sorry").await;
    page.sees("Fails").await;
    page.pictures("notices-channels").await;
    receiver.behave(Manner::Takes);
    let received = receiver.received();
    assert_eq!(received.len(), 2);
    is_signed(&received[0].signature, &received[0].body, &secret);
    page.click("I have kept it").await;
    let shown: String = page.value("the page's text", "return document.body.innerText").await;
    assert!(!shown.contains(&secret), "the secret is shown again");

    let authority = Authority::new("Furnishing CA");
    deck.import(vec![item(authority.leaf("leaf.example.org"), "leaf.example.org", ",,")]).await;
    page.click("Expiry policy").await;
    page.sees("29 days 16 hours before the end").await;
    retype(&page, "#policy-preview", "10").await;
    page.sees("3 days 7 hours before the end").await;
    let first = "input[aria-label='First notice, days before the end']";
    retype(&page, first, "0").await;
    page.click("Save the policy").await;
    page.sees("There are 1 to 3,650 days").await;
    page.click("As it was").await;
    page.value::<bool>("the days as they were", &format!("return document.querySelector(\"{first}\").value === '30' || null")).await;
    page.sees("Saving it tells nobody of anything at once").await;
    page.click("Rule").await;
    page.click_at("select[id^=rule-by] option[value=issuer]").await;
    page.fill("Common name, organization or whole name of the CA", "furnishing ca").await;
    retype(&page, &format!(".rules {first}"), "3650").await;
    retype(&page, ".rules input[aria-label='First notice, percent of the lifetime']", "").await;
    page.sees("When it is saved, 1 is told of at once").await;
    let foreseen = "const row = [...document.querySelectorAll('.foreseen tbody tr')].find(row => row.innerText.includes('leaf.example.org')); return row?.innerText.includes('Rule 1') && row.innerText.includes('at once') || null";
    page.value::<bool>("the certificate under the rule", foreseen).await;
    assert!(deck.client.notices(false).await.unwrap().is_empty(), "nothing is told before it is saved");
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("notices-policy").await;
    page.click("Command lines").await;
    page.click("REST").await;
    page.sees("/api/v1/notices/policy").await;
    page.click("Close the command lines").await;
    page.click("Save the policy").await;
    page.sees("As it counts now").await;

    page.click("To be told").await;
    page.sees("leaf.example.org in").await;
    page.sees("time to renew").await;
    page.sees("By which channels").await;
    page.sees("taken, 200 thanks").await;
    let received = receiver.received();
    let message: Message = serde_json::from_slice(&received.last().unwrap().body).unwrap();
    let told = &message.notices[0].notice;
    assert_eq!((told.kind, told.stage.as_str()), (NoticeKind::CertificateDue, Stage::FirstNotice.name()));
    page.pictures("notices-open").await;
    page.fill("Filter", "-kind:certificate").await;
    page.sees("No notice matches").await;
    page.click("Show all").await;
    page.fill("Filter", "LEAF.example kind:\"that ends\"").await;
    page.sees("1 shown, 1 open").await;
    page.find("#notice-filter").await.send_keys(Key::Escape + "").await.unwrap();
    press(&page, "a").await;
    page.sees("looks after it: no reminders").await;
    press(&page, "z").await;
    page.sees("Nobody is told of it until").await;
    page.sees("1 open, 1 of them snoozed").await;
    let notice = deck.client.notices(false).await.unwrap().remove(0);
    assert!(notice.snoozed_until.is_some() && notice.acknowledged_by.is_some() && notice.id == told.id, "{notice:?}");
    page.click("Snooze").await;
    page.click("Wake it").await;
    page.sees("1 open").await;

    // What somebody else does appears by itself, and is over with that.
    page.click("Over").await;
    page.sees("Nothing is over yet").await;
    deck.database.add("stranger", ",,", &authority.leaf("stranger.example.org"));
    page.sees("Certificate that somebody else added").await;
    page.click("Deliveries").await;
    page.sees("A test: notices of Certdeck come this way").await;
    page.sees("stranger").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("notices-deliveries").await;

    page.click("Channels").await;
    page.click("Edit").await;
    page.fill("Name for people", "Pager").await;
    page.click_at("aside form button[type=submit]").await;
    page.sees("Pager").await;
    page.click("Send a test").await;
    page.sees("The test was taken.").await;
    let received = receiver.received();
    is_signed(&received.last().unwrap().signature, &received.last().unwrap().body, &secret);
    page.click("Switch off").await;
    page.sees("Nothing goes there until it is switched on").await;
    page.click("Remove").await;
    page.click("Remove it, and what waits for it").await;
    page.sees("Nobody is told yet").await;
    assert!(deck.client.channels().await.unwrap().is_empty());
    page.is_quiet(&["400"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_says_what_breaks_and_the_calendar_is_read_by_whoever_has_its_address() {
    let deck = Deck::new().await;
    let key = deck.room.path().join("key.pem");
    let extension = |text: &'static str| ["-addext", text];
    let mut arguments = vec!["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "398"];
    arguments.extend(["-keyout", key.to_str().unwrap(), "-subj", "/CN=shop.example.org"]);
    arguments.extend(extension("basicConstraints=critical,CA:FALSE"));
    arguments.extend(extension("certificatePolicies=2.23.140.1.2.1"));
    arguments.extend(extension("extendedKeyUsage=serverAuth,clientAuth"));
    let public = from_pem(&String::from_utf8(openssl(&arguments, b"")).unwrap()).remove(0);
    deck.import(vec![item(public, "shop", ",,")]).await;
    let page = Browser::start(1400, 900).await;
    page.sign_in(&deck.console).await;
    page.is_quiet(&["401"]).await;
    part(&page, &deck, "/board").await;
    page.sees("longer than the limit that counts for it: browsers refuse it").await;
    page.sees("Public certificates for clients").await;
    page.sees("Refused").await;
    assert_eq!(page.unnamed_controls().await, Vec::<String>::new());
    page.pictures("notices-board").await;
    page.click("shop.example.org").await;
    page.arrives(&deck.named("shop").await.fingerprint_sha256).await;

    part(&page, &deck, "/calendar").await;
    page.sees("There is no calendar").await;
    page.click("Make an address").await;
    page.sees("It is shown now and never again").await;
    let shown = "return document.querySelector('main pre.code')?.innerText ?? null";
    let address: String = page.value("the address", shown).await;
    assert!(address.starts_with(&deck.console.origin), "{address}");
    let feed = |address: &str| run::must("curl", &["-sk", "-w", "\n%{http_code}", address]);
    assert!(feed(&address).contains("SUMMARY:shop in "), "{}", feed(&address));
    page.pictures("notices-calendar").await;
    page.click("Make another address").await;
    let other =
        format!("const text = document.querySelector('main pre.code')?.innerText; return text && text !== '{address}' ? text : null");
    let other: String = page.value("another address", &other).await;
    assert!(feed(&address).ends_with("404") && feed(&other).ends_with("200"));
    page.click("End the calendar").await;
    page.sees("There is no calendar").await;
    assert!(feed(&other).ends_with("404"));
    page.is_quiet(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_look_sees_notices_and_decides_nothing() {
    const PASSWORD: &str = "a walk by the sea, 1851";
    let deck = Deck::new().await;
    let reader = NewUser { user_name: "grace".to_owned(), password: PASSWORD.to_owned(), grants: Grants::everywhere(Role::Viewer) };
    deck.client.create_user(&reader).await.unwrap();
    let authority = Authority::new("Furnishing CA");
    deck.import(vec![item(authority.leaf("leaf.example.org"), "leaf.example.org", ",,")]).await;
    let mut policy = deck.client.expiry_policy().await.unwrap();
    policy.otherwise.first_notice.days = Some(3_650);
    policy.otherwise.first_notice.percent = None;
    deck.client.set_expiry_policy(&policy).await.unwrap();
    support::poll::until_true("the notice", Duration::from_secs(30), async || !deck.client.notices(false).await.unwrap().is_empty()).await;

    let narrow = Browser::start(400, 800).await;
    narrow.open(&format!("{}/sign-in", deck.console.origin)).await;
    narrow.fill("User name", "grace").await;
    narrow.fill("Password", PASSWORD).await;
    narrow.click("Sign in").await;
    narrow.sees("Where to begin").await;
    // Where to begin looks for databases of the host, which a reader may not.
    narrow.is_quiet(&["401", "403"]).await;
    narrow.click("Notices").await;
    narrow.sees("leaf.example.org in").await;
    narrow.click_at(".grid.told tbody tr").await;
    narrow.sees("time to renew").await;
    let offered = "return [...document.querySelectorAll('aside button')].some(button => /Snooze|Look after/.test(button.innerText))";
    assert!(!narrow.value::<bool>("the buttons", offered).await);
    narrow.click("Back to the list").await;
    for (name, words) in [
        ("/policy", "An administrator can change this"),
        ("/channels", "Channels are for administrators"),
        ("/deliveries", "What was sent to whom is for administrators"),
        ("/calendar", "An administrator makes and ends the address"),
        ("/board", "200 days"),
    ] {
        part(&narrow, &deck, name).await;
        narrow.sees(words).await;
        let wider: bool = narrow.value("a width", "return document.documentElement.scrollWidth > window.innerWidth + 1").await;
        assert!(!wider, "{name} is wider than a narrow window");
        assert_eq!(narrow.unnamed_controls().await, Vec::<String>::new(), "{name}");
    }
    part(&narrow, &deck, "/policy").await;
    narrow.value::<bool>("fields that are locked", "return document.querySelector('.leads input')?.matches(':disabled') || null").await;
    narrow.is_quiet(&[]).await;
}
