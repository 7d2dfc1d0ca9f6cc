//! What the server says by itself (server-sent events): databases that changed, jobs that moved on.

use certdeck_shared::api::event::Event;
use certdeck_shared::api::paths;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::App;

/// Listens until the page is closed. The browser connects again by itself when the line breaks.
pub fn listen(app: App) {
    let Ok(source) = EventSource::new(paths::EVENTS) else { return };
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        let Some(text) = message.data().as_string() else { return };
        match serde_json::from_str::<Event>(&text) {
            Ok(event) => hear(app, event),
            // What only one page understands it takes from the text.
            Err(_) => app.told.set(Some(text.into())),
        }
    });
    for name in [
        "message",
        "approvals-changed",
        "database-changed",
        "databases-changed",
        "job-changed",
        "deployment-changed",
        "endpoints-probed",
        "notices-changed",
        "urgent-counted",
    ] {
        let _ = source.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    }
    // Lives as long as the page.
    heard.forget();
}

fn hear(app: App, event: Event) {
    match &event {
        Event::DatabaseChanged { database, revision } => {
            app.refresh_databases();
            app.certificates.changed(app, database, revision);
        }
        Event::DatabasesChanged => app.refresh_databases(),
        Event::ApprovalsChanged { waiting } => app.approvals.set(Some(*waiting)),
        Event::UrgentCounted { count } => return app.urgent.set(*count),
        Event::JobChanged { .. } | Event::DeploymentChanged { .. } | Event::EndpointsProbed(_) | Event::NoticesChanged => {}
    }
    app.event.set(Some(event));
}
