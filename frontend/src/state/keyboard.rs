//! Commands: one registry serves the keys, the command palette and the help. Keys rest while somebody types.

use crate::view::*;
use leptos::ev;
use wasm_bindgen::JsCast;

use super::browser;

/// Something that can be done here and now.
#[derive(Clone)]
pub struct Command {
    /// Key or two keys: `j`, `g c`, `Ctrl+K`, `Shift+J`; empty for none.
    pub keys: &'static str,
    /// What it does, as a verb.
    pub words: String,
    /// Heading in the help.
    pub group: &'static str,
    /// Does it.
    pub run: Callback<()>,
}

impl Command {
    /// A command.
    pub fn new(keys: &'static str, words: impl Into<String>, group: &'static str, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self { keys, words: words.into(), group, run: Callback::new(move |()| run()) }
    }
}

/// The registry.
#[derive(Clone, Copy)]
pub struct Keyboard {
    sets: RwSignal<Vec<(u32, Vec<Command>)>>,
    next: StoredValue<u32>,
    pending: StoredValue<Option<(String, f64)>>,
    /// Whether single letters are keys at all (WCAG 2.1.4 wants a switch).
    pub single_letters: RwSignal<bool>,
}

/// How long the first of two keys is remembered, in milliseconds.
const TWO_KEY_PAUSE: f64 = 1_200.0;

impl Keyboard {
    /// No commands yet.
    pub fn new() -> Self {
        Self {
            sets: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            pending: StoredValue::new(None),
            single_letters: RwSignal::new(browser::stored("keys").as_deref() != Some("off")),
        }
    }

    /// Adds commands for as long as the present owner lives. Later ones win over earlier ones of the same key.
    pub fn register(self, commands: Vec<Command>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.sets.update(|sets| sets.push((id, commands)));
        on_cleanup(move || {
            self.sets.try_update(|sets| sets.retain(|(other, _)| *other != id));
        });
    }

    /// All commands, the most local first; one for each key.
    pub fn commands(self) -> Vec<Command> {
        let mut all: Vec<Command> = Vec::new();
        for (_, set) in self.sets.get().iter().rev() {
            for command in set {
                if command.keys.is_empty() || all.iter().all(|other| other.keys != command.keys) {
                    all.push(command.clone());
                }
            }
        }
        all
    }

    /// Switches single letters on or off and remembers it.
    pub fn set_single_letters(self, on: bool) {
        browser::remember("keys", if on { None } else { Some("off") });
        self.single_letters.set(on);
    }

    /// Listens on the window.
    pub fn listen(self) {
        let handle = window_event_listener(ev::keydown, move |event| self.pressed(&event));
        on_cleanup(move || handle.remove());
    }

    fn pressed(self, event: &web_sys::KeyboardEvent) {
        if event.default_prevented() || event.is_composing() || event.alt_key() {
            return;
        }
        let Some(name) = key_name(event) else { return };
        let control = name.starts_with("Ctrl+");
        let typing = is_typing(event);
        if typing && !matches!(name.as_str(), "Ctrl+K" | "Ctrl+Enter" | "Escape") {
            return;
        }
        if !control && name.chars().count() == 1 && !self.single_letters.get_untracked() {
            return;
        }
        if is_own_key_of_target(event, &name) {
            return;
        }
        let sets = self.sets.get_untracked();
        let find = |keys: &str| sets.iter().rev().flat_map(|(_, set)| set).find(|command| command.keys == keys).map(|command| command.run);
        let time = js_sys::Date::now();
        let before = self.pending.try_update_value(Option::take).flatten().filter(|(_, at)| time - at < TWO_KEY_PAUSE);
        let found = before.and_then(|(first, _)| find(&format!("{first} {name}"))).or_else(|| find(&name));
        if let Some(run) = found {
            event.prevent_default();
            run.run(());
        } else if sets
            .iter()
            .flat_map(|(_, set)| set)
            .any(|command| command.keys.strip_prefix(&name).is_some_and(|rest| rest.starts_with(' ')))
        {
            self.pending.set_value(Some((name, time)));
        }
    }
}

/// The name of a key with its modifiers, as commands spell it.
fn key_name(event: &web_sys::KeyboardEvent) -> Option<String> {
    let key = event.key();
    if matches!(key.as_str(), "Control" | "Shift" | "Meta" | "Alt" | "Dead" | "Unidentified") {
        return None;
    }
    if event.ctrl_key() || event.meta_key() {
        let key = if key.chars().count() == 1 { key.to_uppercase() } else { key };
        return Some(format!("Ctrl+{key}"));
    }
    if event.shift_key() && (key.chars().count() > 1 || key.chars().all(char::is_uppercase)) {
        return Some(format!("Shift+{key}"));
    }
    Some(key)
}

/// Whether the key goes into a field.
fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return false };
    match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(target.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "button" | "file")),
        _ => target.has_attribute("contenteditable"),
    }
}

/// Enter and Space belong to the focused button, link or checkbox, not to the list behind it.
fn is_own_key_of_target(event: &web_sys::KeyboardEvent, name: &str) -> bool {
    if !matches!(name, "Enter" | " ") {
        return false;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return false };
    matches!(target.tag_name().as_str(), "BUTTON" | "A" | "INPUT" | "SUMMARY") || target.has_attribute("data-own-keys")
}
