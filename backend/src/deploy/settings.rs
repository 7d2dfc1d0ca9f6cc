//! A configuration file taken apart into spans: what is not looked at stays as it is, to the byte.

use std::ops::Range;
use std::path::PathBuf;

/// A configuration file. Its entries lie side by side and cover all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Where it is.
    pub path: PathBuf,
    /// What it is made of.
    pub entries: Vec<Entry>,
    bytes: Vec<u8>,
}

/// A piece of a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its bytes.
    pub span: Range<usize>,
    /// The line it begins in, from 1.
    pub line: u32,
    /// What it is.
    pub what: What,
}

/// What a piece of a configuration file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Space and comments.
    Quiet,
    /// A setting.
    Setting(Setting),
    /// A block begins.
    Open(Setting),
    /// A block ends; with its name where the format repeats it.
    Close(String),
    /// Not understood, with the reason as a sentence.
    Unknown(String),
}

/// A name and what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Name as it is written.
    pub name: String,
    /// Value as the program sees it: continued lines joined, quotes kept.
    pub text: String,
    /// Bytes of the value, from its first to its last octet.
    pub value: Range<usize>,
}

impl Document {
    /// Puts a file together from its entries, which must cover it.
    #[must_use]
    pub fn new(path: PathBuf, bytes: Vec<u8>, entries: Vec<Entry>) -> Self {
        Self { path, entries, bytes }
    }

    /// The file as it was read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file, printed from its entries.
    #[must_use]
    pub fn print(&self) -> Vec<u8> {
        self.entries.iter().filter_map(|entry| self.bytes.get(entry.span.clone())).flatten().copied().collect()
    }

    /// All settings with their lines, blocks aside.
    pub fn settings(&self) -> impl Iterator<Item = (&Setting, u32)> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Setting(setting) => Some((setting, entry.line)),
            _ => None,
        })
    }
}

/// A line of a file, without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Number, from 1.
    pub number: u32,
    /// Its bytes with the end of the line.
    pub span: Range<usize>,
    /// Its bytes without space before and after, and without the end of the line.
    pub content: Range<usize>,
}

impl Line {
    /// Whether it begins with a space or a tab.
    #[must_use]
    pub fn is_indented(&self) -> bool {
        self.content.start > self.span.start
    }

    /// The content.
    #[must_use]
    pub fn of<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        bytes.get(self.content.clone()).unwrap_or_default()
    }
}

/// The lines of a file.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = Line> {
    let mut start = 0;
    bytes.split_inclusive(|octet| *octet == b'\n').zip(1..).map(move |(text, number)| {
        let span = start..start + text.len();
        start = span.end;
        Line { number, content: trimmed(bytes, span.clone()), span }
    })
}

/// A span without the space at its ends.
#[must_use]
pub fn trimmed(bytes: &[u8], span: Range<usize>) -> Range<usize> {
    let text = bytes.get(span.clone()).unwrap_or_default();
    let start = span.start + (text.len() - text.trim_ascii_start().len());
    start..start.max(span.start + text.trim_ascii_end().len())
}

/// The bytes of a span as text; octets that are no UTF-8 become U+FFFD.
#[must_use]
pub fn text(bytes: &[u8], span: Range<usize>) -> String {
    String::from_utf8_lossy(bytes.get(span).unwrap_or_default()).into_owned()
}

/// Collects entries so that they cover the file: what lies between two of them is quiet.
pub struct Entries<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    end: usize,
    line: u32,
}

impl<'a> Entries<'a> {
    /// Begins at the start of a file.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, entries: Vec::new(), end: 0, line: 1 }
    }

    /// Adds what is in a span behind the last one; what the two share stays the last one's.
    pub fn add(&mut self, span: Range<usize>, what: What) {
        self.quiet_until(span.start);
        self.push(span.start.max(self.end)..span.end.max(self.end), what);
    }

    fn quiet_until(&mut self, start: usize) {
        if start > self.end {
            self.push(self.end..start, What::Quiet);
        }
    }

    fn push(&mut self, span: Range<usize>, what: What) {
        let breaks = self.bytes.get(span.clone()).unwrap_or_default().iter().filter(|octet| **octet == b'\n').count();
        self.entries.push(Entry { span: span.clone(), line: self.line, what });
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.end = span.end;
    }

    /// All of them.
    #[must_use]
    pub fn finish(mut self) -> Vec<Entry> {
        self.quiet_until(self.bytes.len());
        self.entries
    }
}
