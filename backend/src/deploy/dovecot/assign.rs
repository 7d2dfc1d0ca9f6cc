//! Gives settings values where they count: at the place that all endpoints share which want the new value, otherwise in the block that
//! is for them alone.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Place, TlsMode};

use super::blocks::{self, Block};
use super::form::Form;
use super::scopes::{Filter, Scopes};
use super::{Placed, syntax};
use crate::deploy::change::{EditRefused, Edits};
use crate::deploy::drafts::Drafts;
use crate::deploy::reading::Reading;
use crate::deploy::settings::{self, Document, What};
use crate::deploy::splice;
use crate::host::tree::Tree;

/// One step into a block.
const STEP: &str = "  ";

/// All files with the changes made so far.
pub(super) struct Configuration<'a> {
    /// The main file.
    pub main: &'a Path,
    pub form: Form,
    drafts: Drafts<'a>,
}

/// What the files say now.
pub(super) struct Now {
    pub scopes: Scopes,
    /// The files in the order they are read.
    files: Vec<PathBuf>,
    /// The endpoints, in the order in which they were observed.
    pub placed: Vec<Placed>,
}

/// A setting and the value that it shall have.
pub(super) struct Assignment<'a> {
    pub name: &'a str,
    pub value: &'a str,
    /// What Dovecot takes where nothing is set.
    pub by_itself: Option<&'a str>,
}

impl<'a> Configuration<'a> {
    /// Nothing changed yet.
    ///
    /// # Errors
    /// What Dovecot would not take either.
    pub(super) fn over(tree: &'a Tree, main: &'a Path) -> Result<Self, EditRefused> {
        let mut configuration = Self { main, form: Form::V23, drafts: Drafts::over(tree) };
        configuration.form = Form::of(&configuration.now()?.scopes, tree)?;
        Ok(configuration)
    }

    /// Reads everything as it would be.
    pub(super) fn now(&self) -> Result<Now, EditRefused> {
        let mut reading = Reading::over(&self.drafts);
        let mut scopes = Scopes::default();
        scopes.read(&mut reading, self.main, None);
        if let Some(remark) = reading.remarks.first() {
            return Err(EditRefused::at(&remark.place, remark.words.clone()));
        }
        let files = reading.files.iter().map(|file| PathBuf::from(&file.path)).collect();
        let placed = super::endpoints(&scopes, self.main);
        Ok(Now { scopes, files, placed })
    }

    /// The files that are other ones now.
    pub(super) fn finish(self) -> Edits {
        self.drafts.finish()
    }

    fn document(&self, file: &Path) -> Result<Document, EditRefused> {
        self.drafts.document(file, syntax::parse)
    }

    fn says(&self, now: &Now, at: usize, wanted: &Assignment<'_>) -> bool {
        let Some(placed) = now.placed.get(at) else { return true };
        match now.scopes.held(wanted.name, &placed.filters) {
            Some(held) => self.meaning(&held.text) == self.meaning(wanted.value),
            None => wanted.by_itself == Some(wanted.value),
        }
    }

    /// A file by its path, wherever it begins.
    fn meaning(&self, text: &str) -> String {
        match text.strip_prefix('<') {
            Some(path) => self.main.parent().unwrap_or(Path::new("/")).join(path.trim()).display().to_string(),
            None => text.to_owned(),
        }
    }

    /// Gives a setting a value for some endpoints and no others.
    ///
    /// # Errors
    /// When others share it that cannot be told apart.
    pub(super) fn assign(&mut self, endpoints: &[usize], wanted: &Assignment<'_>) -> Result<(), EditRefused> {
        loop {
            let now = self.now()?;
            let Some(wrong) = endpoints.iter().copied().find(|at| !self.says(&now, *at, wanted)) else { return Ok(()) };
            let before = endpoints.iter().filter(|at| !self.says(&now, **at, wanted)).count();
            self.assign_once(&now, endpoints, wrong, wanted)?;
            let after = self.now()?;
            if endpoints.iter().filter(|at| !self.says(&after, **at, wanted)).count() >= before {
                return Err(EditRefused::because(format!("{} does not come to {} where it is set.", wanted.name, wanted.value)));
            }
        }
    }

