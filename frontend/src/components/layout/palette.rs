//! The command palette and the help over keys: both show the registry of commands.

use crate::view::*;

use crate::components::icon::{icon, keys};
use crate::ids;
use crate::place::Place;
use crate::state::keyboard::Command;
use crate::state::{App, browser};

/// What lies over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlay {
    /// Find or run.
    Palette,
    /// All keys.
    Help,
}

/// How many matches the palette shows.
const SHOWN: usize = 12;

/// Palette or help, when open.
pub fn overlay(app: App, open: RwSignal<Option<Overlay>>) -> View {
    let content = move || {
        let which = open.get()?;
        let inner = match which {
            Overlay::Palette => palette(app, open),
            Overlay::Help => help(app, open),
        };
        Some(view! {
            <div class="veil" on:click=move |_| open.set(None) on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.prevent_default();
                    open.set(None);
                }
            }>
                <div class="over" role="dialog" aria-modal="true" aria-label=if which == Overlay::Palette { "Find or run a command" } else { "Keys" } on:click=|event| event.stop_propagation()>{inner}</div>
            </div>
        })
    };
    view! { {content} }
}

/// Something to find: a command, or a certificate to go to.
#[derive(Clone)]
struct Match {
    words: String,
    note: String,
    keys: &'static str,
    picture: &'static str,
    run: Callback<()>,
}

fn palette(app: App, open: RwSignal<Option<Overlay>>) -> View {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let matches = Memo::of_unequal(move || found(app, &text.get()));
    let run = move |index: usize| {
        if let Some(found) = matches.with_untracked(|matches| matches.get(index).cloned()) {
            open.set(None);
            found.run.run(());
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let count = matches.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|index| *index = (*index + 1) % count),
            "ArrowUp" => chosen.update(|index| *index = (*index + count - 1) % count),
            "Enter" => run(chosen.get_untracked()),
            _ => return,
        }
        event.prevent_default();
    };
    browser::focus_soon(ids::PALETTE);
    let list = move || {
        matches
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, found)| {
                view! {
                    <li id=format!("palette-{index}") role="option" aria-selected=move || (chosen.get() == index).to_string() on:click=move |_| run(index) on:pointermove=move |_| chosen.set(index)>
                        {icon(found.picture)}<span class="cut">{found.words}</span><span class="note cut">{found.note}</span><span class="push">{keys(found.keys)}</span>
                    </li>
                }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <div class="find">
            {icon("search")}
            <input id=ids::PALETTE role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label="Command, certificate or host" placeholder="Command, certificate, host or fingerprint"
                aria-activedescendant=move || format!("palette-{}", chosen.get()) autocomplete="off" spellcheck="false"
                on:input=move |event| { text.set(event_target_value(&event)); chosen.set(0); } on:keydown=key/>
        </div>
        <ul class="found" id="palette-list" role="listbox" aria-label="Matches">{list}</ul>
        {move || matches.with(Vec::is_empty).then(|| view! { <p class="note found-none">"No command and no certificate matches."</p> })}
    }
}

fn found(app: App, text: &str) -> Vec<Match> {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let matching = |hay: &str| words.iter().all(|word| hay.contains(word.as_str()));
    let mut found: Vec<Match> = app
        .keyboard
        .commands()
        .into_iter()
        .filter(|command| command.keys != "Ctrl+K" && matching(&command.words.to_lowercase()))
        .map(|Command { keys, words, group, run }| Match { words, note: group.to_owned(), keys, picture: "right", run })
        .collect();
    if !words.is_empty() {
        let certificates = app.certificates.search(text, SHOWN);
        found.splice(
            0..0,
            certificates.into_iter().filter_map(|row| {
                let place = Place::Certificate(app.selected.get_untracked()?, row.entry.fingerprint_sha256.clone());
                Some(Match {
                    words: row.name.clone(),
                    note: row.subject.clone(),
                    keys: "",
                    picture: "certificate",
                    run: Callback::new(move |()| app.go(&place)),
                })
            }),
        );
    }
    found.truncate(SHOWN);
    found
}

fn help(app: App, open: RwSignal<Option<Overlay>>) -> View {
    let mut commands = app.keyboard.commands();
    commands.retain(|command| !command.keys.is_empty());
    let mut groups: Vec<&'static str> = Vec::new();
    for command in &commands {
        if !groups.contains(&command.group) {
            groups.push(command.group);
        }
    }
    let groups: Vec<View> = groups
        .into_iter()
        .map(|group| {
            let rows: Vec<View> = commands
                .iter()
                .filter(|command| command.group == group)
                .map(|command| {
                    view! { <dt>{keys(command.keys)}<span class="sr">{command.keys}</span></dt><dd>{command.words.clone()}</dd> }
                })
                .collect();
            view! { <section><h3>{group}</h3><dl>{rows}</dl></section> }
        })
        .collect();
    let single = app.keyboard.single_letters;
    browser::focus_soon(ids::PALETTE);
    view! {
        <div class="pane-head">
            <h2>"Keys"</h2>
            <label class="row tight small push"><input class="cb" type="checkbox" prop:checked=move || single.get() on:change=move |event| app.keyboard.set_single_letters(event_target_checked(&event))/>"Single letters are keys"</label>
            <button class="btn plain icon" id=ids::PALETTE type="button" aria-label="Close" on:click=move |_| open.set(None)>{icon("close")}</button>
        </div>
        <div class="help">{groups}</div>
    }
}
