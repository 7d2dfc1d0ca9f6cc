//! The first part of the start page: what needs a hand, and how much is watched.

use std::time::Duration;

use certdeck_shared::api::event::Event;
use certdeck_shared::api::notice::Urgency;
use certdeck_shared::api::today::{Today, Watched};

use super::concern::concern;
use super::weak::weak;
use crate::components::feedback::{failure, skeleton};
use crate::components::form::submission::{Load, load};
use crate::components::icon::{glyph, icon};
use crate::state::{App, clock};
use crate::transport::client;
use crate::view::*;

/// How long news are gathered before all is read again: a round of probes tells of each.
const GATHERING: Duration = Duration::from_millis(700);

/// The section; nothing as long as the console has nothing to watch.
pub fn today(app: App) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let read = move || load(app, slot, async move { client().today().await });
    read();
    follow(app, read);
    let own = Memo::new(move |_| app.databases.with(|databases| databases.iter().flatten().any(|database| !database.embedded)));
    let content = move || match slot.get() {
        Load::Waiting => own.get().then(|| framed(skeleton(3))),
        Load::Failed(words) => Some(framed(failure("It could not be read", words, Some(Callback::new(move |()| read()))))),
        Load::Ready(today) => (own.get() || has_something(&today)).then(|| framed(drawn(app, &today))),
    };
    view! { {content} }
}

fn framed(content: View) -> View {
    view! { <section class="ghost center solid today" aria-labelledby="today"><h2 id="today">"Today"</h2>{content}</section> }
}

fn has_something(today: &Today) -> bool {
    !today.concerns.is_empty() || today.watched.services > 0 || today.watched.endpoints > 0
}

/// Reads again when something happened, once for all that happens together.
fn follow(app: App, read: impl Fn() + Clone + Send + Sync + 'static) {
    let gathering = RwSignal::new(false);
    let first = StoredValue::new(true);
    effect(move || {
        app.told.track();
        let of_a_job = app.event.with(|event| matches!(event, Some(Event::JobChanged { .. })));
        if first.get_value() || of_a_job {
            return first.set_value(false);
        }
        if gathering.get_untracked() {
            return;
        }
        gathering.set(true);
        let read = read.clone();
        set_timeout(
            move || {
                // Whoever left meanwhile does not ask any more.
                if gathering.try_set(false).is_none() {
                    read();
                }
            },
            GATHERING,
        );
    });
}

fn drawn(app: App, today: &Today) -> View {
    let rows: Vec<View> = today.concerns.iter().map(|one| concern(app, one)).collect();
    let list = (!rows.is_empty()).then(|| view! { <ul class="concerns">{rows}</ul> });
    let print = move |_| {
        let _ = window().print();
    };
    view! {
        <div aria-live="polite">{verdict(today)}</div>
        {list}
        {weak(today)}
        <div class="row wrap">
            <p class="note">{watched(&today.watched)}</p>
            <span class="note push">{["As of ", &clock::exact(today.at)].concat()}</span>
            <button class="btn plain" type="button" on:click=print>{icon("file")}"Print"</button>
        </div>
    }
}

fn verdict(today: &Today) -> View {
    let count = today.concerns.len();
    let urgent = today.concerns.iter().filter(|one| one.urgency == Urgency::Urgent && one.looked_after_by.is_none()).count();
    let rest = today.concerns.iter().filter(|one| one.urgency != Urgency::Note).count();
    let (mark, tone, words) = match (urgent, rest, count + today.watched.weak) {
        (1, ..) => ("expired", "bad", "1 thing needs a hand now.".to_owned()),
        (2.., ..) => ("expired", "bad", format!("{urgent} things need a hand now.")),
        (0, 1, _) => ("soon", "warn", "1 thing needs a hand soon.".to_owned()),
        (0, 2.., _) => ("soon", "warn", format!("{rest} things need a hand soon.")),
        (0, 0, 0) => ("ok", "ok", "All is well.".to_owned()),
        (0, 0, _) => ("ok", "ok", "Nothing hurries.".to_owned()),
    };
    view! { <p class=["verdict ", tone].concat()>{glyph(mark)}<span><b>{words}</b></span></p> }
}

/// `14 of 15 endpoints are good, 1 weak. 3 databases with 812 certificates. 4 services.`
fn watched(watched: &Watched) -> String {
    let plural = |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    let mut sentences =
        vec![[plural(watched.databases, "database"), " with ".to_owned(), plural(watched.certificates, "certificate")].concat()];
    if watched.endpoints > 0 {
        let mut parts = vec![format!("{} of {} good", watched.good, plural(watched.endpoints, "endpoint"))];
        let more = [(watched.weak, "weak"), (watched.not_judged, "not judged")];
        parts.extend(more.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")));
        sentences.push(parts.join(", "));
    }
    let more = [
        (watched.services, plural(watched.services, "service")),
        (watched.deployments_running, format!("{} running", plural(watched.deployments_running, "deployment"))),
        (watched.snoozed, format!("{} snoozed", plural(watched.snoozed, "notice"))),
    ];
    sentences.extend(more.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words));
    [sentences.join(". "), ".".to_owned()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_is_said_in_numbers() {
        let none = Watched { databases: 1, certificates: 1, ..Watched::default() };
        assert_eq!(watched(&none), "1 database with 1 certificate.");
        let much = Watched {
            databases: 3,
            certificates: 812,
            services: 4,
            endpoints: 15,
            good: 12,
            weak: 1,
            not_judged: 2,
            deployments_running: 1,
            snoozed: 2,
        };
        assert_eq!(
            watched(&much),
            "3 databases with 812 certificates. 12 of 15 endpoints good, 1 weak, 2 not judged. 4 services. 1 deployment running. 2 notices snoozed."
        );
    }
}
