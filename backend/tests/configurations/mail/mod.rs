//! Edits of the mail and file servers, judged by the programs themselves. What runs is tried elsewhere, on running instances.

mod dovecot;
mod postfix;
mod vsftpd;

use std::path::Path;
use std::process::Command;

use certdeck::deploy::adapter::{Observation, adapter};
use certdeck::deploy::change::{EditRefused, EditedFile, Wanted};
use certdeck::deploy::editor::editor;
use certdeck::deploy::settings::{Document, What};
use certdeck::host::tree::Tree;
use certdeck_shared::api::service::ServiceKind;

/// What a program says on all its channels, and whether it is content.
pub fn asked(program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output();
    let output = output.unwrap_or_else(|error| panic!("{program} cannot be started ({error}); `.ci/setup packages tests` installs it"));
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn observed(kind: ServiceKind, config: &Path) -> Observation {
    adapter(kind).observe(&Tree::of_machine(), config).unwrap()
}

fn edited(kind: ServiceKind, config: &Path, wanted: &[Wanted]) -> Result<Vec<EditedFile>, EditRefused> {
    let tree = Tree::of_machine();
    let edits = editor(kind).edit(&tree, config, &observed(kind, config), wanted)?;
    assert_eq!(edits.attributes, []);
    Ok(edits.files)
}

/// Writes what is wanted; the second time there is nothing left to write.
pub fn apply(kind: ServiceKind, config: &Path, wanted: &[Wanted]) -> Vec<EditedFile> {
    let files = edited(kind, config, wanted).unwrap();
    for file in &files {
        assert_eq!(std::fs::read(&file.path).unwrap(), file.before);
        std::fs::write(&file.path, &file.after).unwrap();
    }
    assert_eq!(edited(kind, config, wanted).unwrap(), [], "{wanted:?} once more");
    files
}

/// Lines that came and went, as `+line` and `-line`.
pub fn difference(file: &EditedFile) -> Vec<String> {
    let lines = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(&file.before), lines(&file.after));
    let head = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let rest = before.len().min(after.len()) - head;
    let tail = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let gone = before[head..before.len() - tail].iter().map(|line| format!("-{line}"));
    gone.chain(after[head..after.len() - tail].iter().map(|line| format!("+{line}"))).collect()
}

/// Everything in a file but settings with these names; space at the ends of entries may become another's.
pub fn others(document: &Document, names: &[&str]) -> Vec<String> {
    let bytes = document.print();
    let kept = document.entries.iter().filter(|entry| match &entry.what {
        What::Setting(setting) => !names.contains(&setting.name.as_str()),
        _ => true,
    });
    kept.map(|entry| String::from_utf8_lossy(&bytes[entry.span.clone()]).trim().to_owned()).filter(|text| !text.is_empty()).collect()
}
