//! What is to be told now, and what is over: the list, and the chosen one beside it.

use std::sync::Arc;

use certdeck_shared::api::notice::{Notice, NoticeState, Urgency};
use certdeck_shared::glass::Action;
use wasm_bindgen::JsValue;

use super::filter::Filter;
use super::notifying::{Notifying, once_read};
use super::words::{kind_words, notice_mark, rests, urgency_mark};
use super::{acting, chosen, page};
use crate::components::feedback::{callout, empty};
use crate::components::form::search::search;
use crate::components::icon::{hint, icon, state};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{address, browser, clock};
use crate::view::*;

/// What the filter understands.
const FIELDS: &str = "Words must all be found. kind: urgency: about: by: narrow to a field; - in front turns it round.";

/// Which notices are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// What is still so.
    Open,
    /// Of these, what hurries so much.
    Only(Urgency),
    /// What is over.
    Over,
}

impl Show {
    const ALL: [Self; 5] = [Self::Open, Self::Only(Urgency::Urgent), Self::Only(Urgency::Soon), Self::Only(Urgency::Note), Self::Over];

    fn has(self, notice: &Notice) -> bool {
        let open = notice.state == NoticeState::Open;
        match self {
            Self::Open => open,
            Self::Only(urgency) => open && notice.urgency == urgency,
            Self::Over => !open,
        }
    }
}

/// The state of the list. Cheap to copy: signals only.
#[derive(Clone, Copy)]
pub struct List {
    pub notifying: Notifying,
    pub all: Memo<Vec<Arc<Notice>>>,
    show: RwSignal<Show>,
    filter: RwSignal<String>,
    rows: Memo<Vec<Arc<Notice>>>,
    /// The one beside the list.
    pub chosen: Memo<Option<Arc<Notice>>>,
    /// Whether it covers the list, in a narrow window.
    pushed: RwSignal<bool>,
}

impl List {
    fn new(notifying: Notifying) -> Self {
        let told = notifying.told();
        let all = Memo::new(move |_| {
            told.with(|told| match told {
                Some(Ok(notices)) => notices.iter().cloned().map(Arc::new).collect(),
                _ => Vec::new(),
            })
        });
        let show = RwSignal::new(Show::Open);
        let filter = RwSignal::new(address::asked("filter").unwrap_or_default());
        let parsed = Memo::new(move |_| filter.with(|text| Filter::parse(text)));
        let rows = Memo::new(move |_| {
            let has = |notice: &&Arc<Notice>| show.get().has(notice) && parsed.with(|filter| filter.has(notice));
            let mut rows: Vec<Arc<Notice>> = all.with(|all| all.iter().filter(has).cloned().collect());
            let now = notifying.app.now.get();
            // What hurries most comes first, what rests last; what is over stays in the order of its end.
            if show.get() != Show::Over {
                rows.sort_by_key(|notice| (rests(notice, now), notice.urgency));
            }
            rows
        });
        let named = Memo::new(move |_| {
            notifying.app.place.with(|place| match place {
                Place::Notices(id) if !id.is_empty() => Some(id.clone()),
                _ => None,
            })
        });
        let chosen = Memo::new(move |_| match named.get() {
            Some(id) => all.with(|all| all.iter().find(|notice| notice.id == id).cloned()),
            None if browser::is_narrow() => None,
            None => rows.with(|rows| rows.first().cloned()),
        });
        let pushed = RwSignal::new(named.with_untracked(Option::is_some));
        Self { notifying, all, show, filter, rows, chosen, pushed }
    }

    /// Chooses a notice. The address says which: it is copied, kept and opened again.
    fn choose(self, id: &str) {
        self.notifying.acting.faults.clear();
        go(self.notifying, id);
    }

    /// Closes what covers the list.
    pub fn close(self) {
        self.pushed.set(false);
        go(self.notifying, "");
    }

