//! `/activity`: the audit log, read page by page as far as the search wants it, and what was read filtered while one types.

use crate::view::*;
use certdeck_shared::api::activity::AuditEntry;
use certdeck_shared::api::client::AuditQuery;
use certdeck_shared::api::paths;
use leptos::task::spawn_local;

use super::entry::{action_words, detail, outcome};
use super::search::Search;
use super::verification::Verification;
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::{empty, failure, skeleton};
use crate::components::icon::{hint, icon, keys};
use crate::ids;
use crate::state::keyboard::Command;
use crate::state::{App, browser, clock, use_app};
use crate::transport::page_client;

const PAGE: u32 = 100;

#[derive(Clone, Copy)]
struct Activity {
    app: App,
    entries: RwSignal<Vec<AuditEntry>>,
    next: RwSignal<Option<i64>>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    filter: RwSignal<String>,
    search: Search,
    chosen: RwSignal<Option<i64>>,
    /// Whether the detail is over the list, below 860 px.
    pushed: RwSignal<bool>,
}

impl Activity {
    /// Reads the page before `before`, or the first one.
    fn read(self, before: Option<i64>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let (reader, wanted) = (page_client(), self.search.query());
        spawn_local(async move {
            let query = AuditQuery { before, limit: Some(PAGE), ..wanted };
            let answer = reader.audit(&query).await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    self.next.set(page.next_before);
                    self.entries.update(|entries| {
                        if before.is_none() {
                            entries.clear();
                        }
                        entries.extend(page.entries);
                    });
                }
                Err(error) => {
                    self.app.note_error(&error);
                    self.error.set(Some(error.to_string()));
                }
            }
        });
    }

    fn shown(self) -> Vec<AuditEntry> {
        let words: Vec<String> = self.filter.get().to_lowercase().split_whitespace().map(str::to_owned).collect();
        self.entries.with(|entries| entries.iter().filter(|entry| matches(entry, &words)).cloned().collect())
    }

    fn step(self, by: isize) {
        let shown = untrack(|| self.shown());
        let here = self.chosen.with_untracked(|chosen| shown.iter().position(|entry| Some(entry.id) == *chosen));
        let next = here.map_or(0, |here| here.saturating_add_signed(by));
        if let Some(entry) = shown.get(next) {
            self.chosen.set(Some(entry.id));
        }
    }
}

