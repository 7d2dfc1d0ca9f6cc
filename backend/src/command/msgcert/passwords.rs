//! Passwords from files and prompts, never from arguments.

use std::path::Path;

use certdeck_shared::password_file;
use zeroize::Zeroizing;

use super::Failure;
use crate::host::{files, terminal};
use crate::nss::password_files;

const LARGEST: u64 = 64 * 1024;

/// The password of the database: from `-W`, plain or as `sslpassword.conf`, else asked for.
pub(super) fn of_database(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(file) => Ok(password_files::internal_token_password(&text(file)?)),
        None => Ok(terminal::read_secret("Enter the certificate database password")?),
    }
}

/// The password of a token: from a line of its own in `-W`, else asked for.
pub(super) fn of_token(file: Option<&Path>, names: &[&str]) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file
        && let Some(password) = password_file::token_password(&text(file)?, names)
    {
        return Ok(Zeroizing::new(password.to_owned()));
    }
    Ok(terminal::read_secret(&format!("Enter the password of the token {}", names.first().unwrap_or(&"")))?)
}

/// The password of a PKCS#12 file that is there.
pub(super) fn of_file(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    match file {
        Some(file) => read_line(file),
        None => Ok(terminal::read_secret("Enter the PKCS#12 file password")?),
    }
}

/// A password for a PKCS#12 file to be made, asked for twice.
pub(super) fn for_file(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file {
        return read_line(file);
    }
    let chosen = terminal::read_secret("Choose the PKCS#12 file password")?;
    let again = terminal::read_secret("Confirm the PKCS#12 file password")?;
    if chosen == again { Ok(chosen) } else { Err("the two passwords are not the same; nothing was exported".into()) }
}

/// The first line of a file.
pub(super) fn read_line(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let text = text(file)?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

fn text(file: &Path) -> Result<Zeroizing<String>, Failure> {
    let octets = Zeroizing::new(files::read_limited(file, LARGEST)?);
    match std::str::from_utf8(&octets) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(format!("{} is not a text file", file.display()).into()),
    }
}
