//! Beside a recommendation of Mozilla's.

use certdeck_shared::api::inventory::{ClientFare, ComparedProfile, Difference, ProfileComparison, Subject};

use crate::components::icon::glyph;
use crate::view::*;

/// What is more, what is less, and how clients fare.
pub fn compared(comparison: &ProfileComparison) -> View {
    let name = match comparison.profile {
        ComparedProfile::Modern => "modern",
        ComparedProfile::Intermediate => "intermediate",
        ComparedProfile::Old => "old",
    };
    let (mark, tone, words) = match (comparison.extra.is_empty(), comparison.missing.is_empty()) {
        (true, true) => ("ok", "ok", "Served as it is recommended."),
        (true, false) => ("ok", "ok", "Nothing beyond what is recommended."),
        (false, _) => ("soon", "warn", "More is served than is recommended."),
    };
    let preference = match comparison.preference_fits {
        Some(false) => Some(view! { <p class="note">"The order of suites counts another way than the profile wants."</p> }),
        _ => None,
    };
    let clients: Vec<View> = comparison.clients.iter().map(client).collect();
    let clients = (!clients.is_empty()).then(|| {
        view! {
            <details class="more"><summary>"How clients fare"</summary>
                <table class="compare"><thead><tr><th scope="col">"Client"</th><th scope="col">"Version"</th><th scope="col">"Cipher suite"</th></tr></thead><tbody>{clients}</tbody></table>
            </details>
        }
    });
    let title = ["Beside Mozilla's profile ", name].concat();
    let version = ["Guidelines ", &comparison.version].concat();
    view! {
        <section class="sect stack">
            <div class="sect-head"><h3>{title}</h3><span class="note">{version}</span></div>
            <p class=["verdict ", tone].concat()>{glyph(mark)}<span>{words}</span></p>
            <dl class="facts">{differences("Served and not recommended", &comparison.extra)}{differences("Recommended and not served", &comparison.missing)}</dl>
            {preference}
            {clients}
        </section>
    }
}

/// Under a head, a line for each kind of thing.
fn differences(head: &'static str, all: &[Difference]) -> View {
    if all.is_empty() {
        return View::nothing();
    }
    let kinds = [("Versions", Subject::Protocol), ("Suites", Subject::Suite), ("Groups", Subject::Group)];
    let rows: Vec<View> = kinds
        .into_iter()
        .filter_map(|(name, subject)| {
            let names: Vec<View> = all
                .iter()
                .filter(|one| one.subject == subject)
                .map(|one| view! { <code class="break">{one.name.clone()}</code><br/> })
                .collect();
            (!names.is_empty()).then(|| view! { <dt>{name}</dt><dd>{names}</dd> })
        })
        .collect();
    view! { <dt class="group">{head}</dt>{rows} }
}

fn client(fare: &ClientFare) -> View {
    let version = fare.version.map_or("no connection", |version| version.name());
    view! { <tr><td>{fare.client.clone()}</td><td>{version}</td><td><code class="break">{fare.suite.clone().unwrap_or_default()}</code></td></tr> }
}
