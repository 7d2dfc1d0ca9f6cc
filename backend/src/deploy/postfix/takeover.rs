//! How Postfix takes a change up, and whose its files are.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::parameters::Parameters;
use super::{Postfix, edit, interfaces, main_cf};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{Activation, Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::editor::ServiceEditor;
use crate::host::tree::Tree;

/// Postfix puts OpenSSL's security level to 0; with fewer bits there is no room for a signature of today.
const FEWEST_RSA_BITS: u32 = 1024;

impl ServiceEditor for Postfix {
    fn file_rules(&self, config: &Path, _: &Observation) -> FileRules {
        FileRules {
            directory: config.join("ssl"),
            key: Rights::of("root", "root", 0o600),
            key_directory: Rights::of("root", "root", 0o700),
            certificate: Rights::of("root", "root", 0o644),
            fewest_rsa_bits: FEWEST_RSA_BITS,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        edit::edit(tree, config, observation, wanted)
    }

    fn usual_hosts(&self, tree: &Tree, config: &Path) -> Vec<String> {
        let main = Drafts::over(tree).document(&config.join("main.cf"), main_cf::parse);
        main.map(|main| interfaces(&Parameters::of(&main))).unwrap_or_default()
    }

    /// It sees what is wrong in the two files, and nothing of certificates and keys: those are first read for the next client.
    fn own_check(&self, _: &Tree, config: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        Some(ProgramRun::of(control.check.clone().unwrap_or_else(|| postfix(config, "check"))))
    }

    /// A reload is enough for new files, other parameters and new services: `master` listens anew, and each `smtpd` ends with its client.
    fn takeover(
        &self,
        _: &Tree,
        config: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        edits: &Edits,
    ) -> Result<Takeover, EditRefused> {
        if running.main.is_none() && control.reload.is_none() {
            return Ok(Takeover::when_started("Postfix"));
        }
        let why = if edits.files.iter().any(|file| file.path.ends_with("master.cf")) {
            "Postfix reads main.cf and master.cf anew, and listens where a service is new; sessions go on."
        } else {
            "Postfix reads certificate and key for each new session from then on; sessions go on."
        };
        let reload = control.reload.clone().unwrap_or_else(|| postfix(config, "reload"));
        Ok(Takeover { activation: Activation::Run(ProgramRun::of(reload)), disturbance: Disturbance::Reload, why: why.to_owned() })
    }
}

/// Its own command, which needs no service manager, and which finds the right process by the queue directory of this configuration.
fn postfix(config: &Path, verb: &str) -> Vec<String> {
    vec!["postfix".to_owned(), "-c".to_owned(), config.display().to_string(), verb.to_owned()]
}
