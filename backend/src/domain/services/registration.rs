//! Which services are taken.

use std::path::{Component, Path};

use certdeck_shared::api::service::{NewService, ServiceControl};

use crate::deploy::adapter::adapter;
use crate::domain::databases::OperationError;
use crate::host::tree::Tree;

/// Most octets of a path (PATH_MAX).
const LONGEST: usize = 4_096;
/// Most arguments of a program.
const MOST_ARGUMENTS: usize = 100;

fn wrong(message: impl Into<String>) -> OperationError {
    OperationError::invalid("/config", message)
}

/// Configuration and label of a new service, when its configuration can be read.
pub(super) fn checked(tree: &Tree, new: &NewService) -> Result<(String, String), OperationError> {
    let given = Path::new(&new.config);
    if new.config.is_empty() || new.config.len() > LONGEST || new.config.chars().any(char::is_control) {
        return Err(wrong(format!("A path has 1 to {LONGEST} octets and no control characters.")));
    }
    if !given.is_absolute() || given.components().any(|part| part == Component::ParentDir) {
        return Err(wrong("The path must be absolute, without `..`: begin it with /."));
    }
    let config: std::path::PathBuf = given.components().collect();
    adapter(new.kind)
        .observe(tree, &config)
        .map_err(|error| wrong(format!("It is not {} of {}: {error}", new.kind.config_words(), new.kind.title())))?;
    check_control(tree, &new.control)?;
    let label = checked_label(new.label.as_deref().unwrap_or_default(), new.kind.title())?;
    Ok((config.display().to_string(), label))
}

/// A label without space around it; `otherwise` when nothing is left.
pub(super) fn checked_label(given: &str, otherwise: &str) -> Result<String, OperationError> {
    let label = Some(given.trim()).filter(|label| !label.is_empty()).unwrap_or(otherwise);
    if label.chars().count() > 100 || label.chars().any(char::is_control) {
        return Err(OperationError::invalid("/label", "A label has 1 to 100 characters and no control characters."));
    }
    Ok(label.to_owned())
}

/// Takes argument lists whose programs are there.
pub(super) fn check_control(tree: &Tree, control: &ServiceControl) -> Result<(), OperationError> {
    let lists = [("check", &control.check), ("reload", &control.reload), ("restart", &control.restart)];
    for (name, arguments) in lists.into_iter().filter_map(|(name, list)| Some((name, list.as_deref()?))) {
        let pointer = format!("/control/{name}");
        let Some(program) = arguments.first().map(Path::new) else {
            return Err(OperationError::invalid(pointer, "An argument list begins with a program. Leave the field out for none."));
        };
        if arguments.len() > MOST_ARGUMENTS || arguments.iter().any(|argument| argument.len() > LONGEST || argument.contains('\0')) {
            let limits = format!("There are at most {MOST_ARGUMENTS} arguments, each of at most {LONGEST} octets and without NUL.");
            return Err(OperationError::invalid(pointer, limits));
        }
        if !program.is_absolute() || !tree.attributes(program).is_ok_and(|found| !found.directory && found.mode & 0o111 != 0) {
            let words =
                "The first argument is the absolute path of a program of this host. There is no shell: each argument is one element.";
            return Err(OperationError::invalid(pointer, words));
        }
    }
    Ok(())
}
