//! One thing that needs a hand: how much it hurries, what is so, and the way to the place that cures it.

use certdeck_shared::api::notice::Urgency;
use certdeck_shared::api::today::{Concern, Concerned};

use crate::components::icon::state;
use crate::place::Place;
use crate::state::{App, clock};
use crate::view::*;

/// A line.
pub fn concern(app: App, one: &Concern) -> View {
    let (glyph, tone, word) = match one.urgency {
        Urgency::Urgent => ("expired", "bad", "Now"),
        Urgency::Soon => ("soon", "warn", "Soon"),
        Urgency::Note => ("info", "off", "Note"),
    };
    let since = one.since.map(|at| ["Since ", &clock::exact(at), "."].concat());
    let who = one.looked_after_by.as_ref().map(|who| [who, " looks after it."].concat());
    let notes: Vec<String> = since.into_iter().chain(who).collect();
    let notes = (!notes.is_empty()).then(|| view! { <span class="note">{notes.join(" ")}</span> });
    let (words, href) = way(&one.about);
    let label = [words, ": ", &one.title].concat();
    // The page of databases shows the one that is chosen.
    let database = match &one.about {
        Concerned::Database { database } | Concerned::Token { database } => Some(database.clone()),
        _ => None,
    };
    let choose = move |_| {
        if database.is_some() {
            app.selected.set(database.clone());
        }
    };
    view! {
        <li>
            {state(glyph, tone, word)}
            <span><b>{one.title.clone()}</b><span>{one.words.clone()}</span>{notes}</span>
            <a class="btn" href=href aria-label=label on:click=choose>{words}</a>
        </li>
    }
}

/// The words of the link, and where it leads.
fn way(about: &Concerned) -> (&'static str, String) {
    match about {
        Concerned::Certificate { database, fingerprint_sha256 } => {
            ("Certificate", Place::Certificate(database.clone(), fingerprint_sha256.clone()).path())
        }
        Concerned::Endpoint { endpoint } => ("Endpoint", Place::Endpoint(endpoint.clone()).path()),
        Concerned::Deployment { deployment } => ("Deployment", Place::Deployment(deployment.clone()).path()),
        Concerned::Database { .. } => ("Database", Place::Databases.path()),
        Concerned::Token { database } => ("Unlock", Place::Tokens(database.clone()).path()),
        Concerned::Channel { .. } => ("Notices", "/notices".to_owned()),
    }
}