    fn assign_once(&mut self, now: &Now, endpoints: &[usize], wrong: usize, wanted: &Assignment<'_>) -> Result<(), EditRefused> {
        let Some(placed) = now.placed.get(wrong) else { return Ok(()) };
        let held = now.scopes.held(wanted.name, &placed.filters);
        let source = |placed: &Placed| now.scopes.held(wanted.name, &placed.filters).map(|held| held.place.clone());
        let place = held.as_ref().map(|held| held.place.clone());
        // Who takes the value from the same place.
        let sharing: Vec<usize> = now
            .placed
            .iter()
            .enumerate()
            .filter(|(_, one)| one.endpoint.tls != TlsMode::Off && source(one) == place)
            .map(|(at, _)| at)
            .collect();
        let all_want = |group: &[usize]| group.iter().all(|at| endpoints.contains(at));
        if all_want(&sharing) {
            return match &place {
                Some(place) => self.replace(place, wanted.value),
                None => self.add(now, wanted),
            };
        }
        // A narrower block: for the name or the address, or for the protocol.
        // What is set for a name or an address counts more than what is set for a protocol.
        let narrower = |filter: &&Filter| match &held {
            Some(held) if matches!(filter, Filter::Protocol(_)) => held.filters.is_empty(),
            Some(held) => !held.filters.contains(filter),
            None => true,
        };
        let filter = placed.filters.iter().rev().find(narrower);
        let group: Vec<usize> = match filter {
            Some(filter) => sharing.into_iter().filter(|at| now.placed.get(*at).is_some_and(|one| one.filters.contains(filter))).collect(),
            None => sharing,
        };
        match filter.filter(|_| all_want(&group)) {
            Some(filter) => {
                let line = format!("{} = {}", wanted.name, wanted.value);
                match now.scopes.conflict(wanted.name, filter).filter(|_| self.form != Form::V24) {
                    Some(place) => {
                        let words =
                            format!("{} is set here, and for {} as well it would be a conflict for Dovecot.", wanted.name, filter.block());
                        Err(EditRefused::at(place, words))
                    }
                    None => self.add_in_block(now, &[filter.block()], &line),
                }
            }
            None => {
                let others = group.iter().filter(|at| !endpoints.contains(at)).filter_map(|at| now.placed.get(*at));
                let names: Vec<&str> = others.map(|one| one.endpoint.name.as_str()).collect();
                let words =
                    format!("{} is the same for {}: Dovecot cannot tell it apart. Choose them as well.", wanted.name, names.join(", "));
                Err(EditRefused { place: place.or_else(|| placed.endpoint.place.clone()), words })
            }
        }
    }

    /// Another value at the place of a setting.
    pub(super) fn replace(&mut self, place: &Place, value: &str) -> Result<(), EditRefused> {
        let file = Path::new(&place.file);
        let document = self.document(file)?;
        let setting = document.settings().find(|(_, line)| *line == place.line).map(|(setting, _)| setting.value.clone());
        let Some(span) = setting else { return Err(EditRefused::at(place, "The setting is not found again.")) };
        let empty = span.is_empty() && settings::text(document.bytes(), 0..span.start).ends_with('=');
        let text = if empty { format!(" {value}") } else { value.to_owned() };
        self.drafts.put(file, splice::replaced(document.bytes(), &span, &text))
    }

    /// A setting that holds everywhere, beside the others of TLS.
    fn add(&mut self, now: &Now, wanted: &Assignment<'_>) -> Result<(), EditRefused> {
        let beside = now.scopes.last_of_tls(wanted.name);
        let Some((place, gathered)) = beside else {
            let document = self.document(self.main)?;
            let line = format!("{} = {}", wanted.name, wanted.value);
            return self.drafts.put(self.main, splice::with_line_at_end(document.bytes(), &line));
        };
        // In a block that gathers the settings of one prefix, the prefix is not said again.
        let name = gathered.as_ref().and_then(|prefix| wanted.name.strip_prefix(prefix.as_str())?.strip_prefix('_')).unwrap_or(wanted.name);
        let file = Path::new(&place.file);
        let document = self.document(file)?;
        let anchor = document.entries.iter().find(|entry| entry.line == place.line && matches!(entry.what, What::Setting(_)));
        let Some(anchor) = anchor else { return Err(EditRefused::at(&place, "The setting is not found again.")) };
        let line = format!("{name} = {}", wanted.value);
        self.drafts.put(file, splice::with_line_after(document.bytes(), &anchor.span, &line))
    }

    /// Lines in the last block with these names; what is missing of the blocks is made.
    pub(super) fn add_in_block(&mut self, now: &Now, names: &[String], lines: &str) -> Result<(), EditRefused> {
        for depth in (1..=names.len()).rev() {
            let (outer, inner) = names.split_at(depth);
            let text = nested(inner, lines);
            for file in now.files.iter().rev() {
                let document = self.document(file)?;
                if let Some(Block { open, close, .. }) = blocks::blocks(&document).into_iter().rfind(|block| block.names == outer) {
                    return self.drafts.put(file, splice::with_line_in_block(document.bytes(), &open, &close, STEP, &text));
                }
            }
        }
        let document = self.document(self.main)?;
        self.drafts.put(self.main, splice::with_line_at_end(document.bytes(), &nested(names, lines)))
    }
}

/// Lines with blocks round them.
fn nested(names: &[String], lines: &str) -> String {
    match names.split_first() {
        None => lines.to_owned(),
        Some((name, rest)) => {
            let inside: Vec<String> = nested(rest, lines).lines().map(|line| format!("{STEP}{line}")).collect();
            format!("{name} {{\n{}\n}}", inside.join("\n"))
        }
    }
}
