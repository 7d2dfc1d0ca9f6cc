//! How a service runs.

use std::path::Path;

use certdeck_shared::api::service::ServiceKind;

use super::listeners;
use crate::deploy::adapter::Observation;
use crate::deploy::change::Running;
use crate::deploy::discovery;
use crate::deploy::plan::ServiceReference;
use crate::host::tree::Tree;

/// The first process of a service, and its unit where systemd rules.
pub fn of(tree: &Tree, service: &ServiceReference, observation: &Observation) -> Running {
    let config = Path::new(&service.config);
    let first = if service.kind == ServiceKind::Generic {
        // Nothing of a described program is known but its ports.
        listeners::holder(tree, observation)
    } else {
        let found = discovery::found(tree).into_iter().find(|found| found.kind == service.kind && found.config == config);
        // Of several processes with one configuration, such as one for each address, the oldest is the first.
        found.and_then(|found| found.processes.into_iter().min())
    };
    let main = first.and_then(|id| tree.processes().into_iter().find(|process| process.id == id));
    let unit = main.as_ref().filter(|_| tree.attributes(Path::new("/run/systemd/system")).is_ok()).and_then(|main| unit(tree, main.id));
    Running { main, unit }
}

/// The unit of a process, which is the last part of its control group: `0::/system.slice/apache2.service` (cgroups(7)).
pub fn unit(tree: &Tree, process: u32) -> Option<String> {
    let groups = tree.record(process, "cgroup")?;
    let path =
        groups.lines().find_map(|line| line.strip_prefix("0::").or_else(|| line.split_once(":name=systemd:").map(|(_, path)| path)))?;
    path.split('/').rfind(|part| part.ends_with(".service")).map(str::to_owned)
}
