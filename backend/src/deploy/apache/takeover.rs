//! How Apache checks its configuration, and how it takes it up while it runs.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::environment;
use crate::deploy::change::{Activation, Control, ProgramRun, Running, Signal, Takeover, Verdict};
use crate::host::tree::{Process, Tree};

const PATIENCE_SECONDS: u64 = 30;

/// `apache2 -t` as the running one was started. It notices syntax errors and files that are not there, and no key that does not belong.
pub fn check(tree: &Tree, config: &Path, running: &Running, control: &Control) -> ProgramRun {
    let run = |arguments, environment| ProgramRun {
        arguments,
        environment,
        directory: None,
        seconds: PATIENCE_SECONDS,
        verdict: Verdict::ExitZero,
    };
    if let Some(arguments) = &control.check {
        return run(arguments.clone(), Vec::new());
    }
    let directory = config.parent().unwrap_or(Path::new("/"));
    let mut variables: Vec<(String, String)> = environment(tree, directory).into_iter().collect();
    variables.sort();
    let mut arguments = match &running.main {
        Some(process) => {
            for (name, value) in &mut variables {
                if let Some(running) = tree.variable(process.id, name) {
                    *value = running;
                }
            }
            kept(process)
        }
        None => {
            let program = if config.ends_with("httpd.conf") { "httpd" } else { "apache2" };
            vec![program.to_owned(), "-f".to_owned(), config.display().to_string()]
        }
    };
    arguments.push("-t".to_owned());
    run(arguments, variables)
}

/// The arguments that say what is read: directory, file, definitions and directives.
fn kept(process: &Process) -> Vec<String> {
    let mut arguments = process.arguments.iter();
    let mut kept: Vec<String> = arguments.next().cloned().into_iter().collect();
    while let Some(argument) = arguments.next() {
        match argument.split_at_checked(2) {
            Some(("-d" | "-f" | "-D" | "-C" | "-c", value)) => {
                kept.push(argument.clone());
                if value.is_empty() {
                    kept.extend(arguments.next().cloned());
                }
            }
            Some(("-k" | "-e" | "-E", "")) => {
                arguments.next();
            }
            _ => {}
        }
    }
    kept
}

/// Graceful: the first process reads everything anew, ports that it listens at as well, and old workers end when their requests do.
pub fn of(running: &Running, control: &Control) -> Takeover {
    if running.main.is_none() && control.reload.is_none() {
        let why = "Apache does not run: it reads the files when it is started.".to_owned();
        return Takeover { activation: Activation::Nothing, disturbance: Disturbance::None, why };
    }
    let why = "Apache reads certificates, keys and settings when it is told to (graceful); requests under way are finished.".to_owned();
    let activation = match &control.reload {
        Some(arguments) => Activation::Run(ProgramRun {
            arguments: arguments.clone(),
            environment: Vec::new(),
            directory: None,
            seconds: PATIENCE_SECONDS,
            verdict: Verdict::ExitZero,
        }),
        None => Activation::Signal(Signal::Usr1),
    };
    Takeover { activation, disturbance: Disturbance::Reload, why }
}
