//! What is done with a notice: it rests for a while, or somebody looks after it.

use certdeck_shared::api::notice::{About, NoticeChange, NoticeState};
use certdeck_shared::api::role::{Right, Subject};

use super::list::List;
use super::words::rests;
use crate::components::icon::icon;
use crate::components::layout::bar::menu;
use crate::state::clock;
use crate::transport::client;
use crate::view::*;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Tells nobody of the chosen notice until then; without a time that ends.
pub fn snooze(list: List, until: Option<i64>) {
    let words = if until.is_some() { "Snoozed" } else { "Awake again" };
    let until = clock::at(until.unwrap_or_default());
    change(list, NoticeChange { snoozed_until: Some(until), acknowledged: None }, words);
}

/// Takes it upon whoever calls, or gives that back.
pub fn look_after(list: List) {
    let taken = list.chosen.with_untracked(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.acknowledged_by.is_some()));
    let words = if taken { "Nobody looks after it any more" } else { "You look after it" };
    change(list, NoticeChange { snoozed_until: None, acknowledged: Some(!taken) }, words);
}

/// Whether whoever is signed in may: to a database by its grants, to an endpoint by those for services, which the server holds against its own.
pub fn may(list: List) -> bool {
    let app = list.notifying.app;
    list.chosen.with(|chosen| {
        chosen.as_ref().is_some_and(|notice| match &notice.about {
            About { endpoint: Some(_), .. } => app.may_somewhere(Right::Watch),
            About { database: Some(database), .. } => app.may_to(Right::Watch, Subject::Database(database)),
            _ => app.may(Right::Watch),
        })
    })
}

fn change(list: List, change: NoticeChange, words: &'static str) {
    let open = |chosen: &Option<_>| {
        chosen
            .as_ref()
            .filter(|chosen: &&std::sync::Arc<certdeck_shared::api::notice::Notice>| chosen.state == NoticeState::Open)
            .map(|chosen| chosen.id.clone())
    };
    let notifying = list.notifying;
    let Some(id) = list.chosen.with_untracked(open).filter(|_| untrack(|| may(list))) else { return };
    notifying.acting.run(async move { client().change_notice(&id, &change).await }, move |_| {
        notifying.app.announce(words);
        notifying.read();
    });
}

/// The buttons beneath the verdict of an open notice.
pub fn buttons(list: List) -> View {
    let acting = list.notifying.acting;
    let taken = Memo::new(move |_| list.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| chosen.acknowledged_by.is_some())));
    let resting =
        Memo::new(move |_| list.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| rests(chosen, list.notifying.app.now.get()))));
    let snoozing = move || {
        let item = |words: &'static str, days: i64| view! { <button role="menuitem" type="button" on:click=move |_| snooze(list, Some(clock::now() + days * DAY))>{words}</button> };
        let wake =
            resting.get().then(|| view! { <button role="menuitem" type="button" on:click=move |_| snooze(list, None)>"Wake it"</button> });
        view! { {item("For a day", 1)}{item("For a week", 7)}{item("For 30 days", 30)}{wake} }
    };
    view! {
        <div class="row tight wrap">
            <button class="btn" type="button" disabled=acting.busy on:click=move |_| look_after(list)>
                {icon("user")}{move || if taken.get() { "No longer look after it" } else { "Look after it" }}<kbd aria-hidden="true">"a"</kbd>
            </button>
            {menu("btn-menu", view! { "Snooze"{icon("down")} }, "Snooze".to_owned(), snoozing)}
        </div>
        {acting.faults.callout()}
    }
}
