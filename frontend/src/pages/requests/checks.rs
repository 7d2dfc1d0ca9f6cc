//! What speaks for and against a request before anything is made.

use crate::view::*;
use certdeck_shared::api::request::{Request, RequestState};
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::request::{self, Weakness};

use super::draft::Draft;
use crate::components::form::field::Tone;
use crate::components::form::submission::Load;
use crate::components::icon::toned_glyph;
use crate::state::App;

/// One check.
#[derive(Clone, PartialEq)]
pub struct Check {
    /// Its outcome.
    pub tone: Tone,
    /// What was looked at, or what is wrong.
    pub words: String,
}

/// All checks, the worst first.
pub fn checks(app: App, draft: Draft, pending: &Load<Vec<Request>>, weak: &[Weakness]) -> Vec<Check> {
    let form = draft.form();
    let mut checks = Vec::new();
    let mut say = |tone, words: String| checks.push(Check { tone, words });
    let faults = request::validate(&form);
    for fault in &faults {
        say(Tone::Bad, fault.message.clone());
    }
    let accepted = draft.accept.get();
    for weakness in weak.iter().filter(|weakness| !accepted.contains(&weakness.id)) {
        say(Tone::Bad, ["Weak, and not ticked above: ", &weakness.id].concat());
    }
    let place = draft.place.get();
    if place == "existing" && draft.existing.with(String::is_empty) {
        say(Tone::Bad, "No key is chosen".to_owned());
    }
    if place == "browser" {
        if !crate::state::browser_key::makes(draft.key_algorithm()) {
            say(Tone::Bad, "Browsers make RSA, P-256, P-384 and Ed25519 keys".to_owned());
        } else if draft.keep.with(|keep| keep == "file") && draft.password.with(|password| password.chars().count() < 8) {
            say(Tone::Bad, "The file of the key needs a password of 8 characters or more".to_owned());
        } else {
            say(Tone::Ok, ["This browser makes ", draft.key_algorithm().words(), " keys"].concat());
        }
    } else if let Some(database) = app.database() {
        if database.token.login_required && !database.token.unlocked {
            say(Tone::Bad, "The database is locked. Unlock it above: making a key needs it.".to_owned());
        } else if let Some(reason) = draft.why_not_here().filter(|_| place == "new") {
            say(Tone::Bad, reason);
        } else {
            say(Tone::Ok, format!("Token is open and makes {} keys", draft.key_algorithm().words()));
        }
    }
    let nameless = weak.iter().any(|weakness| weakness.id == "no-alternative-names");
    // Of missing names the weak choices say more.
    for note in request::notes(&form).into_iter().filter(|note| !(nameless && note.starts_with("Browsers look"))) {
        say(Tone::Warn, note);
    }
    let subject = request::distinguished_name(&form);
    match same_subject(pending, &subject) {
        Some(nickname) => say(Tone::Warn, format!("The pending request {nickname} has the same subject.")),
        None => say(Tone::Ok, "No pending request has this subject".to_owned()),
    }
    let nickname = draft.nickname_or_name();
    if app.certificates.rows.with(|rows| {
        rows.iter()
            .any(|row| row.entry.nickname.as_deref() == Some(&nickname) && row.view.as_ref().is_ok_and(|view| view.subject != subject))
    }) {
        say(Tone::Warn, format!("The nickname {nickname} belongs to another subject here; the answer will need another one."));
    }
    if faults.is_empty() {
        let names = request::names(&form.subject_alternative_names).unwrap_or_default();
        say(
            Tone::Ok,
            match names.len() {
                0 => "Subject is complete".to_owned(),
                1 => "1 alternative name is well-formed".to_owned(),
                count => format!("{count} alternative names are well-formed"),
            },
        );
        if subject.first("2.5.4.6").is_some() {
            say(Tone::Ok, "Country is two letters of ISO 3166".to_owned());
        }
    }
    checks.sort_by_key(|check| match check.tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        Tone::Plain | Tone::Ok => 2,
    });
    checks
}

fn same_subject(pending: &Load<Vec<Request>>, subject: &DistinguishedName) -> Option<String> {
    let Load::Ready(requests) = pending else { return None };
    let same = |request: &&Request| {
        request.state == RequestState::Pending && request.subject.parse::<DistinguishedName>().is_ok_and(|name| name == *subject)
    };
    requests.iter().find(same).map(|request| request.nickname.clone())
}

/// The list, with a count in its heading.
pub fn view(checks: &[Check]) -> View {
    let count = |tone: Tone| checks.iter().filter(|check| check.tone == tone).count();
    let (pass, look, wrong) = (count(Tone::Ok), count(Tone::Warn), count(Tone::Bad));
    let mut parts = vec![format!("{pass} pass")];
    if look > 0 {
        parts.push(format!("{look} to look at"));
    }
    if wrong > 0 {
        parts.push(format!("{wrong} to put right"));
    }
    let rows: Vec<_> = checks
        .iter()
        .map(|check| {
            let (glyph, class, word) = match check.tone {
                Tone::Bad => ("expired", "bad", "Wrong"),
                Tone::Warn => ("soon", "warn", "Look"),
                Tone::Plain | Tone::Ok => ("ok", "ok", "Pass"),
            };
            view! { <li>{toned_glyph(glyph, class)}<span>{check.words.clone()}</span><span class=["w ", class].concat()>{word}</span></li> }
        })
        .collect();
    view! { <div class="sect-head"><h3>"Checks"</h3><span class="note">{parts.join(", ")}</span></div><ul class="checks">{rows}</ul> }
}
