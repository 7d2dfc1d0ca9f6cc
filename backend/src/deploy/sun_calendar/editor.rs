//! How `ics.conf` is changed, and how Calendar Server takes it up: by a restart, and by nothing else.

use std::path::{Path, PathBuf};

use certdeck_shared::api::plan::Disturbance;

use super::{Parameters, SunCalendar, edit, rules, syntax};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{
    Activation, Control, EditRefused, Edits, FileRules, NamedHost, ProgramRun, Rights, Running, Takeover, Verdict, Wanted,
};
use crate::deploy::editor::ServiceEditor;
use crate::host::tree::Tree;

/// How long a start may take, in seconds.
const PATIENCE_SECONDS: u64 = 120;

impl ServiceEditor for SunCalendar {
    fn file_rules(&self, config: &Path, observation: &Observation) -> FileRules {
        // Its certificates are in a database: files are made for nothing but CA certificates, which it does not take either.
        let user = observation.key_reader.user.as_str();
        FileRules {
            directory: config.parent().map_or_else(PathBuf::new, |parent| parent.join("ssl")),
            key: Rights::of(user, user, 0o600),
            key_directory: Rights::of(user, user, 0o700),
            certificate: Rights::of(user, user, 0o644),
            fewest_rsa_bits: 1_024,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, _: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        edit::edited(tree, config, wanted)
    }

    fn hosts(&self, tree: &Tree, config: &Path, edits: &Edits) -> Vec<NamedHost> {
        let Ok(bytes) = edits.after(tree, config) else { return Vec::new() };
        rules::hosts(&Parameters { document: &syntax::parse(config.to_owned(), bytes) })
    }

    fn own_check(&self, _: &Tree, _: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        control.check.clone().map(run)
    }

    fn takeover(
        &self,
        _: &Tree,
        _: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        _: &Edits,
    ) -> Result<Takeover, EditRefused> {
        let why = "Calendar Server reads ics.conf and the database when it starts, and again never.".to_owned();
        if running.main.is_none() && control.restart.is_none() {
            return Ok(Takeover { activation: Activation::Nothing, disturbance: Disturbance::None, why: "It does not run.".to_owned() });
        }
        let Some(restart) = control.restart.clone() else {
            let words = "Calendar Server is restarted by stop-cal and start-cal, which are two programs: \
                         give the service one that does both.";
            return Err(EditRefused::because(words));
        };
        Ok(Takeover { activation: Activation::Run(run(restart)), disturbance: Disturbance::Restart, why })
    }
}

fn run(arguments: Vec<String>) -> ProgramRun {
    ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: PATIENCE_SECONDS, verdict: Verdict::ExitZero }
}
