//! Attributes and elements of `server.xml` set, added and removed, one after the other: each is looked for where the ones before have
//! left things.

use std::ops::Range;
use std::path::Path;

use super::elements::{self, Element, Elements};
use super::xml;
use crate::deploy::change::{EditRefused, Edits};
use crate::deploy::drafts::Drafts;
use crate::deploy::reading::{Reading, place};
use crate::deploy::settings::{Document, What, lines};
use crate::deploy::splice;
use crate::host::tree::Tree;

/// A `server.xml` that changes.
pub struct Sheet<'a> {
    drafts: Drafts<'a>,
    config: &'a Path,
}

impl<'a> Sheet<'a> {
    /// A configuration as it is.
    pub fn new(tree: &'a Tree, config: &'a Path) -> Self {
        Self { drafts: Drafts::over(tree), config }
    }

    /// What changed.
    pub fn finish(self) -> Edits {
        self.drafts.finish()
    }

    /// What the file holds now.
    pub fn elements(&self) -> Result<Elements, EditRefused> {
        let mut reading = Reading::over(&self.drafts);
        let elements = elements::read(&mut reading, self.config).map_err(|error| EditRefused::because(error.to_string()))?;
        if let Some((place, words)) = &elements.unknown {
            return Err(EditRefused::at(place, words));
        }
        let document = self.document()?;
        let declared = lines(document.bytes()).find(|line| line.of(document.bytes()).starts_with(b"<!DOCTYPE"));
        match declared {
            Some(line) => Err(EditRefused::at(&place(&document, line.number), "Entities may stand for anything: they are not followed.")),
            None => Ok(elements),
        }
    }

    /// Gives an attribute of an element a value.
    pub fn set(&mut self, element: &Element, name: &str, value: &str) -> Result<(), EditRefused> {
        if element.attribute(name).is_some_and(|now| now.value == value) {
            return Ok(());
        }
        let text = written(value)?;
        let document = self.document()?;
        let bytes = document.bytes();
        let known = element.attributes.iter().find(|(attribute, _)| attribute.name == name);
        let changed = match (known, element.attributes.last()) {
            (Some((attribute, entry)), _) => match document.entries.get(*entry).map(|entry| &entry.what) {
                Some(What::Setting(setting)) => splice::replaced(bytes, &setting.value, &text),
                _ => {
                    let here = attribute.place.clone();
                    return Err(EditRefused { place: here, words: "The attribute is not where it was.".to_owned() });
                }
            },
            (None, Some((_, entry))) => splice::with_beside(bytes, &span(&document, *entry), &format!("{name}=\"{text}\"")),
            (None, None) => {
                let behind = span(&document, element.entries.0).start + 1 + element.name.len();
                splice::replaced(bytes, &(behind..behind), &format!(" {name}=\"{text}\""))
            }
        };
        self.drafts.put(self.config, changed)
    }

    /// Removes an attribute, if the element has it.
    pub fn unset(&mut self, element: &Element, name: &str) -> Result<(), EditRefused> {
        let Some((_, entry)) = element.attributes.iter().find(|(attribute, _)| attribute.name == name) else { return Ok(()) };
        let document = self.document()?;
        self.drafts.put(self.config, splice::without(document.bytes(), &span(&document, *entry)))
    }

    /// Adds lines at the end of what an element holds.
    pub fn add(&mut self, element: &Element, lines: &str) -> Result<(), EditRefused> {
        let document = self.document()?;
        let bytes = document.bytes();
        let (open, close) = (span(&document, element.entries.0), span(&document, element.entries.1));
        let step = splice::step(bytes).to_owned();
        if close.is_empty() {
            // `<Name … />` becomes `<Name … >` with its lines and an end.
            let (ending, indent) = (splice::ending(bytes), splice::indent(bytes, open.start));
            let shifted: String = lines.lines().map(|line| format!("{indent}{step}{line}{ending}")).collect();
            let text = format!(">{ending}{shifted}{indent}</{}>", element.name);
            let slash = close.start.saturating_sub(2)..close.start;
            return self.drafts.put(self.config, splice::replaced(bytes, &slash, &text));
        }
        match element.children.last() {
            Some(last) => self.add_after(last, lines),
            None => {
                let open = open.start..self.end_of_tag(&document, element);
                self.drafts.put(self.config, splice::with_line_in_block(bytes, &open, &close, &step, lines))
            }
        }
    }

    /// Adds lines behind an element.
    pub fn add_after(&mut self, element: &Element, lines: &str) -> Result<(), EditRefused> {
        let document = self.document()?;
        let whole = span(&document, element.entries.0).start..span(&document, element.entries.1).end;
        self.drafts.put(self.config, splice::with_line_after(document.bytes(), &whole, lines))
    }

    /// Adds lines in an element, before the first of its elements of a name, or at its end.
    pub fn add_before(&mut self, element: &Element, name: &str, lines: &str) -> Result<(), EditRefused> {
        let Some(first) = element.children(name).next() else { return self.add(element, lines) };
        let document = self.document()?;
        let changed = splice::with_line_before(document.bytes(), &span(&document, first.entries.0), lines);
        self.drafts.put(self.config, changed)
    }

    /// Behind the `>` that ends the begin of an element.
    fn end_of_tag(&self, document: &Document, element: &Element) -> usize {
        let Some((_, last)) = element.attributes.last() else { return span(document, element.entries.0).end };
        let end = span(document, *last).end;
        let rest = document.bytes().get(end..).unwrap_or_default();
        rest.iter().position(|octet| *octet == b'>').map_or(end, |at| end + at + 1)
    }

    fn document(&self) -> Result<Document, EditRefused> {
        self.drafts.document(self.config, xml::parse)
    }
}

fn span(document: &Document, entry: usize) -> Range<usize> {
    document.entries.get(entry).map(|entry| entry.span.clone()).unwrap_or_default()
}

/// A value between quotes.
pub fn written(value: &str) -> Result<String, EditRefused> {
    if value.contains(char::is_control) || value.contains("${") {
        return Err(EditRefused::because(format!("{value:?} cannot be written into server.xml.")));
    }
    Ok(quick_xml::escape::escape(value).into_owned())
}

/// A path between quotes.
pub fn path(path: &Path) -> Result<&str, EditRefused> {
    path.to_str().ok_or_else(|| EditRefused::because(format!("{} is no UTF-8.", path.display())))
}
