//! Descriptions of programs that were given with the registration: checked field by field, and kept as files in the console's data directory.

use std::path::{Path, PathBuf};

use certdeck_shared::api::problem::FieldError;
use certdeck_shared::api::service::{NewService, ProgramDescription, ServiceKind};

use crate::deploy::generic;
use crate::domain::databases::OperationError;
use crate::host::files;

/// Most octets of a path (PATH_MAX) or a name.
const LONGEST: usize = 4_096;
/// Most ports of a program.
const MOST_PORTS: usize = 100;

/// The directory of descriptions.
pub(super) fn directory(data_directory: &Path) -> PathBuf {
    std::path::absolute(data_directory).unwrap_or_else(|_| data_directory.to_owned()).join("services")
}

/// Writes the description of a new service; the registration as if the file had been there. Blocks.
///
/// # Errors
/// What is wrong with the description, by its fields; a file that cannot be written.
pub(super) fn keep(directory: &Path, id: &str, new: NewService) -> Result<NewService, OperationError> {
    let Some(description) = &new.description else { return Ok(new) };
    if new.kind != ServiceKind::Generic || !new.config.is_empty() {
        let words = "A description is for another program (kind generic), and stands in the place of a configuration: leave config out.";
        return Err(OperationError::invalid("/description", words));
    }
    let faults = faults(description);
    if !faults.is_empty() {
        return Err(OperationError::Invalid(faults));
    }
    files::make_directories(directory, 0o700)?;
    let path = directory.join(format!("{id}.toml"));
    files::create_new(&path, generic::written(description).as_bytes(), 0o600, None)?;
    Ok(NewService { config: path.display().to_string(), ..new })
}

/// Takes a description away that is the console's own. Blocks.
///
/// # Errors
/// When it cannot be taken away.
pub(super) fn forget(directory: &Path, config: &str) -> Result<(), OperationError> {
    let path = Path::new(config);
    if path.parent() == Some(directory) { Ok(files::remove(path)?) } else { Ok(()) }
}

fn faults(description: &ProgramDescription) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |pointer: String, message: &str| faults.push(FieldError { pointer, message: message.into() });
    let is_path = |path: &str| path.starts_with('/') && path.len() <= LONGEST && !path.contains(char::is_control);
    let paths = [("certificate", Some(&description.certificate)), ("key", Some(&description.key)), ("chain", description.chain.as_ref())];
    let named = paths.into_iter().filter_map(|(name, path)| Some((name.to_owned(), path?)));
    let authorities = description.client_ca.iter().enumerate().map(|(place, path)| (format!("client_ca/{place}"), path));
    for (name, path) in named.chain(authorities) {
        if !is_path(path) {
            fault(format!("/description/{name}"), "A path is absolute, begins with /, and has no control characters.");
        }
    }
    let is_name = |name: &str| !name.is_empty() && name.len() <= LONGEST && !name.contains(|letter: char| letter.is_control());
    if description.key_reader.as_deref().is_some_and(|name| !is_name(name) || name.contains(char::is_whitespace)) {
        fault("/description/key_reader".to_owned(), "It is the name of a user, such as root or xmpp.");
    }
    if description.ports.is_empty() || description.ports.len() > MOST_PORTS {
        fault("/description/ports".to_owned(), "A program has 1 to 100 ports.");
    }
    for (place, port) in description.ports.iter().enumerate() {
        let number = port.address.rsplit_once(':').filter(|(host, _)| is_name(host)).and_then(|(_, number)| number.parse::<u16>().ok());
        if number.is_none_or(|number| number == 0) {
            fault(format!("/description/ports/{place}/address"), "An address with its port is such as *:443, 127.0.0.1:25 or [::1]:993.");
        }
        if port.name.as_deref().is_some_and(|name| !is_name(name)) {
            fault(format!("/description/ports/{place}/name"), "A name has no control characters, and is not empty.");
        }
        if port.server_names.iter().any(|name| !is_name(name) || name.contains(char::is_whitespace)) {
            fault(format!("/description/ports/{place}/server_names"), "A host name has no spaces and no control characters.");
        }
    }
    faults
}
