//! One field with its label, its hint and its note. All forms use it; built by hand instead of by a component so that it is compiled once.

use crate::view::*;

use super::faults::Faults;
use crate::components::icon::glyph;

/// How a note is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A fact.
    Plain,
    /// Well.
    Ok,
    /// Worth a look; does not hinder.
    Warn,
    /// Wrong.
    Bad,
}

impl Tone {
    /// The class of the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }

    /// The glyph beside the words, if any.
    pub fn glyph(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Ok => Some("ok"),
            Self::Warn => Some("soon"),
            Self::Bad => Some("expired"),
        }
    }
}

/// What is said beneath a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How it is meant.
    pub tone: Tone,
    /// The words.
    pub words: String,
}

impl Note {
    /// Well.
    pub fn ok(words: impl Into<String>) -> Self {
        Self { tone: Tone::Ok, words: words.into() }
    }

    /// Worth a look.
    pub fn warn(words: impl Into<String>) -> Self {
        Self { tone: Tone::Warn, words: words.into() }
    }

    /// Wrong.
    pub fn bad(words: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, words: words.into() }
    }
}

enum Kind {
    Input(&'static str),
    Area(u32),
    Select(Vec<(String, String)>),
}

/// A field under construction.
pub struct Field {
    id: String,
    label: &'static str,
    value: RwSignal<String>,
    kind: Kind,
    class: &'static str,
    hint: &'static str,
    autocomplete: &'static str,
    placeholder: &'static str,
    note: Option<Signal<Option<Note>>>,
    faults: Option<(Faults, StoredValue<String>)>,
    required: bool,
}

impl Field {
    fn new(id: &str, label: &'static str, value: RwSignal<String>, kind: Kind) -> Self {
        Self {
            id: id.to_owned(),
            label,
            value,
            kind,
            class: "field",
            hint: "",
            autocomplete: "off",
            placeholder: "",
            note: None,
            faults: None,
            required: false,
        }
    }

    /// One line of text.
    pub fn text(id: &str, label: &'static str, value: RwSignal<String>) -> Self {
        Self::new(id, label, value, Kind::Input("text"))
    }

    /// A password; `autocomplete` is `current-password`, `new-password` or `off`.
    pub fn password(id: &str, label: &'static str, value: RwSignal<String>, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..Self::new(id, label, value, Kind::Input("password")) }
    }

    /// A day, as `2027-01-31`.
    pub fn day(id: &str, label: &'static str, value: RwSignal<String>) -> Self {
        Self::new(id, label, value, Kind::Input("date"))
    }

    /// Several lines.
    pub fn area(id: &str, label: &'static str, value: RwSignal<String>, rows: u32) -> Self {
        Self::new(id, label, value, Kind::Area(rows))
    }

