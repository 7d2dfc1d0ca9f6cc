//! How nginx checks its configuration, and how it takes it up while it runs.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use crate::deploy::adapter::option;
use crate::deploy::change::{Activation, Control, ProgramRun, Running, Signal, Takeover, Verdict};

const PATIENCE_SECONDS: u64 = 30;

fn run(arguments: Vec<String>) -> ProgramRun {
    ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: PATIENCE_SECONDS, verdict: Verdict::ExitZero }
}

/// `nginx -t`, which opens certificates and keys and notices all that would keep it from starting.
pub fn check(config: &Path, running: &Running, control: &Control) -> ProgramRun {
    if let Some(arguments) = &control.check {
        return run(arguments.clone());
    }
    // It writes over its arguments: `nginx: master process /usr/sbin/nginx -p PREFIX -c FILE`.
    let title = running.main.as_ref().map(|process| process.arguments.join(" ")).unwrap_or_default();
    let words: Vec<String> = title.split_whitespace().map(str::to_owned).collect();
    let program = words.iter().find(|word| word.ends_with("nginx")).cloned().unwrap_or_else(|| "nginx".to_owned());
    let mut arguments = vec![program, "-t".to_owned(), "-c".to_owned(), config.display().to_string()];
    for name in ["-p", "-e"] {
        if let Some(value) = option(&words, name) {
            arguments.extend([name.to_owned(), value.to_owned()]);
        }
    }
    run(arguments)
}

/// The first process reads everything anew; when something is wrong it says so and goes on with what it has.
pub fn of(running: &Running, control: &Control) -> Takeover {
    if running.main.is_none() && control.reload.is_none() {
        let why = "nginx does not run: it reads the files when it is started.".to_owned();
        return Takeover { activation: Activation::Nothing, disturbance: Disturbance::None, why };
    }
    let why =
        "nginx reads certificates, keys and settings when it is told to; requests under way are finished by the old workers.".to_owned();
    let activation = control.reload.clone().map_or(Activation::Signal(Signal::Hup), |arguments| Activation::Run(run(arguments)));
    Takeover { activation, disturbance: Disturbance::Reload, why }
}
