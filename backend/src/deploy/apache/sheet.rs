//! Directives of Apache set, added and removed, one after the other: each is looked for where the ones before have left things.

use std::path::Path;

use super::scope::{Directive, Host, Scope};
use super::syntax;
use super::walk::Walk;
use super::walked;
use crate::deploy::change::{EditRefused, Edits};
use crate::deploy::drafts::Drafts;
use crate::deploy::reading::Reading;
use crate::deploy::settings::{Document, What};
use crate::deploy::splice;
use crate::host::tree::Tree;

/// A configuration that changes.
pub struct Sheet<'a> {
    drafts: Drafts<'a>,
    config: &'a Path,
}

/// A directive that counts once: the last of those of its name that fit.
#[derive(Clone, Copy)]
pub struct Slot {
    /// Its name as it is written.
    pub name: &'static str,
    /// Which of those of the name; they may be about different things.
    pub fits: fn(&Directive) -> bool,
}

impl Slot {
    /// All directives of a name.
    pub fn of(name: &'static str) -> Self {
        Self { name, fits: |_| true }
    }

    fn last<'a>(&self, scope: &'a Scope) -> Option<&'a Directive> {
        scope.all(&self.name.to_ascii_lowercase()).filter(|directive| (self.fits)(directive)).last()
    }

    fn counts<'a>(&self, host: &Host<'a>) -> Option<&'a Directive> {
        self.last(host.own).or_else(|| self.last(host.server))
    }
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

    /// What holds now.
    pub fn walk(&self) -> Result<Walk, EditRefused> {
        let mut reading = Reading::over(&self.drafts);
        walked(&mut reading, self.config).map_err(|error| EditRefused::because(error.to_string()))
    }

    /// Makes a directive hold for virtual hosts. Where others have it from the same place, it is set in the hosts themselves.
    pub fn set(&mut self, hosts: &[usize], slot: Slot, text: &str, is_so: &dyn Fn(Option<&Directive>) -> bool) -> Result<(), EditRefused> {
        for at in hosts {
            let walk = self.walk()?;
            let host = host(&walk, *at)?;
            clear(&host, slot.name)?;
            let own = slot.last(host.own);
            let inherited = slot.last(host.server).filter(|_| !is_doubtful(host.server, slot.name));
            let counts = own.or(inherited);
            if is_so(counts) && (own.is_some() || !is_doubtful(host.server, slot.name)) {
                continue;
            }
            let shared =
                |directive: &Directive| others(&walk, hosts).any(|other| slot.counts(&other).is_some_and(|counts| counts.is(directive)));
            match counts {
                Some(directive) if !shared(directive) => self.replace(directive, text)?,
                _ => self.insert(&host, None, own.is_some(), &format!("{} {text}", slot.name))?,
            }
        }
        Ok(())
    }

    /// Removes a directive from virtual hosts.
    pub fn remove(&mut self, hosts: &[usize], name: &'static str) -> Result<(), EditRefused> {
        let slot = Slot::of(name);
        for at in hosts {
            loop {
                let walk = self.walk()?;
                let host = host(&walk, *at)?;
                clear(&host, name)?;
                let Some(directive) = slot.counts(&host) else { break };
                let is_shared = others(&walk, hosts).any(|other| slot.counts(&other).is_some_and(|counts| counts.is(directive)));
                if is_shared || (slot.last(host.own).is_none() && is_doubtful(host.server, name)) {
                    let words = format!(
                        "{name} holds for other virtual hosts, too, and cannot be unset for one: change all of them at once, or move it into those that need it."
                    );
                    return Err(EditRefused::at(&directive.place, words));
                }
                let document = self.document(directive)?;
                let span = document.entries.get(directive.entry).map(|entry| entry.span.clone()).unwrap_or_default();
                self.drafts.put(&document.path, splice::without(document.bytes(), &span))?;
            }
        }
        Ok(())
    }

    /// Another text for a directive.
    pub fn replace(&mut self, directive: &Directive, text: &str) -> Result<(), EditRefused> {
        let document = self.document(directive)?;
        let Some(What::Setting(setting)) = document.entries.get(directive.entry).map(|entry| &entry.what) else {
            return Err(EditRefused::at(&directive.place, "The directive is not where it was."));
        };
        let text = if setting.value.is_empty() { format!(" {text}") } else { text.to_owned() };
        self.drafts.put(&document.path, splice::replaced(document.bytes(), &setting.value, &text))
    }

    /// Lines more in a virtual host: behind a directive of its file, or behind its last one of TLS, or at its end.
    pub fn insert(&mut self, host: &Host<'_>, after: Option<&Directive>, at_end: bool, lines: &str) -> Result<(), EditRefused> {
        let Some(place) = &host.own.place else {
            return self.insert_for_server(host.server, after, lines);
        };
        let Some((open, close)) = host.own.entries else {
            return Err(EditRefused::at(place, "The virtual host does not end."));
        };
        let document = self.drafts.document(Path::new(&place.file), syntax::parse)?;
        let of_host = |directive: &&Directive| directive.place.file == place.file && directive.depth == host.own.depth;
        let of_tls = host.own.directives.iter().rfind(|directive| directive.name.starts_with("ssl") && of_host(directive));
        let anchor = after.filter(of_host).or(of_tls).filter(|_| !at_end);
        let span = |entry: usize| document.entries.get(entry).map(|entry| entry.span.clone()).unwrap_or_default();
        let bytes = document.bytes();
        let changed = match anchor {
            Some(anchor) => splice::with_line_after(bytes, &span(anchor.entry), lines),
            None => splice::with_line_in_block(bytes, &span(open), &span(close), splice::step(bytes), lines),
        };
        self.drafts.put(&document.path, changed)
    }

    fn insert_for_server(&mut self, server: &Scope, after: Option<&Directive>, lines: &str) -> Result<(), EditRefused> {
        let of_tls = server.directives.iter().rfind(|directive| directive.name.starts_with("ssl") && directive.depth == 0);
        match after.or(of_tls) {
            Some(anchor) => self.insert_after(anchor, lines),
            None => {
                let document = self.drafts.document(self.config, syntax::parse)?;
                self.drafts.put(&document.path, splice::with_line_at_end(document.bytes(), lines))
            }
        }
    }

    /// Lines more behind a directive.
    pub fn insert_after(&mut self, anchor: &Directive, lines: &str) -> Result<(), EditRefused> {
        let document = self.document(anchor)?;
        let span = document.entries.get(anchor.entry).map(|entry| entry.span.clone()).unwrap_or_default();
        self.drafts.put(&document.path, splice::with_line_after(document.bytes(), &span, lines))
    }

    /// Lines more behind a virtual host, or at the end of the main file.
    pub fn insert_behind(&mut self, host: Option<&Scope>, lines: &str) -> Result<(), EditRefused> {
        let end = host.and_then(|host| Some((host.place.as_ref()?, host.entries?.1)));
        let path = end.map_or(self.config, |(place, _)| Path::new(&place.file));
        let document = self.drafts.document(path, syntax::parse)?;
        let span = end.and_then(|(_, close)| Some(document.entries.get(close)?.span.clone()));
        let changed = match span {
            Some(span) => splice::with_line_after(document.bytes(), &span, lines),
            None => splice::with_line_at_end(document.bytes(), lines),
        };
        self.drafts.put(&document.path, changed)
    }

    fn document(&self, directive: &Directive) -> Result<Document, EditRefused> {
        self.drafts.document(Path::new(&directive.place.file), syntax::parse)
    }
}

