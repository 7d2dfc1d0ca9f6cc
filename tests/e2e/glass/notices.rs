//! Notices: curl's lines by the console; secrets come from files.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use certdeck_shared::api::notice::{ChannelChange, ChannelTarget, DeliveryState, ExpiryPolicy, NewChannel, NoticeChange, Urgency};
use certdeck_shared::glass::Action;
use serde_json::Value;
use support::receiver::Receiver;

use super::Shell;

const SECRET: &str = "first compiler, 1952";

/// Runs curl's lines, which have no secret; what was answered.
async fn rest(shell: &Shell, action: Action) -> Value {
    let lines = shell.console_lines(&action).await.rest;
    assert!(!lines.is_empty() && lines.iter().all(|line| !line.command.contains(SECRET) && !line.command.contains("/hook")), "{lines:?}");
    let said = shell.run(&lines);
    if said.is_empty() { Value::Null } else { serde_json::from_str(&said).unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_told_by_curl() {
    let (mut shell, receiver) = (Shell::new().await, Receiver::start());
    let files = shell.deck.room.path().to_owned();
    std::fs::write(files.join("webhook-url"), format!("{}\n", receiver.url)).unwrap();
    for (name, file) in [("CHANNEL_SECRET_FILE", "user-password"), ("WEBHOOK_URL_FILE", "webhook-url")] {
        shell.environment.push((name.to_owned(), files.join(file).display().to_string()));
    }
    let target = ChannelTarget::Webhook { url: receiver.url.clone(), allow_private: true, ca: Some(receiver.ca.clone()) };
    let body = NewChannel { label: "Hook".to_owned(), target, secret: Some(SECRET.to_owned()), kinds: Vec::new(), at_least: Urgency::Note };
    let channel = rest(&shell, Action::CreateChannel { body }).await["channel"]["id"].as_str().unwrap().to_owned();
    let tested = rest(&shell, Action::TestChannel { channel: channel.clone() }).await;
    assert_eq!((tested["state"].as_str(), receiver.received().len()), (Some("delivered"), 1), "{tested:#}");

    let body = ExpiryPolicy { remind_after_hours: 24, ..ExpiryPolicy::default() };
    rest(&shell, Action::SetExpiryPolicy { body: body.clone() }).await;
    assert_eq!(rest(&shell, Action::ShowExpiryPolicy).await, serde_json::to_value(&body).unwrap());
    let file = shell.deck.database.directory().join("password.txt");
    std::fs::write(&file, "x\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let notices = support::poll::until("a notice", Duration::from_secs(90), async || {
        let notices = rest(&shell, Action::ListNotices { over: false }).await;
        notices.as_array().is_some_and(|all| !all.is_empty()).then_some(notices)
    })
    .await;
    let notice = notices[0]["id"].as_str().unwrap().to_owned();
    let body = NoticeChange { acknowledged: Some(true), ..NoticeChange::default() };
    assert_eq!(rest(&shell, Action::ChangeNotice { notice, body }).await["acknowledged_by"], "token:glass");
    support::poll::until_true("the message", Duration::from_secs(90), async || {
        let deliveries = rest(&shell, Action::ListDeliveries { channel: Some(channel.clone()) }).await;
        deliveries.as_array().unwrap().len() == 2 && deliveries[0]["state"] == serde_json::json!(DeliveryState::Delivered)
    })
    .await;

    let body = ChannelChange { enabled: Some(false), secret: Some(SECRET.to_owned()), ..ChannelChange::default() };
    assert_eq!(rest(&shell, Action::ChangeChannel { channel: channel.clone(), body }).await["enabled"], false);
    rest(&shell, Action::RemoveChannel { channel }).await;
    assert_eq!(rest(&shell, Action::ListChannels).await.as_array().map(Vec::len), Some(0));
    assert_eq!(rest(&shell, Action::ShowBoard).await["milestones"].as_array().map(Vec::len), Some(3));
    assert!(rest(&shell, Action::MakeCalendar).await["path"].as_str().unwrap().ends_with(".ics"));
    assert!(rest(&shell, Action::ShowCalendar).await["since"].is_string());
    rest(&shell, Action::EndCalendar).await;
    assert!(rest(&shell, Action::ShowCalendar).await["since"].is_null());
}
