//! Reading the files of a configuration one after the other: each is noted with owner and mode; circles, depth and missing files are named.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{ConfigFile, Place, Remark};

use super::drafts::Drafts;
use super::pattern;
use super::settings::Document;
use crate::host::tree::Tree;

/// How deep files may include each other, as in Apache.
const DEEPEST: usize = 32;
/// Most files of one configuration.
const MOST_FILES: usize = 2_000;
/// Most octets of one file.
pub const LONGEST: u64 = 4 << 20;
/// Most remarks about one configuration.
const MOST_REMARKS: usize = 500;

/// Takes a file apart.
pub type Parser = fn(PathBuf, Vec<u8>) -> Document;

/// What has been read so far.
pub struct Reading<'a> {
    /// Where the files are.
    pub tree: &'a Tree,
    /// The files, in the order they were read.
    pub files: Vec<ConfigFile>,
    /// What is to be said.
    pub remarks: Vec<Remark>,
    /// Whether every file that is named could be read so far.
    pub whole: bool,
    open: Vec<PathBuf>,
    drafts: Option<&'a Drafts<'a>>,
}

/// How an include names its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The program does not start without them.
    Wrong,
    /// None may match a pattern; a file that is named outright must be there.
    WrongByName,
    /// None is good, too.
    Allowed,
}

impl<'a> Reading<'a> {
    /// Nothing yet.
    #[must_use]
    pub fn new(tree: &'a Tree) -> Self {
        Self { tree, files: Vec::new(), remarks: Vec::new(), whole: true, open: Vec::new(), drafts: None }
    }

    /// Nothing yet; files are read as they would be after changes.
    #[must_use]
    pub fn over(drafts: &'a Drafts<'a>) -> Self {
        Self { drafts: Some(drafts), ..Self::new(drafts.tree()) }
    }

    /// Notes something about a place.
    pub fn remark(&mut self, place: &Place, words: impl Into<String>) {
        if self.remarks.len() < MOST_REMARKS {
            self.remarks.push(Remark { place: place.clone(), words: words.into() });
        }
    }

    /// Reads a file and begins it; [`Reading::end`] ends it. Nothing when it cannot be read, which is noted where it is included.
    pub fn begin(&mut self, path: &Path, included: Option<&Place>, parser: Parser) -> Option<Document> {
        let here = included.cloned().unwrap_or_else(|| Place { file: path.display().to_string(), line: 1 });
        let way = self.tree.follow(path);
        let end = way.as_ref().map_or_else(|_| path.to_owned(), |way| way.end.clone());
        if self.open.contains(&end) {
            self.remark(&here, format!("{} includes itself.", path.display()));
            return None;
        }
        if self.open.len() >= DEEPEST || self.files.len() >= MOST_FILES {
            self.remark(&here, format!("Files include each other more than {DEEPEST} deep, or there are more than {MOST_FILES}."));
            return None;
        }
        let content = || self.drafts.map_or_else(|| self.tree.read(path, LONGEST), |drafts| drafts.read(path));
        let read = way.and_then(|way| Ok((way, self.tree.attributes(path)?, content()?)));
        let (way, attributes, bytes) = match read {
            Ok(read) => read,
            Err(error) => {
                self.unreadable(&here, path, &error.source);
                return None;
            }
        };
        self.files.push(ConfigFile {
            path: path.display().to_string(),
            included: included.cloned(),
            links: way.links.iter().map(|(from, to)| format!("{} -> {}", from.display(), to.display())).collect(),
            owner: attributes.user_name(),
            group: attributes.group_name(),
            mode: format!("{:04o}", attributes.mode),
        });
        self.open.push(end);
        Some(parser(path.to_owned(), bytes))
    }

    fn unreadable(&mut self, here: &Place, path: &Path, error: &std::io::Error) {
        self.whole = false;
        self.remark(here, format!("{} cannot be read: {error}.", path.display()));
    }

    /// Ends the file that was begun last.
    pub fn end(&mut self) {
        self.open.pop();
    }

    /// The files that an include names: one, those that match a pattern, or those of a directory where the program takes one.
    pub fn included(&mut self, path: &Path, here: &Place, missing: Missing, of_directory: Option<&str>) -> Vec<PathBuf> {
        let patterned = pattern::is_pattern(&path.display().to_string());
        let found = if patterned { pattern::paths(self.tree, path) } else { vec![path.to_owned()] };
        if found.is_empty() && missing == Missing::Wrong {
            self.remark(here, format!("No file matches {}.", path.display()));
        }
        let mut files = Vec::new();
        for path in found {
            match self.tree.attributes(&path) {
                Ok(attributes) if attributes.directory => match of_directory {
                    Some(names) => files.extend(pattern::paths(self.tree, &path.join(names))),
                    None => self.remark(here, format!("{} is a directory.", path.display())),
                },
                Ok(_) => files.push(path),
                Err(_) if missing == Missing::Allowed => {}
                Err(error) => self.unreadable(here, &path, &error.source),
            }
        }
        files
    }
}

/// A place in a document.
#[must_use]
pub fn place(document: &Document, line: u32) -> Place {
    Place { file: document.path.display().to_string(), line }
}