/// A virtual host by its number.
pub fn host(walk: &Walk, at: usize) -> Result<Host<'_>, EditRefused> {
    walk.hosts().nth(at).ok_or_else(|| EditRefused::because("There is no such virtual host any more."))
}

/// The other hosts that speak TLS.
pub fn others<'a>(walk: &'a Walk, hosts: &'a [usize]) -> impl Iterator<Item = Host<'a>> {
    walk.hosts().enumerate().filter(|(at, host)| !hosts.contains(at) && host.is_encrypted()).map(|(_, host)| host)
}

/// Refuses a host in which something about a directive is not certain.
pub fn clear(host: &Host<'_>, name: &str) -> Result<(), EditRefused> {
    let scope = if host.own.place.is_some() { host.own } else { host.server };
    let about = |of: &Option<String>| of.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(name));
    match scope.unclear.iter().find(|unclear| about(&unclear.name)) {
        Some(unclear) => Err(EditRefused::at(&unclear.place, format!("{name} is not changed: {}", unclear.words))),
        None => Ok(()),
    }
}

/// Whether what a host has from the server is not certain.
pub fn is_doubtful(server: &Scope, name: &str) -> bool {
    server.unclear.iter().any(|unclear| unclear.name.as_ref().is_none_or(|of| of.eq_ignore_ascii_case(name)))
}
