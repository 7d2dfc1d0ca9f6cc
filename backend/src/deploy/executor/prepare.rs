//! Everything that can fail before the first change: files that are not what the plan saw, contents that cannot be made, space that is
//! not there, a checkpoint that cannot be written. Nothing is changed when it does.

use std::collections::BTreeMap;
use std::error::Error;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use certdeck_shared::api::plan::OnFailure;

use crate::deploy::checkpoint::{Checkpoint, Replacement, Shelf};
use crate::deploy::material::{self, Material};
use crate::deploy::plan::{Content, PlannedFile, PlannedService};
use crate::host::entry::{Entry, Rights};
use crate::host::files::{FileError, Owner};
use crate::host::room;
use crate::host::tree::Tree;

/// What is left free beside what is needed: names of directories, the journal.
const RESERVE: u64 = 64 << 10;

/// The first file that is not what the plan saw, as a sentence.
pub fn difference(tree: &Tree, services: &[PlannedService]) -> Option<String> {
    services.iter().flat_map(|service| &service.basis).find_map(|basis| basis.difference(tree))
}

/// What is done to the paths of each service.
pub type Work = Vec<Vec<Replacement>>;

/// Makes the contents and the checkpoint. Why it cannot, as sentences.
pub fn keep(
    shelf: &Shelf,
    id: &str,
    on_failure: OnFailure,
    services: Vec<PlannedService>,
    materials: &[Material],
) -> Result<(Arc<Checkpoint>, Work), String> {
    let tree = Tree::of_machine();
    let mut all = Vec::new();
    for service in services {
        let replacements = service.files.iter().map(|file| replacement(&tree, shelf, file, materials)).collect::<Result<_, _>>()?;
        all.push((service, replacements));
    }
    enough_space(shelf, &all)?;
    let checkpoint = shelf.make(id, on_failure, &all).map_err(|error| format!("What is there could not be kept: {}", words(&error)))?;
    Ok((Arc::new(checkpoint), all.into_iter().map(|(_, replacements)| replacements).collect()))
}

fn replacement(tree: &Tree, shelf: &Shelf, file: &PlannedFile, materials: &[Material]) -> Result<Replacement, String> {
    let before = Entry::at(&file.path).map_err(|error| words(&error))?;
    let after = match &file.content {
        Content::Earlier { deployment, service, change } => earlier(shelf, deployment, *service, *change)?,
        content => {
            // What an administrator attached to the file stays with its name.
            let labels = if let Entry::File { rights, .. } = &before { rights.labels.clone() } else { None };
            let rights = Rights { owner: Owner { user: file.user, group: file.group }, mode: file.mode, labels };
            match material::render(tree, content, materials, crate::host::now()).map_err(|error| words(&error))? {
                Some(content) => Entry::File { content, rights },
                None => Entry::Directory(rights),
            }
        }
    };
    let path = file.path.display();
    match (&before, &after) {
        (Entry::Directory(_), Entry::File { .. } | Entry::Held { .. } | Entry::Link { .. }) => {
            Err(format!("{path} is a directory; a file is to be there. Move it away, or bind the certificate to another path."))
        }
        (Entry::File { .. } | Entry::Held { .. } | Entry::Link { .. }, Entry::Directory(_)) => {
            Err(format!("{path} is a file; a directory is to be there. Move it away, or choose another directory."))
        }
        _ => Ok(Replacement { path: file.path.clone(), before, after }),
    }
}

fn earlier(shelf: &Shelf, deployment: &str, service: usize, change: usize) -> Result<Entry, String> {
    let (checkpoint, _) =
        shelf.open(deployment).map_err(|error| words(&error))?.ok_or("The checkpoint of the earlier deployment is gone.".to_owned())?;
    let change = checkpoint.change(service, change).ok_or("The checkpoint of the earlier deployment is another one.".to_owned())?;
    checkpoint.entry(&change.before).map_err(|error| words(&error))
}

/// What is needed on each file system: new contents beside the old ones, and the copies.
fn enough_space(shelf: &Shelf, all: &[(PlannedService, Vec<Replacement>)]) -> Result<(), String> {
    let mut needed: BTreeMap<u64, (&Path, u64)> = BTreeMap::new();
    for replacement in all.iter().flat_map(|(_, replacements)| replacements) {
        let contents = [(replacement.path.as_path(), replacement.after.length())];
        // The record repeats configurations.
        let kept = [(shelf.directory(), replacement.before.length() + replacement.after.length())];
        for (path, length) in contents.into_iter().chain(kept) {
            let Some((directory, device)) = existing(path) else { continue };
            needed.entry(device).or_insert((directory, RESERVE)).1 += length;
        }
    }
    for (directory, needed) in needed.into_values() {
        let free = room::of(directory).map_err(|error| words(&error))?.bytes;
        if free < needed {
            let (free, needed) = (free >> 10, needed.div_ceil(1024));
            let place = directory.display();
            return Err(format!("The file system of {place} has {free} KiB free, and {needed} KiB are needed. Make room on it."));
        }
    }
    Ok(())
}

/// The nearest directory that is there, and the number of its file system.
fn existing(path: &Path) -> Option<(&Path, u64)> {
    path.ancestors().find_map(|path| std::fs::metadata(path).ok().filter(std::fs::Metadata::is_dir).map(|found| (path, found.dev())))
}

/// An error and its causes as one sentence, with the cure where there is one.
pub fn words(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    let mut sentence: String = text.chars().next().into_iter().flat_map(char::to_uppercase).chain(text.chars().skip(1)).collect();
    sentence.push('.');
    if error.downcast_ref::<FileError>().is_some_and(FileError::is_disk_full) {
        sentence.push_str(" Make room on its file system.");
    }
    sentence
}
