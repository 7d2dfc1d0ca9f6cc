//! How Dovecot takes a change up, and whose its files are.

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::assign::Configuration;
use super::form::Form;
use super::scopes::Scopes;
use super::{Dovecot, edit, hosts};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{Activation, Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Signal, Takeover, Wanted};
use crate::deploy::editor::ServiceEditor;
use crate::deploy::reading::Reading;
use crate::host::tree::Tree;

/// OpenSSL's security level of Debian takes no certificate with fewer: `ee key too small`.
const FEWEST_RSA_BITS: u32 = 2048;

impl ServiceEditor for Dovecot {
    fn file_rules(&self, config: &Path, _: &Observation) -> FileRules {
        FileRules {
            directory: config.parent().unwrap_or(Path::new("/")).join("ssl"),
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
        let mut scopes = Scopes::default();
        scopes.read(&mut Reading::new(tree), config, None);
        hosts(scopes.effective("listen", &[]).as_ref())
    }

    /// Up to 2.3 the settings are shown with the content of their files, of which one that is not secret is asked for: so it sees all
    /// files that are missing or cannot be read, keys as well. Whether key and certificate belong together it does not see.
    fn own_check(&self, tree: &Tree, config: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        let check = || {
            let with_files = Configuration::over(tree, config).is_ok_and(|configuration| configuration.form != Form::V24);
            let shown: &[&str] = if with_files { &["-x", "ssl_cert"] } else { &["-n"] };
            ["doveconf", "-c", &config.display().to_string()].iter().chain(shown).map(|word| (*word).to_owned()).collect()
        };
        Some(ProgramRun::of(control.check.clone().unwrap_or_else(check)))
    }

    /// A reload is enough for new files, other settings and new listeners. The signal is what `doveadm reload` sends, which answers before
    /// anything is done.
    fn takeover(
        &self,
        _: &Tree,
        _: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        edits: &Edits,
    ) -> Result<Takeover, EditRefused> {
        let activation = match &control.reload {
            Some(reload) => Activation::Run(ProgramRun::of(reload.clone())),
            None if running.main.is_none() => return Ok(Takeover::when_started("Dovecot")),
            None => Activation::Signal(Signal::Hup),
        };
        let why = if edits.files.is_empty() {
            "Dovecot reads certificate and key anew and starts new log-in processes; sessions go on."
        } else {
            "Dovecot reads its configuration anew, and listens where that is new; sessions go on."
        };
        Ok(Takeover { activation, disturbance: Disturbance::Reload, why: why.to_owned() })
    }
}
