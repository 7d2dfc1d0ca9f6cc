//! Which value holds where: settings in `protocol`, `local` and `local_name` blocks lie over those outside.

use std::path::Path;

use certdeck_shared::api::service::{Effective, Place};

use super::blocks;
use super::syntax::{self, unquoted};
use crate::deploy::adapter::{built_in, set_at};
use crate::deploy::reading::{Missing, Reading, place};
use crate::deploy::settings::{Document, Setting, What};

/// A filter round settings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Filter {
    /// `protocol imap { … }`
    Protocol(String),
    /// `local 192.0.2.1 { … }`
    Local(String),
    /// `local_name mail.example.org { … }`
    LocalName(String),
    /// A condition on the client, which says nothing about what is served to all.
    Other(String),
}

/// One setting with the blocks round it.
#[derive(Debug, Clone)]
struct Found {
    filters: Vec<Filter>,
    /// Blocks that are no filter: `service imap-login`, `inet_listener imaps`.
    blocks: Vec<String>,
    /// The prefix of its name that the block round it says: `ssl_server`.
    gathered: Option<String>,
    name: String,
    text: String,
    place: Place,
}

/// A setting that counts somewhere.
#[derive(Debug, Clone)]
pub struct Held<'a> {
    /// The blocks that it is for.
    pub filters: &'a [Filter],
    /// Its value without quotes.
    pub text: String,
    /// Where it is.
    pub place: &'a Place,
}

/// Everything that a configuration sets, in order.
#[derive(Debug, Default)]
pub struct Scopes {
    found: Vec<Found>,
    /// Blocks in which something is set, such as `service imap-login/inet_listener imaps`, with the place of the first.
    pub blocks: Vec<(String, Place)>,
}

impl Scopes {
    /// Reads a file and all that it includes; false when it cannot be read.
    pub fn read(&mut self, reading: &mut Reading<'_>, path: &Path, included: Option<&Place>) -> bool {
        let (mut filters, mut blocks) = (Vec::new(), Vec::new());
        self.file(reading, path, included, &mut Nesting { filters: &mut filters, blocks: &mut blocks, kinds: Vec::new() })
    }

    fn file(&mut self, reading: &mut Reading<'_>, path: &Path, included: Option<&Place>, nesting: &mut Nesting<'_>) -> bool {
        let Some(document) = reading.begin(path, included, syntax::parse) else { return false };
        let before = nesting.kinds.len();
        for entry in &document.entries {
            let here = place(&document, entry.line);
            match &entry.what {
                What::Quiet => {}
                What::Unknown(words) => reading.remark(&here, words),
                What::Open(block) => {
                    nesting.open(block);
                    let name = nesting.blocks.join("/");
                    if !name.is_empty() && !self.blocks.iter().any(|(known, _)| *known == name) {
                        self.blocks.push((name, here));
                    }
                }
                What::Close(_) if nesting.kinds.len() > before => nesting.close(),
                What::Close(_) => reading.remark(&here, "A } closes nothing."),
                What::Setting(setting) => self.setting(reading, &document, setting, &here, nesting),
            }
        }
        if nesting.kinds.len() > before {
            let last = document.entries.last().map_or(1, |entry| entry.line);
            reading.remark(&place(&document, last), "A block is not closed.");
            while nesting.kinds.len() > before {
                nesting.close();
            }
        }
        reading.end();
        true
    }

