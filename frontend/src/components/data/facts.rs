//! Facts: name left, value right, each value with a button that copies it.

use crate::view::*;

use super::copy::copy_button;

/// One fact.
pub struct Fact {
    name: &'static str,
    value: View,
    text: String,
}

/// A fact in words.
pub fn fact(name: &'static str, text: impl Into<String>) -> Fact {
    let text = text.into();
    Fact { name, value: text.as_str().into_view(), text }
}

/// A fact in the fixed-width face: letters, bytes, paths.
pub fn fact_code(name: &'static str, text: impl Into<String>) -> Fact {
    let text = text.into();
    Fact { name, value: view! { <code>{text.clone()}</code> }, text }
}

/// A fact whose view says more than the text that is copied.
pub fn fact_view(name: &'static str, text: impl Into<String>, value: impl IntoView) -> Fact {
    Fact { name, value: value.into_view(), text: text.into() }
}

impl Fact {
    /// Adds the short name of what it is, faint, behind the value.
    pub fn with_note(self, note: &str) -> Self {
        let note = note.to_owned();
        Self { value: view! { <span>{self.value}" "<span class="faint small">{note}</span></span> }, ..self }
    }
}

/// A group of facts under a heading; without a heading when it is empty.
pub fn facts(groups: Vec<(&'static str, Vec<Fact>)>) -> View {
    let mut rows: Vec<View> = Vec::new();
    for (heading, group) in groups {
        if group.is_empty() {
            continue;
        }
        if !heading.is_empty() {
            rows.push(view! { <dt class="group">{heading}</dt> });
        }
        for Fact { name, value, text } in group {
            rows.push(view! { <dt>{name}</dt><dd>{value}{copy_button(name, move || text.clone())}</dd> });
        }
    }
    view! { <dl class="facts">{rows}</dl> }
}
