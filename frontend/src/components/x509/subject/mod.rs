//! A subject under construction: rows that people put in order, and the two texts of it that are written, always in step.

mod editor;
mod row;

use crate::view::*;
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::request::{RequestForm, SubjectRow};

pub use editor::subject_editor;

/// What a new subject begins with: CN, OU, O, L, ST, C.
const USUAL: [&str; 6] = [COMMON_NAME, "2.5.4.11", "2.5.4.10", "2.5.4.7", "2.5.4.8", "2.5.4.6"];

/// CN.
const COMMON_NAME: &str = "2.5.4.3";

/// A row with what it is called in the document.
#[derive(Clone, PartialEq)]
struct Row {
    id: u32,
    holds: SubjectRow,
}

/// The ways a subject is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `CN=www.example.org,O=Example,C=CH`.
    Rfc4514,
    /// `/C=CH/O=Example/CN=www.example.org`.
    OpenSsl,
}

/// The subject.
#[derive(Clone, Copy)]
pub struct Subject {
    rows: RwSignal<Vec<Row>>,
    next: StoredValue<u32>,
    /// The text that was typed last, as it was typed, until a row changes.
    typed: RwSignal<Option<(Style, String)>>,
    /// Alternative names: the first host among them is the common name while that row is empty.
    names: RwSignal<String>,
}

impl Subject {
    /// Nothing filled in.
    pub fn new(names: RwSignal<String>) -> Self {
        let subject = Self { rows: RwSignal::new(Vec::new()), next: StoredValue::new(0), typed: RwSignal::new(None), names };
        subject.fill(&DistinguishedName::default());
        subject
    }

    /// Takes over a whole name; the usual empty rows when there is nothing in it.
    pub fn fill(self, name: &DistinguishedName) {
        let mut rows = SubjectRow::of(name);
        if rows.is_empty() {
            rows = USUAL.iter().map(|oid| SubjectRow::new(oid, "")).collect();
        }
        self.typed.set(None);
        self.put(rows);
    }

    /// Leaves the common name to the alternative names.
    pub fn name_by_names(self) {
        if !self.rows.with_untracked(|rows| rows.iter().any(|row| row.holds.oid == COMMON_NAME)) {
            let row = self.row(SubjectRow::new(COMMON_NAME, ""));
            self.rows.update(|rows| rows.insert(0, row));
        }
    }

    /// Whether the common name is left to the alternative names.
    pub fn is_named_by_names(self) -> bool {
        self.rows.with(|rows| rows.iter().any(|row| row.holds.oid == COMMON_NAME && row.holds.value.trim().is_empty()))
    }

    /// The rows as they are typed, without the common name that the alternative names give.
    pub fn typed_name(self) -> DistinguishedName {
        self.rows.with(|rows| SubjectRow::name(&rows.iter().map(|row| row.holds.clone()).collect::<Vec<_>>()))
    }

    /// The name.
    pub fn name(self) -> DistinguishedName {
        let mut rows: Vec<SubjectRow> = self.rows.with(|rows| rows.iter().map(|row| row.holds.clone()).collect());
        if let Some(row) = rows.iter_mut().find(|row| row.oid == COMMON_NAME)
            && row.value.trim().is_empty()
        {
            row.value = self.names.with(|names| first_host(names));
        }
        SubjectRow::name(&rows)
    }

    /// What a form says: the name, or the text that is none, so that its fault is named.
    pub fn text(self) -> String {
        match self.typed.get() {
            Some((_, text)) if DistinguishedName::parse_any(&text).is_err() => text,
            _ => self.name().to_string(),
        }
    }

    /// The name in a style; as it was typed while it is being typed.
    fn written(self, style: Style) -> String {
        match self.typed.get() {
            Some((typed, text)) if typed == style => text,
            _ if style == Style::OpenSsl => self.name().to_openssl(),
            _ => self.name().to_string(),
        }
    }