    fn setting(&mut self, reading: &mut Reading<'_>, document: &Document, setting: &Setting, here: &Place, nesting: &mut Nesting<'_>) {
        if let "!include" | "!include_try" = setting.name.as_str() {
            let directory = document.path.parent().unwrap_or(Path::new("/"));
            let pattern = directory.join(unquoted(&setting.text));
            let missing = if setting.name == "!include" { Missing::Wrong } else { Missing::Allowed };
            for path in reading.included(&pattern, here, missing, None) {
                self.file(reading, &path, Some(here), nesting);
            }
            return;
        }
        let mut name = setting.name.clone();
        let mut blocks = nesting.blocks.clone();
        let mut gathered = None;
        // 2.4 gathers the settings of one prefix in a block.
        if let ["ssl_server"] | ["ssl"] = blocks.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            let prefix = blocks.pop().unwrap_or_default();
            if !name.starts_with(&prefix) {
                name = format!("{prefix}_{name}");
            }
            gathered = Some(prefix);
        }
        let text = self.replaced(&setting.text, &nesting.filters.clone());
        self.found.push(Found { filters: nesting.filters.clone(), blocks, gathered, name, text, place: here.clone() });
    }

    /// `$name` is what the setting was before.
    fn replaced(&self, text: &str, filters: &[Filter]) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            let end = after.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(after.len());
            let (name, behind) = after.split_at(end);
            out.push_str(before);
            // Only a word of its own is a variable.
            if name.is_empty() || !(before.is_empty() || before.ends_with([' ', ','])) {
                out.push('$');
                out.push_str(name);
            } else {
                out.push_str(&self.value(name, &[], filters).map(|found| found.text.clone()).unwrap_or_default());
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    fn value(&self, name: &str, blocks: &[&str], filters: &[Filter]) -> Option<&Found> {
        let fits = |found: &&Found| {
            found.name == name
                && found.blocks.iter().map(String::as_str).eq(blocks.iter().copied())
                && found.filters.iter().all(|filter| filters.contains(filter))
        };
        // The one with the most specific filters counts, and of those the last.
        self.found.iter().filter(fits).max_by_key(|found| {
            let weight = |filter: &Filter| match filter {
                Filter::LocalName(_) => 100,
                Filter::Local(_) => 10,
                Filter::Protocol(_) | Filter::Other(_) => 1,
            };
            found.filters.iter().map(weight).sum::<u32>()
        })
    }

    /// What counts where these filters hold, be it empty.
    #[must_use]
    pub fn held(&self, name: &str, filters: &[Filter]) -> Option<Held<'_>> {
        self.value(name, &[], filters).map(Found::held)
    }

    /// The first of a name, wherever it holds.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<Held<'_>> {
        self.found.iter().find(|found| found.name == name).map(Found::held)
    }

    /// The last setting about TLS that holds everywhere, with the prefix of the block that it is gathered in: one in no such block if
    /// there is any, otherwise one that this name could stand beside.
    #[must_use]
    pub fn last_of_tls(&self, name: &str) -> Option<(Place, Option<String>)> {
        let everywhere = |found: &&Found| found.name.starts_with("ssl") && found.filters.is_empty() && found.blocks.is_empty();
        let alone = self.found.iter().filter(everywhere).rfind(|found| found.gathered.is_none());
        let fits = |found: &&Found| found.gathered.as_ref().is_some_and(|prefix| name.starts_with(&format!("{prefix}_")));
        let found = alone.or_else(|| self.found.iter().filter(everywhere).rfind(fits))?;
        Some((found.place.clone(), found.gathered.clone()))
    }

    /// Where a setting stands in a block of the other kind: Dovecot 2.3 takes one that a protocol and a name both have for an error
    /// (`Conflict in setting ssl_cert found from filter`) when a client comes for both.
    #[must_use]
    pub fn conflict(&self, name: &str, filter: &Filter) -> Option<&Place> {
        let of_protocol = |filters: &[Filter]| filters.iter().all(|one| matches!(one, Filter::Protocol(_)));
        let own = of_protocol(std::slice::from_ref(filter));
        let other = |found: &&Found| found.name == name && !found.filters.is_empty() && of_protocol(&found.filters) != own;
        self.found.iter().find(other).map(|found| &found.place)
    }

    /// The value where these filters hold; nothing when it is not set.
    #[must_use]
    pub fn effective(&self, name: &str, filters: &[Filter]) -> Option<Effective> {
        let found = self.value(name, &[], filters)?;
        Some(set_at(name, unquoted(&found.text), &found.place)).filter(|effective| !effective.value.is_empty())
    }

    /// The same, with what Dovecot takes by itself.
    #[must_use]
    pub fn effective_or(&self, name: &str, default: &str, filters: &[Filter]) -> Effective {
        self.effective(name, filters).unwrap_or_else(|| built_in(name, default))
    }

    /// A setting of a listener.
    #[must_use]
    pub fn of_listener(&self, service: &str, listener: &str, name: &str) -> Option<Effective> {
        let blocks = [format!("service {service}"), format!("inet_listener {listener}")];
        let found = self.value(name, &blocks.iter().map(String::as_str).collect::<Vec<_>>(), &[])?;
        Some(set_at(name, unquoted(&found.text), &found.place))
    }

    /// All names and addresses that something is set for, each once.
    #[must_use]
    pub fn filters(&self) -> Vec<Filter> {
        let mut filters: Vec<Filter> =
            self.found.iter().filter(|found| found.name.starts_with("ssl")).flat_map(|found| found.filters.clone()).collect();
        filters.sort();
        filters.dedup();
        filters
    }

    /// Names of 2.4's list `name { a = yes }`.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let mut names = Vec::new();
        for found in self.found.iter().filter(|found| found.blocks == [name.to_owned()]) {
            names.retain(|known| *known != found.name);
            if found.text == "yes" {
                names.push(found.name.clone());
            }
        }
        names
    }
}

impl Found {
    fn held(&self) -> Held<'_> {
        Held { filters: &self.filters, text: unquoted(&self.text), place: &self.place }
    }
}

impl Filter {
    /// The name of its block.
    #[must_use]
    pub fn block(&self) -> String {
        match self {
            Self::Protocol(what) => format!("protocol {what}"),
            Self::Local(what) => format!("local {what}"),
            Self::LocalName(what) => format!("local_name {what}"),
            Self::Other(what) => format!("remote {what}"),
        }
    }
}

/// The blocks that are open.
struct Nesting<'a> {
    filters: &'a mut Vec<Filter>,
    blocks: &'a mut Vec<String>,
    /// For each open block: how many filters it pushed, and whether it is a block of the other kind.
    kinds: Vec<(usize, bool)>,
}

impl Nesting<'_> {
    fn open(&mut self, block: &Setting) {
        let what = unquoted(&block.text);
        let filters: Vec<Filter> = match block.name.as_str() {
            "protocol" => vec![Filter::Protocol(what)],
            "local" => vec![Filter::Local(what)],
            "local_name" => vec![Filter::LocalName(what)],
            "remote" => vec![Filter::Other(what)],
            _ => {
                self.blocks.push(blocks::name(block));
                self.kinds.push((0, true));
                return;
            }
        };
        self.kinds.push((filters.len(), false));
        self.filters.extend(filters);
    }

    fn close(&mut self) {
        if let Some((filters, block)) = self.kinds.pop() {
            self.filters.truncate(self.filters.len().saturating_sub(filters));
            if block {
                self.blocks.pop();
            }
        }
    }
}
