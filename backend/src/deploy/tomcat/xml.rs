//! `server.xml` as spans: each element a block, each attribute a setting with its own bytes and line; comments are quiet.

use std::ops::Range;
use std::path::PathBuf;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::deploy::settings::{Document, Entries, Setting, What};

/// Takes a file apart.
#[must_use]
pub fn parse(path: PathBuf, bytes: Vec<u8>) -> Document {
    let mut entries = Entries::of(&bytes);
    match std::str::from_utf8(&bytes) {
        Ok(text) => elements(text, &mut entries),
        Err(error) => {
            let from = error.valid_up_to();
            entries.add(from..bytes.len(), What::Unknown("It is no UTF-8 from here on.".to_owned()));
        }
    }
    let entries = entries.finish();
    Document::new(path, bytes, entries)
}

fn elements(text: &str, entries: &mut Entries<'_>) {
    let mut reader = Reader::from_str(text);
    let mut begin = 0;
    loop {
        let event = reader.read_event();
        let end = usize::try_from(reader.buffer_position()).unwrap_or(text.len()).min(text.len());
        match event {
            Ok(Event::Eof) => break,
            Ok(Event::Start(element)) => self::element(text, begin..end, &element, false, entries),
            Ok(Event::Empty(element)) => self::element(text, begin..end, &element, true, entries),
            Ok(Event::End(element)) => entries.add(begin..end, What::Close(element.name().as_ref().to_owned())),
            Ok(_) => {}
            Err(error) => {
                entries.add(begin..text.len(), What::Unknown(format!("It is no well-formed XML from here on: {error}.")));
                break;
            }
        }
        begin = end;
    }
}

fn element(whole: &str, span: Range<usize>, element: &BytesStart<'_>, empty: bool, entries: &mut Entries<'_>) {
    // The reader lends slices of the very bytes it was given; where they lie is where they begin.
    let offset = |part: &str| (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize).filter(|at| span.contains(at));
    let mut attributes = Vec::new();
    let mut wrong = None;
    for attribute in element.attributes() {
        match attribute {
            Ok(attribute) => {
                let key = attribute.key.as_ref();
                let Some(start) = offset(key) else { continue };
                let raw: &str = &attribute.value;
                let value = offset(raw).map_or(start..start, |at| at..at + raw.len());
                let text = quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), std::borrow::Cow::into_owned);
                attributes.push((start, Setting { name: key.to_owned(), text, value }));
            }
            Err(error) => wrong = Some(error.to_string()),
        }
    }
    let first = attributes.first().map_or(span.end, |(start, _)| *start);
    let opened = Setting { name: element.name().as_ref().to_owned(), text: String::new(), value: first..first };
    entries.add(span.start..first, What::Open(opened));
    for (start, setting) in attributes {
        // With the quote that closes it.
        let end = (setting.value.end + 1).min(span.end);
        entries.add(start..end.max(start), What::Setting(setting));
    }
    if let Some(words) = wrong {
        entries.add(span.end..span.end, What::Unknown(format!("An attribute is not understood: {words}.")));
    }
    if empty {
        entries.add(span.end..span.end, What::Close(element.name().as_ref().to_owned()));
    }
}