    fn step(self, by: isize) {
        let here = self.chosen.with_untracked(|chosen| chosen.as_ref().map(|chosen| chosen.id.clone()));
        let next = self.rows.with_untracked(|rows| {
            let here = rows.iter().position(|notice| Some(&notice.id) == here.as_ref());
            let next = here.map_or(0, |here| here.saturating_add_signed(by).min(rows.len().saturating_sub(1)));
            rows.get(next).map(|notice| notice.id.clone())
        });
        if let Some(id) = next {
            self.choose(&id);
        }
    }
}

fn go(notifying: Notifying, id: &str) {
    let place = Place::Notices(id.to_owned());
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&place.path()));
    }
    notifying.app.place.set(place);
}

/// The part.
pub fn notices(notifying: Notifying) -> View {
    let list = List::new(notifying);
    notifying.app.keyboard.register(commands(list));
    let shape = move || match (list.chosen.with(Option::is_some), list.pushed.get()) {
        (true, true) => "panes list-detail notices is-pushed",
        (true, false) => "panes list-detail notices",
        (false, _) => "panes list-only notices",
    };
    let read = Callback::new(move |()| notifying.read());
    let content = view! {
        {chips(list)}
        {nobody(notifying)}
        {once_read(notifying.told(), read, move || table(list))}
    };
    let foot = view! {
        <span>{move || counted(list)}</span>
        {hint("j k", "move")}{hint("z", "snooze")}{hint("a", "look after it")}
        <span class="push">"Newest first within each, times in UTC"</span>
    };
    let again = view! {
        {search(ids::NOTICE_FILTER, list.filter, "Filter: name, database, kind:trust", FIELDS)}
        <button class="btn push" type="button" on:click=move |_| notifying.read()>{icon("renew")}"Read again"</button>
    };
    let main = page::pane(notifying, again, content, foot, || Action::ListNotices { over: true });
    let beside = move || view! { <aside class="pane" aria-label="The chosen notice">{chosen::chosen(list)}</aside> };
    view! { <div class=shape>{main}{when(move || list.chosen.with(Option::is_some), beside)}</div> }
}

/// How many there are of each, a button that shows these alone.
fn chips(list: List) -> View {
    let chips: Vec<View> = Show::ALL
        .into_iter()
        .map(|show| {
            let words = match show {
                Show::Open => "Open ".into_view(),
                Show::Only(urgency) => {
                    let (glyph, tone, word) = urgency_mark(urgency);
                    view! { {state(glyph, tone, word)}" " }
                }
                Show::Over => "Over ".into_view(),
            };
            let count = move || list.all.with(|all| all.iter().filter(|notice| show.has(notice)).count());
            view! { <button class="chip" type="button" aria-pressed=move || (list.show.get() == show).to_string() on:click=move |_| list.show.set(show)>{words}<span>{count}</span></button> }
        })
        .collect();
    view! { <div class="row views"><div class="chips" role="group" aria-label="Which notices">{chips}</div></div> }
}

/// Where nobody is told of anything, that is the first thing to know.
fn nobody(notifying: Notifying) -> View {
    let ways = notifying.ways();
    let none = move || ways.with(|ways| matches!(ways, Some(Ok(ways)) if !ways.iter().any(|channel| channel.enabled)));
    when(none, || {
        let words = view! { <p>"Nobody is told of these: no channel is on. "<a href=Place::Notices("channels".to_owned()).path()>"Add a channel"</a></p> };
        view! { <div class="note-row">{callout("warn", words)}</div> }
    })
}

fn table(list: List) -> View {
    let none = Memo::new(move |_| list.rows.with(Vec::is_empty).then(|| list.show.get()));
    let filtered = Memo::new(move |_| list.all.with(|all| all.iter().any(|notice| list.show.get().has(notice))));
    let content = move || match none.get() {
        Some(_) if filtered.get() => empty(
            "No notice matches",
            "The filter leaves nothing of these.",
            view! { <button class="btn" type="button" on:click=move |_| list.filter.set(String::new())>"Show all"</button> },
        ),
        Some(Show::Open) => empty(
            "Nothing is to be told",
            "No certificate is due by the policy, every endpoint that is watched answers as it should, and nobody changed a database past the console.",
            View::nothing(),
        ),
        Some(Show::Over) => empty("Nothing is over yet", "What was told and is put right stands here.", View::nothing()),
        Some(Show::Only(_)) => empty("None that hurries so", "Others may be open.", View::nothing()),
        None => untrack(|| rows(list)),
    };
    view! { {content} }
}

