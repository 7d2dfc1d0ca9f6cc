//! What a plan is made from, gathered first: the making itself asks nobody and starts nothing.

mod confinement;
mod listeners;
mod neighbours;
mod places;
mod running;

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::PlannedProbe;

pub use confinement::Confinement;
pub use listeners::{Listener, host_and_port, port};
pub use neighbours::Neighbour;
pub use places::Place;
pub use running::{of as running, unit};

use super::{ServiceReference, Target};
use crate::deploy::adapter::{Observation, ObserveError, adapter};
use crate::deploy::change::{Control, Running};
use crate::deploy::editor::editor;
use crate::deploy::version;
use crate::host::as_user::Account;
use crate::host::process;
use crate::host::tree::{Process, Tree};

/// A service with everything that its plan depends on.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The files of the host. They are read when a plan is made: the same files give the same plan.
    pub tree: Tree,
    /// The service.
    pub service: ServiceReference,
    /// What its configuration says.
    pub observation: Observation,
    /// The directory of the database that it takes its certificates from by nicknames, links followed; absent when they are files.
    pub database: Option<PathBuf>,
    /// Version of the installed program, as it tells it.
    pub version: Option<String>,
    /// How it runs.
    pub running: Running,
    /// What the administrator gave for it.
    pub control: Control,
    /// Files of the other services that the console knows.
    pub neighbours: Vec<Neighbour>,
    /// Name of this host.
    pub host_name: String,
    /// The user that reads the keys; absent when there is no such user.
    pub reader: Option<Account>,
    /// Directories that files may be written to, as far as they exist.
    pub places: Vec<Place>,
    /// Files in place that the daemon's user was seen to open, or why it could not. This sees access control lists, too.
    pub opened: Vec<(PathBuf, Result<(), String>)>,
    /// What keeps the program from files beside their modes.
    pub confinement: Confinement,
    /// Who listens at its ports, and at those that are to be.
    pub listeners: Vec<Listener>,
    /// The hosts at which a new listener is reached that is given no address.
    pub usual_hosts: Vec<String>,
    /// What the program's own check says of the configuration as it is; absent when it has none. [`gather`] starts no program of a service:
    /// its caller runs [`super::present_check`] and notes it here.
    pub checked: Option<Checked>,
    /// What its ports serve now. [`gather`] connects to nothing: its caller asks [`super::questions`] and notes it here.
    pub heard: Vec<Heard>,
}

/// What a program says of its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The line that was run.
    pub arguments: Vec<String>,
    /// Why it is not content, in its words; nothing when it is.
    pub refusal: Option<String>,
}

/// What a port serves now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What was asked.
    pub asked: PlannedProbe,
    /// SHA-256 of the leaf that it serves and has the key of, lower-case hex; absent when there was no handshake.
    pub leaf: Option<String>,
    /// What was seen, as a sentence.
    pub words: String,
}

/// Looks at a service. Blocks for some milliseconds.
///
/// # Errors
/// When its configuration cannot be read.
pub fn gather(
    tree: &Tree,
    service: ServiceReference,
    control: Control,
    others: &[ServiceReference],
    target: &Target,
) -> Result<Facts, ObserveError> {
    let adapter = adapter(service.kind);
    let config = Path::new(&service.config);
    let observation = adapter.observe(tree, config)?;
    let running = running::of(tree, &service, &observation);
    // That of a described program is only known by its port.
    let main = running.main.as_ref().map(|main| main.id);
    let is_service = |process: &Process| Some(process.id) == main || adapter.config_of(tree, process).as_deref() == Some(config);
    let reader = Account::named(&observation.key_reader.user);
    let written = written(tree, &service, &observation, target);
    let places = places::of(tree, &written, reader.as_ref());
    let opened = reader.as_ref().map(|reader| places::opened(tree, &written, reader)).unwrap_or_default();
    Ok(Facts {
        tree: tree.clone(),
        version: version::installed(tree, &adapter.describe()),
        control,
        neighbours: neighbours::of(tree, others),
        host_name: process::host_name(),
        places,
        opened,
        confinement: confinement::of(tree, running.main.as_ref()),
        listeners: listeners::of(tree, &observation, target, &is_service),
        database: adapter.database(tree, config).map(|directory| tree.follow(&directory).map_or(directory, |way| way.end)),
        usual_hosts: editor(service.kind).usual_hosts(tree, config),
        checked: None,
        heard: Vec::new(),
        service,
        observation,
        running,
        reader,
    })
}

/// Files that may be written: those that pairs name, the configuration, and the directories of own layouts.
fn written(tree: &Tree, service: &ServiceReference, observation: &Observation, target: &Target) -> Vec<PathBuf> {
    let pairs = observation.endpoints.iter().flat_map(|endpoint| &endpoint.pairs);
    let named = pairs
        .filter(|pair| pair.database.is_none())
        .flat_map(|pair| [Some(&pair.certificate), Some(&pair.key), pair.chain.as_ref()])
        .flatten();
    let named = named.map(|effective| PathBuf::from(&effective.value));
    let editor = editor(service.kind);
    let configuration = observation.config_files.iter().map(|file| PathBuf::from(&file.path)).chain(editor.beside(tree));
    // Where links lead an edit is made.
    let configuration = configuration.map(|path| tree.follow(&path).map_or(path, |way| way.end));
    let rules = editor.file_rules(Path::new(&service.config), observation).directory;
    let own = target.bindings.iter().filter_map(|binding| binding.directory.clone()).chain([rules]);
    let own = own.flat_map(|directory| [directory.join("certs/new"), directory.join("private/new"), directory.join("client-ca.pem")]);
    named.chain(configuration).chain(own).collect()
}
