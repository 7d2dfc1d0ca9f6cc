//! Programs and signals of a service: found out by the helper from its own list and the service's configuration, never from what a process that
//! merely has the right name was started with, and never from the console.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::Refusal;
use super::protocol;
use super::reach::Reach;
use crate::deploy::adapter::adapter;
use crate::deploy::change::{Activation, Edits, ProgramRun, Running};
use crate::deploy::editor::editor;
use crate::deploy::plan::{self, facts};
use crate::host::signal;
use crate::host::tree::{Process, Tree};

/// The program that does it.
///
/// # Errors
/// When there is none, or the service is told otherwise than by a program.
pub fn of(tree: &Tree, reach: &Reach<'_>, which: protocol::Program) -> Result<ProgramRun, Refusal> {
    let (editor, known) = (editor(reach.known.kind), reach.known);
    let control = &known.control;
    let none = |what: &str| Refusal::forbidden(format!("the service has no program for its {what}; the helper's list may name one"));
    match which {
        // Not as any process was started: who runs a program of that name could have it do what he likes.
        protocol::Program::Check => editor.own_check(tree, &known.config, &Running::default(), control).ok_or_else(|| none("check")),
        protocol::Program::Restart => plan::restart(control, &running(tree, reach)).ok_or_else(|| none("restart")),
        protocol::Program::Reload => {
            let (running, edits) = (running(tree, reach), Edits::default());
            let takeover = editor.takeover(tree, &known.config, &reach.observation, &running, control, &edits);
            let takeover = takeover.map_err(|refused| Refusal::forbidden(refused.words))?;
            match takeover.activation {
                Activation::Run(run) if takeover.disturbance != Disturbance::Restart => Ok(run),
                _ => Err(none("reload")),
            }
        }
    }
}

/// The first process of a service, and its unit. Its arguments are left out.
fn running(tree: &Tree, reach: &Reach<'_>) -> Running {
    let main = processes(tree, reach).into_iter().min_by_key(|process| process.id);
    let unit = main.as_ref().filter(|_| tree.attributes(Path::new("/run/systemd/system")).is_ok());
    let unit = unit.and_then(|main| facts::unit(tree, main.id));
    let main = main.map(|main| Process { arguments: main.arguments.into_iter().take(1).collect(), ..main });
    Running { main, unit }
}

/// Processes of a service that nobody started of them: root's, and those of the user that reads the keys.
fn processes(tree: &Tree, reach: &Reach<'_>) -> Vec<Process> {
    let all = tree.processes();
    let user = |process: &Process| {
        let status = tree.record(process.id, "status")?;
        status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next()?.parse::<u32>().ok())
    };
    let may_be = |user: u32| user == 0 || reach.reader.as_ref().is_some_and(|reader| reader.user == user);
    let is_it = |process: &&Process| {
        let child = all.iter().any(|parent| parent.id == process.parent && parent.program == process.program);
        !child
            && adapter(reach.known.kind).config_of(tree, process).as_deref() == Some(&reach.known.config)
            && user(process).is_some_and(may_be)
    };
    all.iter().filter(is_it).cloned().collect()
}

/// Sends a signal to the first process.
///
/// # Errors
/// When there is none, or more than one.
pub fn signal(tree: &Tree, reach: &Reach<'_>, which: protocol::Signal) -> Result<(), Refusal> {
    let found = processes(tree, reach);
    let [process] = found.as_slice() else {
        return Err(Refusal::forbidden(format!("{} processes run with this configuration, not one", found.len())));
    };
    let which = match which {
        protocol::Signal::Hup => signal::Signal::HUP,
        protocol::Signal::Usr1 => signal::Signal::USR1,
    };
    let is_it = || processes(tree, reach).iter().any(|now| now.id == process.id);
    match signal::send(process.id, which, is_it)? {
        true => Ok(()),
        false => Err(Refusal::changed("it ended in this moment")),
    }
}

/// A variable that a process of a service was started with, of those that say where its configuration is.
pub fn variable(tree: &Tree, reaches: &[Reach<'_>], process: u32, name: &str) -> Result<Option<String>, Refusal> {
    if !protocol::tells_where(name) {
        return Err(Refusal::forbidden("no adapter needs that variable"));
    }
    let of_service = reaches.iter().any(|reach| {
        let program = adapter(reach.known.kind);
        tree.processes().iter().any(|found| found.id == process && program.config_of(tree, found).is_some())
    });
    if of_service {
        Ok(tree.variable(process, name))
    } else {
        Err(Refusal::forbidden("it is no process of a service of the helper's list"))
    }
}

/// The sockets of a process of a service, or of one that it started.
pub fn sockets(tree: &Tree, reaches: &[Reach<'_>], process: u32) -> Result<Vec<u64>, Refusal> {
    let all = tree.processes();
    let by_id = |id| all.iter().find(|one: &&Process| one.id == id);
    let of_service = |one: &Process| reaches.iter().any(|reach| adapter(reach.known.kind).config_of(tree, one).is_some());
    let found = by_id(process).filter(|found| found.lineage(by_id).any(of_service));
    let found = found.ok_or_else(|| Refusal::forbidden("it is no process of a service of the helper's list"))?;
    Ok(crate::host::sockets::held_by(tree, found))
}
