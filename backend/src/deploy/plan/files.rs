//! From what shall be there to what is written: files that are already so are left alone.

use std::path::Path;

use certdeck_shared::api::plan::{FileChange, FilePurpose, FileState};

use super::checks::Checks;
use super::facts::Facts;
use super::intended::Intended;
use super::rights::{self, Numbers};
use super::target::Source;
use super::{Content, PlannedFile, difference, own, present};
use crate::deploy::change::{EditedFile, FileRules};
use crate::host::owners;

/// A file that is written, and the same for people.
pub struct Written {
    /// As it is executed.
    pub planned: PlannedFile,
    /// As it is shown.
    pub change: FileChange,
}

/// Files of certificates, keys and CAs with the directories that they need, each once.
pub fn written(facts: &Facts, intended: &[Intended], materials: &[Source], rules: &FileRules, checks: &mut Checks) -> Vec<Written> {
    let mut all: Vec<Intended> = Vec::new();
    for file in intended {
        let needed = own::directories(facts, &file.path, rules);
        for one in needed.into_iter().chain([file.clone()]) {
            if !all.iter().any(|known| known.path == one.path) {
                all.push(one);
            }
        }
    }
    let mut written: Vec<Written> = all.iter().filter_map(|file| of(facts, file, materials, checks)).collect();
    written.sort_by_key(|file| order(file.planned.purpose));
    written
}

/// Directories first, then what nothing refers to yet; the daemon may look at any moment, so the key comes right before its certificate.
fn order(purpose: FilePurpose) -> u8 {
    match purpose {
        FilePurpose::Directory => 0,
        FilePurpose::ClientCa => 1,
        FilePurpose::Chain => 2,
        FilePurpose::Key => 3,
        FilePurpose::Certificate | FilePurpose::KeyAndCertificate | FilePurpose::KeyStore => 4,
        FilePurpose::Configuration => 5,
    }
}

fn of(facts: &Facts, file: &Intended, materials: &[Source], checks: &mut Checks) -> Option<Written> {
    let numbers = match file.purpose {
        FilePurpose::Directory => rights::made(file, checks)?,
        _ => rights::settle(facts, file, checks)?,
    };
    let tree = &facts.tree;
    let same_rights = tree.link(&file.path).is_none()
        && tree
            .attributes(&file.path)
            .is_ok_and(|now| (now.owner.user, now.owner.group, now.mode) == (numbers.user, numbers.group, numbers.mode));
    if same_rights && present::holds(tree, &file.path, &file.content, materials) {
        return None;
    }
    Some(Written {
        planned: planned(&file.path, file.purpose, numbers, file.content.clone()),
        change: FileChange {
            path: file.path.display().to_string(),
            purpose: file.purpose,
            before: present::state(tree, &file.path, file.purpose),
            after: Some(state(numbers, present::words_of(&file.content, materials))),
            hunks: Vec::new(),
        },
    })
}

/// Files of the configuration, which keep owner, group and mode.
pub fn configuration(facts: &Facts, edited: &[EditedFile], checks: &mut Checks) -> Vec<Written> {
    let one = |file: &EditedFile| {
        let now = match facts.tree.attributes(&file.path) {
            Ok(now) => now,
            Err(error) => {
                checks.fail("configuration-edit", format!("{} cannot be looked at: {}.", file.path.display(), error.source), None);
                return None;
            }
        };
        let numbers = Numbers { user: now.owner.user, group: now.owner.group, mode: now.mode };
        Some(Written {
            planned: planned(&file.path, FilePurpose::Configuration, numbers, Content::Bytes(file.after.clone())),
            change: FileChange {
                path: file.path.display().to_string(),
                purpose: FilePurpose::Configuration,
                before: present::state(&facts.tree, &file.path, FilePurpose::Configuration),
                after: Some(state(numbers, Vec::new())),
                hunks: difference::hunks(&file.before, &file.after),
            },
        })
    };
    edited.iter().filter_map(one).collect()
}

fn planned(path: &Path, purpose: FilePurpose, numbers: Numbers, content: Content) -> PlannedFile {
    PlannedFile { path: path.to_owned(), purpose, user: numbers.user, group: numbers.group, mode: numbers.mode, content }
}

fn state(numbers: Numbers, words: Vec<String>) -> FileState {
    FileState {
        owner: owners::user_name(numbers.user).unwrap_or_else(|| numbers.user.to_string()),
        group: owners::group_name(numbers.group).unwrap_or_else(|| numbers.group.to_string()),
        mode: format!("{:04o}", numbers.mode),
        words,
        link: None,
    }
}