fn rows(list: List) -> View {
    let key = |notice: &Arc<Notice>| {
        let Notice { id, stage, told_at, snoozed_until, over_at, acknowledged_by, .. } = &**notice;
        (id.clone(), stage.clone(), *told_at, *snoozed_until, *over_at, acknowledged_by.clone())
    };
    view! {
        <div class="scroll">
            <table class="grid rows told">
                <thead><tr><th scope="col">"State"</th><th scope="col">"What"</th><th scope="col">"Kind"</th><th scope="col">"Looked after by"</th><th scope="col">"Told"</th></tr></thead>
                <tbody>{keyed(move || list.rows.get(), key, move |notice| row(list, &notice))}</tbody>
            </table>
        </div>
    }
}

fn row(list: List, notice: &Arc<Notice>) -> View {
    let app = list.notifying.app;
    let id = StoredValue::new(notice.id.clone());
    let here = Memo::new(move |_| list.chosen.with(|chosen| chosen.as_ref().is_some_and(|chosen| id.with_value(|id| *id == chosen.id))));
    let choose = move |_| {
        list.pushed.set(true);
        list.choose(&id.get_value());
    };
    let (shown, told_at) = (Arc::clone(notice), notice.over_at.unwrap_or(notice.told_at));
    let mark = move || {
        let (glyph, tone, word) = notice_mark(&shown, app.now.get());
        state(glyph, tone, word)
    };
    view! {
        <tr aria-selected=move || here.get().to_string() on:click=choose>
            <td class="r-state">{mark}</td>
            <td class="r-name"><button class="link" type="button" title=notice.title.clone()>{notice.title.clone()}</button></td>
            <td class="r-sub">{kind_words(notice.kind)}</td>
            <td class="r-wide">{notice.acknowledged_by.clone().unwrap_or_default()}</td>
            <td class="r-end" title=clock::exact(told_at)>{move || clock::relative(told_at, app.now.get().max(told_at.unix_timestamp()))}</td>
        </tr>
    }
}

/// `3 open, 1 snoozed`.
fn counted(list: List) -> String {
    let now = list.notifying.app.now.get();
    let (open, resting) = list.all.with(|all| {
        let open = all.iter().filter(|notice| notice.state == NoticeState::Open);
        (open.clone().count(), open.filter(|notice| rests(notice, now)).count())
    });
    let open = if resting == 0 { format!("{open} open") } else { format!("{open} open, {resting} of them snoozed") };
    if list.filter.with(String::is_empty) { open } else { [&list.rows.with(Vec::len).to_string(), " shown, ", &open].concat() }
}

fn commands(list: List) -> Vec<Command> {
    const GROUP: &str = "Notices";
    let now = move || clock::now() + acting::DAY;
    vec![
        Command::new("j", "Next notice", GROUP, move || list.step(1)),
        Command::new("ArrowDown", "Next notice", GROUP, move || list.step(1)),
        Command::new("k", "Previous notice", GROUP, move || list.step(-1)),
        Command::new("ArrowUp", "Previous notice", GROUP, move || list.step(-1)),
        Command::new("/", "Filter", GROUP, || browser::focus(ids::NOTICE_FILTER)),
        Command::new("z", "Snooze for a day", GROUP, move || acting::snooze(list, Some(now()))),
        Command::new("a", "Look after it, or no longer", GROUP, move || acting::look_after(list)),
        Command::new("r", "Read again", GROUP, move || list.notifying.read()),
        Command::new("Escape", "Clear the filter", GROUP, move || list.filter.set(String::new())),
        Command::new("u", "Back to the list", GROUP, move || list.close()),
    ]
}
