//! What belongs to a service: the files that its configuration consists of and names, as its adapter reads them here and now, and the directories
//! where new ones may be put.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::{Endpoint, Pair};

use super::Refusal;
use super::list::{Known, List, is_plain};
use super::way;
use crate::deploy::adapter::{Observation, adapter};
use crate::deploy::editor::editor;
use crate::host::as_user::Account;
use crate::host::tree::Tree;

/// What a file is to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A part of its configuration.
    Configuration,
    /// A certificate, a key or a key store that its configuration names.
    Named,
    /// Something in a directory where its files may be put, or such a directory.
    Put,
}

/// A service with what belongs to it.
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    /// As the list has it.
    pub known: &'a Known,
    /// What its configuration says.
    pub observation: Observation,
    /// Files of its configuration, without links.
    pub configuration: Vec<PathBuf>,
    /// Certificates, keys and key stores that it names, by directory without links and name.
    pub named: Vec<PathBuf>,
    /// Directories where its files may be put, without links.
    pub directories: Vec<PathBuf>,
    /// The user that reads its keys.
    pub reader: Option<Account>,
}

/// A path that belongs to a service.
#[derive(Debug, Clone)]
pub struct Belonging<'a> {
    /// To which.
    pub reach: &'a Reach<'a>,
    /// As what.
    pub role: Role,
    /// Its directory, without links.
    pub directory: PathBuf,
    /// Its name.
    pub name: std::ffi::OsString,
}

impl Belonging<'_> {
    /// The path without links on its way.
    pub fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

/// What belongs to each service of the list; why it cannot be told of one, as a sentence.
pub fn all<'a>(tree: &Tree, list: &'a List) -> Vec<(&'a Known, Result<Reach<'a>, String>)> {
    list.services.iter().map(|known| (known, of(tree, list, known))).collect()
}

/// What belongs to a service.
///
/// # Errors
/// When its configuration cannot be read, or could be words of the caller's, as a sentence.
pub fn of<'a>(tree: &Tree, list: &'a List, known: &'a Known) -> Result<Reach<'a>, String> {
    let observation = adapter(known.kind).observe(tree, &known.config).map_err(|error| error.to_string())?;
    let editor = editor(known.kind);
    let mut configuration: Vec<PathBuf> = Vec::new();
    for file in observation.config_files.iter().map(|file| PathBuf::from(&file.path)).chain(editor.beside(tree)) {
        let end = end(tree, &file);
        let words = |why: &str| format!("{} could be the console's own words: {why}.", file.display());
        way::place(tree, &end, &list.caller).map_err(|why| words(&why))?;
        if tree.attributes(&end).is_ok_and(|found| way::may_write(&list.caller, &found)) {
            return Err(words("its user may write to it"));
        }
        if !configuration.contains(&end) {
            configuration.push(end);
        }
    }
    let named = observation.endpoints.iter().flat_map(files_of).filter(|path| is_plain(path));
    let named = named.map(|path| place_of(tree, &path)).collect();
    let rules = editor.file_rules(&known.config, &observation).directory;
    let directories = list.directories.iter().chain(&known.directories).chain([&rules]).map(|path| place_of(tree, path)).collect();
    let reader = Account::named(&observation.key_reader.user);
    Ok(Reach { known, configuration, named, directories, reader, observation })
}

fn files_of(endpoint: &Endpoint) -> Vec<PathBuf> {
    let of_pair = |pair: &Pair| [Some(pair.certificate.clone()), Some(pair.key.clone()), pair.chain.clone()];
    let pairs = endpoint.pairs.iter().filter(|pair| pair.database.is_none()).flat_map(of_pair).flatten();
    pairs.chain(endpoint.client_ca.iter().cloned()).map(|effective| PathBuf::from(effective.value)).collect()
}

fn end(tree: &Tree, path: &Path) -> PathBuf {
    tree.follow(path).map_or_else(|_| path.to_owned(), |way| way.end)
}

/// A path with no links on its way; its name stays.
fn place_of(tree: &Tree, path: &Path) -> PathBuf {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => end(tree, parent).join(name),
        _ => path.to_owned(),
    }
}

impl Reach<'_> {
    fn role(&self, place: &Path) -> Option<Role> {
        match () {
            () if self.configuration.iter().any(|file| file == place) => Some(Role::Configuration),
            () if self.named.iter().any(|file| file == place) => Some(Role::Named),
            () if self.directories.iter().any(|directory| place.starts_with(directory)) => Some(Role::Put),
            () => None,
        }
    }

    /// Whether a path leads to something of this service: a directory or a link above it.
    fn is_above(&self, path: &Path) -> bool {
        let config = [self.known.config.clone()];
        let named = self.observation.endpoints.iter().flat_map(files_of);
        let files = self.observation.config_files.iter().map(|file| PathBuf::from(&file.path));
        let all = self.configuration.iter().chain(&self.named).chain(&self.directories).chain(&config).cloned();
        all.chain(named).chain(files).any(|known| known.starts_with(path))
    }
}

/// The service that a path belongs to.
///
/// # Errors
/// When it belongs to none, or the caller could lead it elsewhere.
pub fn belonging<'a>(tree: &Tree, list: &List, reaches: &'a [Reach<'a>], path: &Path) -> Result<Belonging<'a>, Refusal> {
    if !is_plain(path) {
        return Err(Refusal::forbidden("it is no absolute path that goes only downwards"));
    }
    let (directory, name) = way::place(tree, path, &list.caller).map_err(Refusal::forbidden)?;
    let place = directory.join(&name);
    // A file of the configuration may be reached by a link, whose target belongs.
    let found = reaches.iter().find_map(|reach| Some((reach, reach.role(&place)?)));
    let (reach, role) = found.ok_or_else(|| Refusal::forbidden("it belongs to no service of the helper's list"))?;
    Ok(Belonging { reach, role, directory, name })
}

/// Whether a path leads to something of a service: what stands on the way may be looked at, though not read.
#[must_use]
pub fn leads_to_one(reaches: &[Reach<'_>], path: &Path) -> bool {
    is_plain(path) && reaches.iter().any(|reach| reach.is_above(path))
}