    /// A text was typed: the rows follow as soon as it is a name.
    fn type_text(self, style: Style, text: String) {
        if let Ok(name) = DistinguishedName::parse_any(&text) {
            self.put(SubjectRow::of(&name));
        }
        self.typed.set(Some((style, text)));
    }

    /// A value was typed; a whole name that was pasted into it is taken apart.
    fn type_value(self, id: u32, value: String) {
        if value.matches('=').count() >= 2
            && value.contains([',', '/'])
            && let Ok(name) = DistinguishedName::parse_any(&value)
        {
            self.fill(&name);
            return;
        }
        self.change(id, |row| row.value = value);
    }

    /// Another attribute in a row.
    fn choose(self, id: u32, oid: String) {
        self.change(id, |row| row.oid = oid);
    }

    fn change(self, id: u32, change: impl FnOnce(&mut SubjectRow)) {
        self.typed.set(None);
        self.rows.update(|rows| {
            if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
                change(&mut row.holds);
            }
        });
    }

    /// One more row at the end; its number.
    fn add(self) -> u32 {
        let row = self.row(SubjectRow::new("2.5.4.11", ""));
        let id = row.id;
        self.rows.update(|rows| rows.push(row));
        id
    }

    fn remove(self, id: u32) {
        self.typed.set(None);
        self.rows.update(|rows| {
            rows.retain(|row| row.id != id);
            if let Some(first) = rows.first_mut() {
                first.holds.joined = false;
            }
        });
    }

    /// Moves a row by one place; its new place, or nothing at either end.
    fn shift(self, id: u32, up: bool) -> Option<usize> {
        let rows = self.rows.get_untracked();
        let place = rows.iter().position(|row| row.id == id)?;
        let joined: Vec<bool> = rows.iter().map(|row| row.holds.joined).collect();
        let order = SubjectRow::moved(&joined, place, up)?;
        let moved: Vec<Row> = order
            .into_iter()
            .filter_map(|(from, joined)| rows.get(from).map(|row| Row { id: row.id, holds: SubjectRow { joined, ..row.holds.clone() } }))
            .collect();
        let place = moved.iter().position(|row| row.id == id);
        self.typed.set(None);
        self.rows.set(moved);
        place
    }

    /// How many rows there are.
    fn count(self) -> usize {
        self.rows.with_untracked(Vec::len)
    }

    /// A row as it is now.
    fn holds(self, id: u32) -> Option<SubjectRow> {
        self.rows.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.holds.clone()))
    }

    /// Other rows in the place of these. Those in the same place keep what they are called, so that whoever is in one stays there.
    fn put(self, rows: Vec<SubjectRow>) {
        let ids: Vec<u32> = self.rows.with_untracked(|rows| rows.iter().map(|row| row.id).collect());
        let rows = rows.into_iter().enumerate().map(|(place, holds)| match ids.get(place) {
            Some(id) => Row { id: *id, holds },
            None => self.row(holds),
        });
        self.rows.set(rows.collect());
    }

    fn row(self, holds: SubjectRow) -> Row {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        Row { id, holds }
    }
}

/// What speaks against the subject of a form; nothing while nobody has begun to fill it in.
pub fn fault(form: &RequestForm) -> Option<String> {
    let begun = !form.subject.trim().is_empty() || !form.subject_alternative_names.trim().is_empty();
    let errors = if begun { certdeck_shared::request::validate(form) } else { Vec::new() };
    errors.into_iter().find(|error| error.pointer == "/subject").map(|error| error.message)
}

/// The first name, without its kind and never an address of another kind.
fn first_host(names: &str) -> String {
    let first = names.split([',', ';', ' ', '\t', '\n']).map(str::trim).find(|name| !name.is_empty()).unwrap_or_default();
    let plain = first.strip_prefix("DNS:").or_else(|| first.strip_prefix("dns:")).unwrap_or(first);
    if plain.contains([':', '@', '/']) || plain.chars().count() > 64 { String::new() } else { plain.to_owned() }
}
