//! How the files of Messaging Server are changed, and how its servers take that up: by a restart, and by nothing else.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::{SunMessaging, edit};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{Activation, Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Verdict, Wanted};
use crate::deploy::editor::ServiceEditor;
use crate::host::tree::Tree;

/// How long stopping and starting all servers may take, in seconds.
const PATIENCE_SECONDS: u64 = 300;

impl ServiceEditor for SunMessaging {
    fn file_rules(&self, config: &Path, observation: &Observation) -> FileRules {
        // Its certificates are in a database: no file is made for it.
        let user = observation.key_reader.user.as_str();
        FileRules {
            directory: config.to_owned(),
            key: Rights::of(user, user, 0o600),
            key_directory: Rights::of(user, user, 0o700),
            certificate: Rights::of(user, user, 0o644),
            fewest_rsa_bits: 1_024,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        edit::edited(tree, config, observation, wanted)
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
        edits: &Edits,
    ) -> Result<Takeover, EditRefused> {
        if running.main.is_none() && control.restart.is_none() {
            return Ok(Takeover::when_started("Messaging Server"));
        }
        let Some(restart) = control.restart.clone() else {
            let words = "Messaging Server is restarted by stop-msg and start-msg, which are two programs: \
                         give the service one that does both.";
            return Err(EditRefused::because(words));
        };
        let channels = edits.files.iter().any(|file| file.path.ends_with("imta.cnf"));
        let why = if channels {
            "Its servers read their settings and the database when they start. Where the configuration of the MTA is compiled, the restart \
             must compile it anew (imsimta cnbuild)."
        } else {
            "Its servers read their settings and the database when they start, and again never."
        };
        Ok(Takeover { activation: Activation::Run(run(restart)), disturbance: Disturbance::Restart, why: why.to_owned() })
    }
}

fn run(arguments: Vec<String>) -> ProgramRun {
    ProgramRun { arguments, environment: Vec::new(), directory: None, seconds: PATIENCE_SECONDS, verdict: Verdict::ExitZero }
}
