//! What a process of ours gives up: core dumps, capabilities, system calls, and files that it has no business with; and what is active of that.
//! Each is as much as this kernel can.

mod calls;
mod reach;

use std::fmt;

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, dumpable_behavior, getrlimit, set_dumpable_behavior, set_parent_process_death_signal,
    setrlimit,
};
use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities, set_no_new_privs};
use serde::{Deserialize, Serialize};

pub use calls::{Calls, forbid};
pub use reach::{Reach, restrict};

use super::owners;

/// Open files of a console with some hundred event streams and probes. Programs that it starts inherit the number, and some of them close so many.
const OPEN_FILES: u64 = 8192;
/// What a token worker may allocate: a database of 10,000 certificates takes it some ten megabytes.
const WORKER_MEMORY: u64 = 2 << 30;

/// What is active in a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// As whom it runs.
    pub user: String,
    /// Whether it may leave a core file, and others of its user may look into it.
    pub dumpable: bool,
    /// Whether programs that it starts gain no rights (no_new_privs).
    pub no_new_privileges: bool,
    /// Whether a filter forbids system calls.
    pub filtered: bool,
    /// Version of Landlock that restricts its files; 0 when none does.
    pub landlock: u8,
    /// Effective capabilities, as the kernel writes them in /proc/PID/status.
    pub capabilities: String,
}

impl Confinement {
    /// Of this thread and its process. Landlock does not show: it is what [`restrict`] answered.
    #[must_use]
    pub fn of_this_process(landlock: u8) -> Self {
        let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
        let value = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map_or("", str::trim);
        let user = owners::own_user();
        Self {
            user: owners::user_name(user).unwrap_or_else(|| user.to_string()),
            dumpable: !matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable)),
            no_new_privileges: value("NoNewPrivs") == "1",
            filtered: value("Seccomp") == "2",
            landlock,
            capabilities: value("CapEff").trim_start_matches('0').to_owned(),
        }
    }
}

impl fmt::Display for Confinement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |yes: bool, word: &'static str, otherwise: &'static str| if yes { word } else { otherwise };
        write!(
            formatter,
            "user {}; dumpable {}; new privileges {}; system calls {}; Landlock ",
            self.user,
            word(self.dumpable, "yes", "no"),
            word(self.no_new_privileges, "no", "possible"),
            word(self.filtered, "filtered", "all"),
        )?;
        match self.landlock {
            0 => formatter.write_str("no")?,
            version => write!(formatter, "version {version}")?,
        }
        match self.capabilities.as_str() {
            "" => formatter.write_str("; capabilities none"),
            some => write!(formatter, "; capabilities {some}"),
        }
    }
}

/// For the server: no core file, nobody of its user looks into its memory, and as many open files as it needs. It may gain privileges by the programs
/// that it starts, because those are the ones of services: postqueue is set-gid, a restart line may use sudo, and AppArmor changes profiles at
/// their start. Its limit of core files is the soft one, which a daemon that it starts may raise again.
pub fn of_server() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    limit(Resource::Core, 0, Hard::Kept);
    let files = getrlimit(Resource::Nofile);
    let wanted = files.maximum.map_or(OPEN_FILES, |most| most.min(OPEN_FILES));
    if files.current.is_some_and(|now| now < wanted) {
        limit(Resource::Nofile, wanted, Hard::Kept);
    }
}

/// For a token worker, before it reads anything, and again when it became another user, by which the kernel forgets some of it: no core file, no
/// new rights, bounded memory, and a sign at the end of its server.
pub fn of_worker() {
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = set_no_new_privs(true);
    limit(Resource::Core, 0, Hard::Lowered);
    limit(Resource::Data, WORKER_MEMORY, Hard::Lowered);
    // It hears of the server's end by its socket, and brings the call at hand to an end: what softoken writes one after the other, such as the
    // four levels of a certificate's trust, must not stay half done. A worker that was stopped hears of it only when it goes on.
    let _ = set_parent_process_death_signal(Some(Signal::CONT));
}

#[derive(Clone, Copy, PartialEq)]
enum Hard {
    Kept,
    Lowered,
}

fn limit(resource: Resource, most: u64, hard: Hard) {
    let now = getrlimit(resource);
    let most = now.maximum.map_or(most, |maximum| maximum.min(most));
    let maximum = if hard == Hard::Lowered { Some(most) } else { now.maximum };
    let _ = setrlimit(resource, Rlimit { current: Some(most), maximum });
}

/// Gives up capabilities but for those by which root reads and writes files of other users and leaves them theirs.
pub fn keep_only_files_of_others() {
    let kept = CapabilitySet::CHOWN | CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH | CapabilitySet::FOWNER;
    if let Ok(now) = capabilities(None) {
        let (effective, permitted) = (now.effective & kept, now.permitted & kept);
        let _ = set_capabilities(None, CapabilitySets { effective, permitted, inheritable: CapabilitySet::empty() });
    }
}
