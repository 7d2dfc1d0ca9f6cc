//! What every kind of service can be asked when something about it shall change.

use std::path::{Path, PathBuf};

use certdeck_shared::api::service::ServiceKind;

use super::adapter::Observation;
use super::change::{Control, EditRefused, Edits, FileRules, NamedHost, ProgramRun, Running, Takeover, Wanted};
use super::{apache, dovecot, generic, nginx, postfix, slapd, sun_calendar, sun_messaging, tomcat, vsftpd};
use crate::host::tree::Tree;

/// Knows how the configuration of one kind of service is changed. Like an adapter it has no way to write.
pub trait ServiceEditor: Sync {
    /// Owners and modes of files that are made for this program.
    fn file_rules(&self, config: &Path, observation: &Observation) -> FileRules;

    /// The configuration with other settings. Pure: the same tree and wishes give the same edits, and what is already so is not touched.
    ///
    /// # Errors
    /// What the adapter does not understand, or what this program and version cannot do.
    fn edit(&self, tree: &Tree, config: &Path, observation: &Observation, wanted: &[Wanted]) -> Result<Edits, EditRefused>;

    /// The hosts at which a new listener is reached that is given no address: `*` stands for all of this machine's.
    fn usual_hosts(&self, _tree: &Tree, _config: &Path) -> Vec<String> {
        vec!["*".to_owned()]
    }

    /// Files beside the configuration that an edit may change, such as the settings of the script that starts the program.
    fn beside(&self, _tree: &Tree) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Settings that must all name one host, which is one of the certificate's, as they are after the edits: the one that counts comes
    /// first. None for nearly every program.
    fn hosts(&self, _tree: &Tree, _config: &Path, _edits: &Edits) -> Vec<NamedHost> {
        Vec::new()
    }

    /// The program's own check of its configuration, where it is worth something. `control` comes first.
    fn own_check(&self, tree: &Tree, config: &Path, running: &Running, control: &Control) -> Option<ProgramRun>;

    /// How the running service takes up new files at the same paths (`edits` is empty then) and other settings. `control` comes first.
    ///
    /// # Errors
    /// When a restart is needed and nobody said how it is done.
    fn takeover(
        &self,
        tree: &Tree,
        config: &Path,
        observation: &Observation,
        running: &Running,
        control: &Control,
        edits: &Edits,
    ) -> Result<Takeover, EditRefused>;
}

/// The editor of a kind.
#[must_use]
pub fn editor(kind: ServiceKind) -> &'static dyn ServiceEditor {
    match kind {
        ServiceKind::Apache => &apache::Apache,
        ServiceKind::Dovecot => &dovecot::Dovecot,
        ServiceKind::Generic => &generic::Generic,
        ServiceKind::Nginx => &nginx::Nginx,
        ServiceKind::Postfix => &postfix::Postfix,
        ServiceKind::Slapd => &slapd::Slapd,
        ServiceKind::SunCalendar => &sun_calendar::SunCalendar,
        ServiceKind::SunMessaging => &sun_messaging::SunMessaging,
        ServiceKind::Tomcat => &tomcat::Tomcat,
        ServiceKind::Vsftpd => &vsftpd::Vsftpd,
    }
}
