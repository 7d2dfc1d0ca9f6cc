//! Files that a plan wants to be there, before it is known whether they are.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::FilePurpose;
use certdeck_shared::api::service::Effective;

use super::choice::{Slot, paths};
use super::facts::{Facts, Place};
use super::{Content, MaterialPart};
use crate::deploy::change::Rights;
use crate::host::tree::Tree;

/// A file that shall be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intended {
    /// Absolute path.
    pub path: PathBuf,
    /// What it is for.
    pub purpose: FilePurpose,
    /// What shall be in it.
    pub content: Content,
    /// Whose it shall be when it is new, or when it is somebody's for whom it does not work.
    pub rights: Rights,
}

/// Why a file is not written, as sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What stands in the way.
    pub words: String,
    /// The cure.
    pub note: &'static str,
}

/// What to do when the paths of a configuration cannot be used.
const OWN: &str = "Choose the service's own layout for this certificate: it gets files of its own, and the configuration names them.";
/// The same when the own layout cannot be used, either.
const ELSEWHERE: &str = "Choose another directory for this certificate, or move away what is there.";

/// Whether the path of a file may be written to, and by whom else it is used.
pub struct Guard<'a> {
    facts: &'a Facts,
    slots: &'a [Slot],
    own_layout: bool,
}

impl<'a> Guard<'a> {
    /// For paths that the configuration names, or for those of the own layout.
    pub fn new(facts: &'a Facts, slots: &'a [Slot], own_layout: bool) -> Self {
        Self { facts, slots, own_layout }
    }

    /// Refuses what is shared, what is no file, and what belongs to a database.
    pub fn check(&self, path: &Path, material: usize) -> Result<(), Refused> {
        self.check_file(path)?;
        match self.other_user(&entry(&self.facts.tree, path), material) {
            Some(user) => self.refused(format!("{} is used by {user}, too, which this certificate is not for.", path.display())),
            None => Ok(()),
        }
    }

    fn refused(&self, words: String) -> Result<(), Refused> {
        Err(Refused { words, note: if self.own_layout { ELSEWHERE } else { OWN } })
    }

    /// Refuses what is no file, and what belongs to a database or to everybody.
    pub fn check_file(&self, path: &Path) -> Result<(), Refused> {
        let refused = |words: String| self.refused(words);
        let shown = path.display();
        if !path.is_absolute() || path.file_name().is_none() {
            return refused(format!("{shown} is no absolute path of a file."));
        }
        let tree = &self.facts.tree;
        let entry = entry(tree, path);
        let way = match tree.follow(path) {
            Ok(way) => way,
            Err(error) => return refused(format!("{shown} leads nowhere: {}.", error.source)),
        };
        let snakeoil = way.end.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ssl-cert-snakeoil."));
        match tree.link(path) {
            Some(target) if !snakeoil => {
                return refused(format!("{shown} is a link to {}, which something else looks after.", target.display()));
            }
            None if snakeoil => {
                return refused(format!("{shown} is Debian's own pair, which many packages share."));
            }
            Some(_) => {}
            None => match tree.attributes(&entry) {
                Ok(attributes) if attributes.directory => return refused(format!("{shown} is a directory.")),
                Ok(_) => {
                    if let Err(error) = tree.glance(&entry, super::present::LONGEST) {
                        return refused(format!("{shown} cannot be read: {}.", error.source));
                    }
                }
                Err(_) => {}
            },
        }
        let parent = entry.parent().unwrap_or(Path::new("/"));
        let place = Place::of_file(&self.facts.places, &entry);
        if place.is_some_and(|place| place.database && place.path == parent) {
            return refused(format!("{shown} is in the directory of a database of certificates."));
        }
        if !self.own_layout && place.is_none_or(|place| place.path != parent) {
            return refused(format!("There is no directory {}.", parent.display()));
        }
        Ok(())
    }

    /// Who else uses a file.
    fn other_user(&self, path: &Path, material: usize) -> Option<String> {
        let tree = &self.facts.tree;
        let is_it = |named: &str| entry(tree, Path::new(named)) == path;
        for (at, endpoint) in self.facts.observation.endpoints.iter().enumerate() {
            for (place, pair) in endpoint.pairs.iter().enumerate() {
                let replaced = |slot: &&Slot| slot.material == material && slot.pair == place && slot.endpoints.contains(&at);
                if !self.slots.iter().any(|slot| replaced(&slot)) && paths(pair).iter().flatten().any(|named| is_it(named)) {
                    return Some(endpoint.name.clone());
                }
            }
            if endpoint.client_ca.iter().any(|Effective { value, .. }| is_it(value)) {
                return Some(format!("{} for the certificates of its clients", endpoint.name));
            }
        }
        let neighbour = self.facts.neighbours.iter();
        neighbour.clone().find(|other| other.files.iter().any(|file| entry(tree, file) == path)).map(|other| other.label.clone())
    }
}

/// A path whose directories are without links; what it names may be one.
pub fn entry(tree: &Tree, path: &Path) -> PathBuf {
    let parent = path.parent().map(|parent| tree.follow(parent).map_or_else(|_| parent.to_owned(), |way| way.end));
    match (parent, path.file_name()) {
        (Some(parent), Some(name)) => parent.join(name),
        _ => path.to_owned(),
    }
}

/// What is written of a certificate of a database.
pub fn material(material: usize, parts: &[MaterialPart]) -> Content {
    Content::Material { material, parts: parts.to_vec() }
}
