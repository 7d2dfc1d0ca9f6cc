//! How vsftpd takes a change up: it is started again. SIGHUP makes it read its file, but not the certificates (seen with 3.0.3).

use std::path::Path;

use certdeck_shared::api::plan::Disturbance;

use super::{Vsftpd, edit, is_yes, syntax};
use crate::deploy::adapter::Observation;
use crate::deploy::change::{Activation, Control, EditRefused, Edits, FileRules, ProgramRun, Rights, Running, Takeover, Verdict, Wanted};
use crate::deploy::drafts::Drafts;
use crate::deploy::editor::ServiceEditor;
use crate::host::tree::Tree;

/// OpenSSL's security level of Debian takes no certificate with fewer.
const FEWEST_RSA_BITS: u32 = 2048;
/// An address of documentation (RFC 5737), which no host has.
const NOBODYS_ADDRESS: &str = "192.0.2.1";

impl ServiceEditor for Vsftpd {
    fn file_rules(&self, config: &Path, _: &Observation) -> FileRules {
        let directory = config.parent().unwrap_or(Path::new("/"));
        // `/etc/vsftpd.conf` is in a directory of all.
        let own = if directory.ends_with("vsftpd") { directory.to_owned() } else { directory.join("vsftpd") };
        FileRules {
            directory: own.join("ssl"),
            key: Rights::of("root", "root", 0o600),
            key_directory: Rights::of("root", "root", 0o700),
            certificate: Rights::of("root", "root", 0o644),
            fewest_rsa_bits: FEWEST_RSA_BITS,
        }
    }

    fn edit(&self, tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused> {
        edit::edit(tree, config, observation, wanted)
    }

    /// vsftpd has no check; but it reads its file, certificate and key before it listens, and here it cannot listen.
    fn own_check(&self, _: &Tree, config: &Path, _: &Running, control: &Control) -> Option<ProgramRun> {
        if let Some(check) = &control.check {
            return Some(ProgramRun::of(check.clone()));
        }
        let listen = format!("-olisten_address={NOBODYS_ADDRESS}");
        let file = config.display().to_string();
        let arguments = ["vsftpd", &file, "-olisten=YES", "-olisten_ipv6=NO", &listen, "-obackground=NO"];
        let run = ProgramRun::of(arguments.map(str::to_owned).to_vec());
        Some(ProgramRun { verdict: Verdict::Writes("could not bind listening IPv4 socket".to_owned()), ..run })
    }

    fn takeover(
        &self,
        tree: &Tree,
        config: &Path,
        _: &Observation,
        running: &Running,
        control: &Control,
        _: &Edits,
    ) -> Result<Takeover, EditRefused> {
        let document = Drafts::over(tree).document(config, syntax::parse)?;
        let is_on = |name: &str| {
            let last = document.settings().filter(|(setting, _)| setting.name == name).last();
            last.and_then(|(setting, _)| is_yes(&setting.text)).unwrap_or(false)
        };
        if let Ok(attributes) = tree.attributes(config)
            && attributes.owner.user != 0
            && !is_on("run_as_launching_user")
        {
            let words = format!(
                "{0} belongs to {1}, and vsftpd does not start with a file that is not root's. Give it to root: chown root {0}.",
                config.display(),
                attributes.user_name()
            );
            return Err(EditRefused::because(words));
        }
        if !is_on("listen") && !is_on("listen_ipv6") {
            let why = "vsftpd is started for each connection by another program, and reads its files each time.".to_owned();
            return Ok(Takeover { activation: Activation::Nothing, disturbance: Disturbance::None, why });
        }
        if running.main.is_none() && running.unit.is_none() && control.restart.is_none() {
            return Ok(Takeover::when_started("vsftpd"));
        }
        let unit = || running.unit.as_ref().map(|unit| ["systemctl", "restart", unit].map(str::to_owned).to_vec());
        match control.restart.clone().or_else(unit) {
            Some(restart) => Ok(Takeover {
                activation: Activation::Run(ProgramRun::of(restart)),
                disturbance: Disturbance::Restart,
                why: "vsftpd reads certificate and key when it starts and never again; SIGHUP changes nothing.".to_owned(),
            }),
            None => Err(EditRefused::because(
                "vsftpd has to be restarted for a new certificate, and no service manager is known here: say how it is restarted.",
            )),
        }
    }
}
