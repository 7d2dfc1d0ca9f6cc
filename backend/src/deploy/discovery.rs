//! Services of this host: by the processes that run, and by the usual places. Nothing is opened.

use std::path::PathBuf;

use certdeck_shared::api::service::ServiceKind;

use super::adapter::adapter;
use crate::host::tree::Tree;

/// A configuration that a process uses, or that is in a usual place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which program.
    pub kind: ServiceKind,
    /// Its configuration.
    pub config: PathBuf,
    /// Identifiers of its processes, without those that they started.
    pub processes: Vec<u32>,
}

/// What runs first, then what is only there.
#[must_use]
pub fn found(tree: &Tree) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let processes = tree.processes();
    for process in &processes {
        let same = |parent: &&crate::host::tree::Process| parent.id == process.parent && parent.program == process.program;
        if processes.iter().any(|parent| same(&parent)) {
            continue;
        }
        for kind in ServiceKind::ALL {
            let Some(config) = adapter(kind).config_of(tree, process) else { continue };
            // A process of a container shows paths of the container.
            if tree.attributes(&config).is_err() {
                continue;
            }
            match found.iter_mut().find(|known| known.kind == kind && known.config == config) {
                Some(known) => known.processes.push(process.id),
                None => found.push(Found { kind, config, processes: vec![process.id] }),
            }
        }
    }
    for kind in ServiceKind::ALL {
        for config in adapter(kind).describe().usual.iter().map(PathBuf::from) {
            let file = match kind {
                ServiceKind::Postfix => config.join("main.cf"),
                ServiceKind::SunMessaging => config.join("msg.conf"),
                _ => config.clone(),
            };
            // What runs may know it by another name: a directory of Debian's Tomcat is a link to the usual place.
            let end = |path: &PathBuf| tree.follow(path).map(|way| way.end).ok();
            let known = found.iter().any(|known| known.kind == kind && end(&known.config) == end(&config));
            if !known && tree.attributes(&file).is_ok() {
                found.push(Found { kind, config, processes: Vec::new() });
            }
        }
    }
    found
}
