//! Files that a process reaches at all, by Landlock (landlock(7)).

use std::path::PathBuf;

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};

/// What is known of Landlock where this was written; less where the kernel has less.
const KNOWN: ABI = ABI::V6;

/// What a process reaches.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Files and all below directories, for reading. What is not there is left out.
    pub read: Vec<PathBuf>,
    /// Directories in which files are read, written, made and removed.
    pub write: Vec<PathBuf>,
}

/// Restricts this thread, and all that it starts, to these files, to no port of TCP, and to sockets and signals within itself. Starts no program
/// any more. Answers the version of Landlock by which, 0 when the kernel has none.
///
/// # Errors
/// When the kernel has it and refuses.
pub fn restrict(reach: &Reach) -> Result<u8, RulesetError> {
    let writing: BitFlags<AccessFs> = AccessFs::ReadFile
        | AccessFs::ReadDir
        | AccessFs::WriteFile
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Truncate
        | AccessFs::Refer;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .handle_access(AccessNet::from_all(KNOWN))?
        .scope(Scope::from_all(KNOWN))?
        .create()?
        .add_rules(path_beneath_rules(&reach.read, AccessFs::ReadFile | AccessFs::ReadDir))?
        .add_rules(path_beneath_rules(&reach.write, writing))?
        .restrict_self()?;
    Ok(match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, _) => 0,
        (_, LandlockStatus::Available { effective_abi, .. }) => effective_abi as u8,
        _ => 0,
    })
}
