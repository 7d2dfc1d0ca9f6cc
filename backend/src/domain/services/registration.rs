//! Which services are taken.

use std::path::{Component, Path};

use certdeck_shared::api::service::NewService;

use crate::deploy::adapter::adapter;
use crate::domain::databases::OperationError;
use crate::host::tree::Tree;

/// Most octets of a path (PATH_MAX).
const LONGEST: usize = 4_096;

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
    let label = new.label.as_deref().map(str::trim).filter(|label| !label.is_empty()).unwrap_or(new.kind.title());
    let length = label.chars().count();
    if length > 100 || label.chars().any(char::is_control) {
        return Err(OperationError::invalid("/label", "A label has 1 to 100 characters and no control characters."));
    }
    Ok((config.display().to_string(), label.to_owned()))
}
