//! What is done with a service where the administrator gave no program for it.

use std::path::Path;

use certdeck_shared::api::service::{OwnControl, ServiceKind};

use super::{ServiceReference, facts, make, part};
use crate::deploy::adapter::{Observation, adapter};
use crate::deploy::change::{Control, Edits, ProgramRun, Running};
use crate::deploy::editor::editor;
use crate::host::tree::Tree;

/// The console's own way; nothing for a configuration that cannot be read. Runs nothing; blocks for some
/// milliseconds.
#[must_use]
pub fn own_control(tree: &Tree, kind: ServiceKind, config: &Path) -> Option<OwnControl> {
    let editor = editor(kind);
    let (observation, running) = seen(tree, kind, config)?;
    let control = Control::default();
    let takeover = editor.takeover(tree, config, &observation, &running, &control, &Edits::default());
    let (reload, words) = match &takeover {
        Ok(takeover) => {
            let told = part::activation(takeover, &running);
            (Some(told.arguments).filter(|arguments| !arguments.is_empty()), told.why)
        }
        Err(refused) => (None, refused.words.clone()),
    };
    Some(OwnControl {
        check: editor.own_check(tree, config, &running, &control).map(|run| run.arguments),
        reload,
        words,
        restart: make::restart(&control, &running).map(|run| run.arguments),
    })
}

/// The program's own check of its configuration, with what it must say when all is well; nothing where there is none, or the
/// configuration cannot be read. Runs nothing; blocks for some milliseconds.
#[must_use]
pub fn check(tree: &Tree, kind: ServiceKind, config: &Path, control: &Control) -> Option<ProgramRun> {
    let (_, running) = seen(tree, kind, config)?;
    editor(kind).own_check(tree, config, &running, control)
}

fn seen(tree: &Tree, kind: ServiceKind, config: &Path) -> Option<(Observation, Running)> {
    let observation = adapter(kind).observe(tree, config).ok()?;
    let service = ServiceReference { id: String::new(), kind, label: String::new(), config: config.display().to_string() };
    let running = facts::running(tree, &service, &observation);
    Some((observation, running))
}
