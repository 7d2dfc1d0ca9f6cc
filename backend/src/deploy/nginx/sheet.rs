//! Directives of nginx set, added and removed, one after the other: each is looked for where the ones before have left things.

use std::path::Path;

use certdeck_shared::api::service::TlsMode;

use super::syntax;
use super::walk::{Block, Directive, Server, Walk};
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
        let walk = Walk::of(&mut reading, self.config).map_err(|error| EditRefused::because(error.to_string()))?;
        match &walk.unknown {
            Some((place, words)) => Err(EditRefused::at(place, words)),
            None => Ok(walk),
        }
    }

    /// Makes a directive that stands once hold for servers. Where others have it from the same block outside, it is set in the servers.
    pub fn set(
        &mut self,
        servers: &[usize],
        name: &str,
        value: &str,
        is_so: &dyn Fn(&Walk, Option<&Directive>) -> bool,
    ) -> Result<(), EditRefused> {
        for at in servers {
            let walk = self.walk()?;
            let server = server(&walk, *at)?;
            let counts = server.all(name).pop();
            if is_so(&walk, counts) {
                continue;
            }
            match counts {
                Some(directive) if !is_shared(&walk, servers, name, directive) => self.replace(directive, value)?,
                Some(directive) if is_own(server, directive) => return Err(included(directive)),
                _ => self.insert(server, None, &format!("{name} {value};"))?,
            }
        }
        Ok(())
    }

    /// Makes servers name a file in one of the directives of a name, which are counted through.
    pub fn set_numbered(&mut self, servers: &[usize], at: usize, name: &str, path: &Path) -> Result<(), EditRefused> {
        for number in servers {
            let walk = self.walk()?;
            let server = server(&walk, *number)?;
            let all = server.all(name);
            if let Some(by_variable) = all.iter().find(|directive| directive.first().contains('$')) {
                return Err(EditRefused::at(&by_variable.place, "The file is chosen for each connection by a variable."));
            }
            let now = all.get(at).copied();
            if now.is_some_and(|directive| walk.base.join(directive.first()) == path) {
                continue;
            }
            if at > all.len() {
                return Err(EditRefused::because(format!("There is no pair before number {}: the first one is set first.", at + 1)));
            }
            let value = word(path)?;
            if let Some(directive) = now.filter(|directive| !is_shared(&walk, servers, name, directive)) {
                self.replace(directive, &value)?;
                continue;
            }
            if let Some(directive) = all.iter().find(|directive| is_own(server, directive)) {
                if now.is_some() || is_shared(&walk, servers, name, directive) {
                    return Err(included(directive));
                }
                self.insert(server, all.last().copied(), &format!("{name} {value};"))?;
                continue;
            }
            // None of those outside counts any more once the server has one itself.
            let mut lines: Vec<String> = Vec::new();
            for directive in &all {
                lines.push(format!("{name} {};", word(&walk.base.join(directive.first()))?));
            }
            let line = format!("{name} {value};");
            match lines.get_mut(at) {
                Some(place) => *place = line,
                None => lines.push(line),
            }
            let certificate = server.own().and_then(|own| own.all("ssl_certificate").next_back());
            self.insert(server, certificate, &lines.join("\n"))?;
        }
        Ok(())
    }

    /// Another value for a directive.
    pub fn replace(&mut self, directive: &Directive, value: &str) -> Result<(), EditRefused> {
        let document = self.document(&directive.place.file)?;
        let Some(What::Setting(setting)) = document.entries.get(directive.entry).map(|entry| &entry.what) else {
            return Err(EditRefused::at(&directive.place, "The directive is not where it was."));
        };
        let value = if setting.value.is_empty() { format!(" {value}") } else { value.to_owned() };
        self.drafts.put(&document.path, splice::replaced(document.bytes(), &setting.value, &value))
    }

    /// Lines more in a server: behind a directive of its file, or behind its last one of TLS, or at its end.
    pub fn insert(&mut self, server: &Server, after: Option<&Directive>, lines: &str) -> Result<(), EditRefused> {
        let own = server.own().ok_or_else(gone)?;
        let (open, Some(close)) = own.entries else { return Err(EditRefused::at(&own.place, "The server does not end.")) };
        let document = self.document(&own.place.file)?;
        let of_file = |directive: &&Directive| directive.place.file == own.place.file;
        let of_tls = own.directives.iter().filter(of_file).rfind(|directive| directive.name.starts_with("ssl_"));
        let anchor = after.filter(|after| is_own(server, after) && of_file(after)).or(of_tls);
        let bytes = document.bytes();
        let changed = match anchor {
            Some(anchor) => splice::with_line_after(bytes, &span(&document, anchor.entry), lines),
            None => splice::with_line_in_block(bytes, &span(&document, open), &span(&document, close), splice::step(bytes), lines),
        };
        self.drafts.put(&document.path, changed)
    }

    /// Lines more behind a server, or at the end of the block of all of them.
    pub fn insert_behind(&mut self, walk: &Walk, server: Option<&Server>, lines: &str) -> Result<(), EditRefused> {
        let refused = || EditRefused::because("There is no http block where a server could stand.");
        let (block, within): (&Block, bool) = match server.and_then(Server::own) {
            Some(own) => (own, false),
            None => (walk.http.as_ref().ok_or_else(refused)?, true),
        };
        let (open, Some(close)) = block.entries else { return Err(EditRefused::at(&block.place, "The block does not end.")) };
        let document = self.document(&block.place.file)?;
        let bytes = document.bytes();
        let changed = if within {
            splice::with_line_in_block(bytes, &span(&document, open), &span(&document, close), splice::step(bytes), lines)
        } else {
            // Indented as its end, which is what its own lines are to.
            splice::with_line_after(bytes, &span(&document, close), lines)
        };
        self.drafts.put(&document.path, changed)
    }

    /// A file as it would be.
    pub fn document(&self, path: &str) -> Result<Document, EditRefused> {
        self.drafts.document(Path::new(path), syntax::parse)
    }
}

/// A server by its number.
pub fn server(walk: &Walk, at: usize) -> Result<&Server, EditRefused> {
    walk.servers.get(at).ok_or_else(gone)
}

fn gone() -> EditRefused {
    EditRefused::because("There is no such server any more.")
}

/// The bytes of an entry.
pub fn span(document: &Document, entry: usize) -> std::ops::Range<usize> {
    document.entries.get(entry).map(|entry| entry.span.clone()).unwrap_or_default()
}

/// Whether a server with TLS that is not among these has a directive as well.
fn is_shared(walk: &Walk, servers: &[usize], name: &str, directive: &Directive) -> bool {
    let others = walk.servers.iter().enumerate().filter(|(at, other)| !servers.contains(at) && other.tls() != TlsMode::Off);
    others.into_iter().any(|(_, other)| other.all(name).iter().any(|counts| counts.is(directive)))
}

fn is_own(server: &Server, directive: &Directive) -> bool {
    server.own().is_some_and(|own| own.directives.iter().any(|one| one.is(directive)))
}

fn included(directive: &Directive) -> EditRefused {
    let words = format!("{} is in a file that other servers include, too: change all of them at once.", directive.name);
    EditRefused::at(&directive.place, words)
}

/// A path as an argument.
pub fn word(path: &Path) -> Result<String, EditRefused> {
    path.to_str().and_then(syntax::written).ok_or_else(|| {
        let words = format!("{} cannot be written into nginx's configuration: it has quotes, \\, $ or is no UTF-8.", path.display());
        EditRefused::because(words)
    })
}