fn matches(entry: &AuditEntry, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let none = String::new();
    let text = [
        entry.actor.as_str(),
        &entry.action,
        &action_words(&entry.action),
        entry.database.as_ref().unwrap_or(&none),
        entry.subject.as_ref().unwrap_or(&none),
        &entry.outcome,
        &clock::date(entry.at),
    ]
    .join(" ")
    .to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// `/activity`.
pub fn activity_page() -> View {
    let app = use_app();
    let page = Activity {
        app,
        entries: RwSignal::new(Vec::new()),
        next: RwSignal::new(None),
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        filter: RwSignal::new(String::new()),
        search: Search::new(),
        chosen: RwSignal::new(None),
        pushed: RwSignal::new(false),
    };
    let verification = Verification::new();
    let search = move || {
        page.search.open.update(|open| *open = !*open);
        if page.search.open.get_untracked() {
            browser::focus_soon(ids::ACTIVITY_WORDS);
        }
    };
    let verify = move || {
        verification.open.set(true);
        verification.run();
    };
    page.read(None);
    app.keyboard.register(vec![
        Command::new("j", "Next entry", "Activity", move || page.step(1)),
        Command::new("k", "Previous entry", "Activity", move || page.step(-1)),
        Command::new("/", "Filter", "Activity", || browser::focus(ids::ACTIVITY_FILTER)),
        Command::new("s", "Search the whole log", "Activity", search),
        Command::new("v", "Verify", "Activity", verify),
        Command::new("r", "Read again", "Activity", move || page.read(None)),
    ]);
    let shown = Memo::new(move |_| page.shown());
    let selected =
        Memo::new(move |_| shown.with(|shown| shown.iter().find(|entry| Some(entry.id) == page.chosen.get()).or(shown.first()).cloned()));
    view! {
        <div class="panes list-detail" class:is-pushed=page.pushed>
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Activity"</h2>
                    <div class="search">
                        {icon("search")}
                        <input id=ids::ACTIVITY_FILTER class="in" type="search" aria-label="Filter" placeholder="Filter: who, what, database, outcome" prop:value=page.filter
                            on:input=move |event| page.filter.set(event_target_value(&event))/>
                        {keys("/")}
                    </div>
                    <button class="btn push" type="button" aria-expanded=move || page.search.open.get().to_string() on:click=move |_| search()>{icon("search")}"Search the log"</button>
                    <button class="btn" type="button" on:click=move |_| verify()>{icon("check")}"Verify"</button>
                    <a class="btn" href=paths::AUDIT_EXPORT download="audit.jsonl">{icon("export")}"Export"</a>
                    <button class="btn icon" type="button" aria-label="Read again" disabled=page.busy on:click=move |_| page.read(None)>{icon("renew")}</button>
                </div>
                {when(move || page.search.open.get(), move || page.search.view(Callback::new(move |()| page.read(None))))}
                {when(move || verification.open.get(), move || verification.view())}
                <div class="scroll">{move || table(page, shown.get(), selected)}</div>
                <div class="pane-foot">
                    <span>{move || format!("{} of {} read", shown.with(Vec::len), page.entries.with(Vec::len))}</span>
                    {hint("j k", "move")}{hint("/", "filter")}
                    <span class="push">"Newest first, times in UTC"</span>
                </div>
                {glass(|| Action::ListAudit)}
            </main>
            {move || selected.get().map(|entry| detail(entry, page.pushed))}
        </div>
    }
}

fn table(page: Activity, shown: Vec<AuditEntry>, selected: Memo<Option<AuditEntry>>) -> View {
    if let Some(words) = page.error.get() {
        return failure("The log could not be read", words, Some(Callback::new(move |()| page.read(None))));
    }
    if shown.is_empty() {
        if page.busy.get() {
            return skeleton(8);
        }
        if page.filter.with(String::is_empty) && page.search.narrows() {
            let clear = move |_| {
                page.search.clear();
                page.read(None);
            };
            let clear = view! { <button class="btn" type="button" on:click=clear>"Read everything"</button> };
            return empty("No entry of the log is like that", "Words, names and days of the search all count.", clear);
        }
        if page.filter.with(String::is_empty) {
            return empty("Nothing was done yet", "Every change stands here, with who, what, before and after.", View::nothing());
        }
        let clear =
            view! { <button class="btn" type="button" on:click=move |_| page.filter.set(String::new())>"Clear the filter"</button> };
        return empty("No entry says that", "Only what was read so far is searched.", clear);
    }
    let rows: Vec<_> = shown.into_iter().map(|entry| row(page, entry, selected)).collect();
    view! {
        <table class="grid rows acts">
            <thead><tr><th scope="col">"When"</th><th scope="col">"What"</th><th scope="col">"Who"</th><th scope="col">"Subject"</th><th scope="col">"Outcome"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {move || page.next.get().map(|before| view! {
            <div class="sect"><button class="btn" type="button" disabled=page.busy on:click=move |_| page.read(Some(before))>"Older entries"</button></div>
        })}
    }
}

fn row(page: Activity, entry: AuditEntry, selected: Memo<Option<AuditEntry>>) -> View {
    let id = entry.id;
    let here = move || selected.with(|selected| selected.as_ref().is_some_and(|selected| selected.id == id)).to_string();
    let subject = entry.subject.clone().or_else(|| entry.database.clone()).unwrap_or_default();
    let time = clock::exact(entry.at);
    let time = time.trim_end_matches(" UTC").to_owned();
    view! {
        <tr aria-selected=here on:click=move |_| { page.chosen.set(Some(id)); page.pushed.set(true); }>
            <td class="r-state">{time}</td>
            <td class="r-name"><button class="link" type="button" on:click=move |_| page.chosen.set(Some(id))>{action_words(&entry.action)}</button></td>
            <td class="r-end">{entry.actor.clone()}</td>
            <td class="r-sub"><code>{subject}</code></td>
            <td class="r-wide">{outcome(&entry)}</td>
        </tr>
    }
}
