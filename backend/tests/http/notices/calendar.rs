//! The calendar of ends.

use std::path::Path;
use std::process::Command;

use http::Method;
use serde_json::{Value, json};

use super::Scene;

#[tokio::test]
async fn the_calendar_is_read_without_signing_in_by_whoever_has_its_address() {
    let scene = Scene::new().await;
    scene.make("mail, post; Ada", "mail.example.org", "202702");
    assert_eq!(scene.ok(Method::GET, "/api/v1/notices/calendar", &Value::Null).await, json!({"since": null}));
    let made = scene.ok(Method::POST, "/api/v1/notices/calendar", &Value::Null).await;
    let path = made["path"].as_str().unwrap().to_owned();
    let feed = scene.deck.get(&path, &[]).await;
    assert_eq!((feed.status.as_u16(), feed.header("content-type")), (200, "text/calendar; charset=utf-8"));
    for wrong in ["/api/v1/notices/calendar/x.ics", path.trim_end_matches(".ics"), "/api/v1/notices/calendar/.ics"] {
        assert_eq!(scene.deck.get(wrong, &[]).await.code(), "not-found", "{wrong}");
    }
    let file = scene.room.path().join("feed.ics");
    std::fs::write(&file, &feed.text).unwrap();
    let read = parsed(&file);
    let event = &read["events"][0];
    assert_eq!((read["events"].as_array().unwrap().len(), &read["errors"], &event["errors"]), (1, &json!([]), &json!([])), "{read:#}");
    assert_eq!(
        (event["summary"].as_str(), event["end"].as_str()),
        (Some("mail, post; Ada in Mail expires"), Some("2027-02-22T00:00:00+00:00"))
    );
    // Debian's parser takes backslashes away twice, so that those of the name itself are lost.
    assert!(event["description"].as_str().unwrap().contains("\nIssued by CN=mail.example.org"), "{event}");
    assert_eq!(event["alarm"], json!([-30.0 * 86_400.0]), "by the default rule");
    scene.ok(Method::POST, "/api/v1/notices/calendar", &Value::Null).await;
    assert_eq!(scene.deck.get(&path, &[]).await.code(), "not-found", "a new address ends the old one");
    scene.ok(Method::DELETE, "/api/v1/notices/calendar", &Value::Null).await;
    assert!(!scene.ok(Method::GET, "/api/v1/audit", &Value::Null).await.to_string().contains(&path));
}

/// What Debian's python3-icalendar makes of a feed.
#[expect(clippy::disallowed_methods, reason = "a foreign program")]
fn parsed(file: &Path) -> Value {
    const SCRIPT: &str = "
import icalendar, json, sys
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())
print(json.dumps({'events': [{
    'summary': str(event['summary']), 'description': str(event['description']), 'end': event['dtstart'].dt.isoformat(), 'uid': str(event['uid']),
    'alarm': [alarm['trigger'].dt.total_seconds() for alarm in event.walk('valarm')], 'errors': [str(error) for error in event.errors],
} for event in calendar.walk('vevent')], 'errors': [str(error) for error in calendar.errors], 'version': str(calendar['version'])}))";
    let output = Command::new("/usr/bin/python3").arg("-c").arg(SCRIPT).arg(file).output().unwrap();
    assert!(output.status.success(), "python3-icalendar: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