    /// A choice of value and words.
    pub fn select(id: &str, label: &'static str, value: RwSignal<String>, options: &[(&'static str, &'static str)]) -> Self {
        let options = options.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned())).collect();
        Self::new(id, label, value, Kind::Select(options))
    }

    /// A choice whose words are known only now.
    pub fn choice(id: &str, label: &'static str, value: RwSignal<String>, options: Vec<(String, String)>) -> Self {
        Self::new(id, label, value, Kind::Select(options))
    }

    /// Classes: `field f2`, `field f3`, `field f4` take a part of the line.
    pub fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    /// What stands beneath while there is nothing else to say.
    pub fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    /// What the browser may fill in.
    pub fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// An example within the empty field.
    pub fn placeholder(self, placeholder: &'static str) -> Self {
        Self { placeholder, ..self }
    }

    /// What the page says about the value.
    pub fn note(self, note: Signal<Option<Note>>) -> Self {
        Self { note: Some(note), ..self }
    }

    /// What the server said about this member of the body, by JSON pointer.
    pub fn faults(self, faults: Faults, pointer: &str) -> Self {
        faults.covers(pointer);
        Self { faults: Some((faults, StoredValue::new(pointer.to_owned()))), ..self }
    }

    /// It must not stay empty.
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The field.
    pub fn view(self) -> View {
        let Self { id, label, value, kind, class, hint, autocomplete, placeholder, note, faults, required } = self;
        let said = Memo::new(move |_| {
            let refused = faults.and_then(|(faults, pointer)| pointer.with_value(|pointer| faults.at(pointer))).map(Note::bad);
            refused.or_else(|| note.and_then(|note| note.get()))
        });
        let tone = move || said.get().map_or(Tone::Plain, |note| note.tone);
        let field_class = move || match tone() {
            Tone::Warn => "in is-warn",
            Tone::Bad => "in is-bad",
            Tone::Plain | Tone::Ok => "in",
        };
        let invalid = move || (tone() == Tone::Bad).then_some("true");
        let has_note = note.is_some() || faults.is_some() || !hint.is_empty();
        let note_id = format!("{id}-note");
        let described = has_note.then(|| note_id.clone());
        let changed = move |text: String| {
            if let Some((faults, pointer)) = faults {
                pointer.with_value(|pointer| faults.forget(pointer));
            }
            value.set(text);
        };
        let labelled = id.clone();
        let control = match kind {
            Kind::Input(kind) => view! {
                <input id=id class=field_class type=kind autocomplete=autocomplete placeholder=placeholder spellcheck="false" autocapitalize="off"
                    required=required aria-invalid=invalid aria-describedby=described prop:value=value
                    on:input=move |event| changed(event_target_value(&event))/>
            },
            Kind::Area(rows) => view! {
                <textarea id=id class=field_class rows=rows autocomplete=autocomplete placeholder=placeholder spellcheck="false" autocapitalize="off"
                    required=required aria-invalid=invalid aria-describedby=described prop:value=value
                    on:input=move |event| changed(event_target_value(&event))></textarea>
            },
            Kind::Select(options) => {
                let options: Vec<_> = options
                    .into_iter()
                    .map(|(name, words)| view! { <option value=name.clone() selected=move || value.with(|value| *value == name)>{words}</option> })
                    .collect();
                view! {
                    <select id=id class=field_class aria-invalid=invalid aria-describedby=described
                        on:change=move |event| changed(event_target_value(&event))>{options}</select>
                }
            }
        };
        let held = if hint.is_empty() { "" } else { "held " };
        let note = has_note.then(|| {
            view! {
                <p id=note_id class=move || format!("note row tight {held}{}", tone().class()) aria-live="polite" hidden=move || hint.is_empty() && said.with(Option::is_none)>
                    {move || tone().glyph().map(glyph)}
                    <span>{move || said.get().map_or_else(|| hint.to_owned(), |note| note.words)}</span>
                </p>
            }
        });
        view! {
            <div class=class>
                <label for=labelled>{label}</label>
                {control}
                {note}
            </div>
        }
    }
}

/// A checkbox with its words, and a line beneath that says what it does.
pub fn checkbox(label: &'static str, note: &'static str, value: RwSignal<bool>) -> View {
    view! {
        <label class="check">
            <input type="checkbox" class="cb" prop:checked=value on:change=move |event| value.set(event_target_checked(&event))/>
            <span>{label}</span>
            {(!note.is_empty()).then(|| view! { <span class="note">{note}</span> })}
        </label>
    }
}

/// A checkbox that stands for one of several values. They are kept in the order in which they were ticked.
pub fn tick(value: String, chosen: RwSignal<Vec<String>>, content: View) -> View {
    let value = StoredValue::new(value);
    let ticked = move || value.with_value(|value| chosen.with(|chosen| chosen.contains(value)));
    let toggle = move |_| {
        let value = value.get_value();
        chosen.update(|chosen| match chosen.iter().position(|one| *one == value) {
            Some(place) => drop(chosen.remove(place)),
            None => chosen.push(value),
        });
    };
    view! { <label class="check"><input type="checkbox" class="cb" prop:checked=ticked on:change=toggle/>{content}</label> }
}
