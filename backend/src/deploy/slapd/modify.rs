//! Other TLS settings for a running slapd, and the way back.
//!
//! slapd builds its TLS anew after every modify that writes one of these attributes, with the same values too, and reads all files then. When
//! that fails it answers with error 80, and its entry and files keep the old values. Its memory keeps the new ones, though: with GnuTLS every
//! client that asks for TLS is refused from that moment on, and no later modify mends it unless it writes each attribute that was tried. With
//! OpenSSL a bad file does the same, and after a bad value it serves what it took before that, be it the new certificate (seen with 2.6). So
//! everything is written in one modify, in which order does not matter; and so is the way back. An attribute that was not there before is given
//! a harmless value first and then deleted, since slapd forgets a value only when it deletes it.

use std::path::Path;
use std::time::Duration;

use super::forget::{CERTIFICATE, Harmless, harmless};
use super::found;
use super::ldapi::{Ldapi, LdapiError, TlsState, code, tls_state};
use super::library::TlsLibrary;
use super::offline::{self, OfflineError};
use super::preflight::{self, PreflightError};
use crate::deploy::change::AttributeEdit;
use crate::host::tree::Tree;

/// Why slapd has other TLS settings than it should.
#[derive(Debug, thiserror::Error)]
pub enum ModifyError {
    /// It could not be asked, or refused for a reason that it told.
    #[error(transparent)]
    Ldapi(#[from] LdapiError),
    /// It cannot build its TLS from them.
    #[error("slapd cannot begin TLS with these settings: {0}")]
    Tls(String),
    /// Its TLS does not begin with settings that are good: its memory holds something else from an earlier attempt.
    #[error("slapd refuses TLS with settings that are good: its memory holds others from an earlier attempt, and it must be restarted")]
    StillBroken,
    /// Its files could not be edited.
    #[error(transparent)]
    Offline(#[from] OfflineError),
}

/// How the old values came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// The running slapd has them, and its TLS is what it was.
    Running,
    /// They are in its files: it does not run, or cannot give TLS up while it runs. They count once it is started again.
    AfterRestart,
}

/// Writes the new values of all these attributes in one modify. Each operation may take `limit`. Blocks.
///
/// # Errors
/// When slapd does not take them. Its TLS may be broken then: [`restore`] mends it, once the files are as they were.
pub fn modify(url: &str, edits: &[AttributeEdit], limit: Duration) -> Result<(), ModifyError> {
    let mut slapd = Ldapi::open(url, limit)?;
    let there = slapd.tls_attributes()?;
    let is_there = |name: &str| there.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let changes: Vec<(&str, &[String])> = edits
        .iter()
        .filter(|edit| !edit.after.is_empty() || is_there(&edit.name))
        .map(|edit| (edit.name.as_str(), edit.after.as_slice()))
        .collect();
    match written(&mut slapd, &changes).map_err(|error| explained(error, slapd.process(), &there, edits, limit)) {
        Err(ModifyError::StillBroken) => written_and_forgotten(&mut slapd, &changes, &there),
        answer => answer,
    }
}

/// Why slapd cannot begin TLS, by one that is thrown away: the running one does not tell.
fn explained(
    error: ModifyError,
    process: Option<u32>,
    there: &[(String, Vec<String>)],
    edits: &[AttributeEdit],
    limit: Duration,
) -> ModifyError {
    let ModifyError::Tls(text) = error else { return error };
    let tree = Tree::of_machine();
    let process = tree.processes().into_iter().find(|one| Some(one.id) == process);
    let present = there.iter().flat_map(|(name, values)| values.iter().map(|value| (found::directive(name), value.clone())));
    let tried = preflight::overlaid(present.collect(), edits);
    match preflight::with(&tree, process.as_ref(), &tried, limit) {
        Err(PreflightError::Refused(words)) => ModifyError::Tls(words),
        // What it refuses is not among the settings: it is what an earlier attempt left in its memory.
        Ok(()) if text.is_empty() => ModifyError::StillBroken,
        _ => ModifyError::Tls(if text.is_empty() { "it tells no cause (error 80)".to_owned() } else { text }),
    }
}

/// Writes the old values of all these attributes, and sees to it that TLS begins again if it did before. The files they name must be as they
/// were. It may be called again, and when nothing was changed. Each operation may take `limit`. Blocks.
///
/// # Errors
/// When slapd does not take them, or refuses TLS all the same.
pub fn restore(url: &str, config: &Path, edits: &[AttributeEdit], limit: Duration) -> Result<Restored, ModifyError> {
    let mut slapd = match Ldapi::open(url, limit) {
        Err(LdapiError::Silent { .. }) => {
            offline::restore(config, edits, limit)?;
            return Ok(Restored::AfterRestart);
        }
        slapd => slapd?,
    };
    let there = slapd.tls_attributes()?;
    let values = |name: &str| there.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, values)| values.as_slice());
    let before = edits.iter().find(|edit| edit.name.eq_ignore_ascii_case(CERTIFICATE)).map(|edit| edit.before.as_slice());
    let Some(certificate) = before.or_else(|| values(CERTIFICATE)).unwrap_or_default().first() else {
        // There was no TLS. slapd never began it with what it refused, and never gives it up while it runs.
        if edits.iter().all(|edit| values(&edit.name).unwrap_or_default() == edit.before) {
            return Ok(Restored::Running);
        }
        offline::restore(config, edits, limit)?;
        return Ok(Restored::AfterRestart);
    };
    let library = slapd.process().and_then(|process| TlsLibrary::of_process(&Tree::of_machine(), process));
    let harmless: Vec<Option<[String; 1]>> =
        edits.iter().map(|edit| harmless(&edit.name, certificate, library).map(|value| [value])).collect();
    let mut changes: Vec<(&str, &[String])> = Vec::new();
    for (edit, harmless) in edits.iter().zip(&harmless) {
        match harmless {
            _ if !edit.before.is_empty() => {}
            Some(value) => changes.push((&edit.name, value)),
            None if values(&edit.name).is_some() => {}
            None => continue,
        }
        changes.push((&edit.name, &edit.before));
    }
    match written(&mut slapd, &changes).map_err(|error| explained(error, slapd.process(), &there, &reversed(edits), limit)) {
        Err(ModifyError::StillBroken) => written_and_forgotten(&mut slapd, &changes, &there),
        answer => answer,
    }?;
    match tls_state(url, limit)? {
        TlsState::Ready => Ok(Restored::Running),
        TlsState::Off | TlsState::Broken => Err(ModifyError::StillBroken),
    }
}

/// The edits of the way back.
fn reversed(edits: &[AttributeEdit]) -> Vec<AttributeEdit> {
    edits.iter().map(|edit| AttributeEdit { name: edit.name.clone(), before: edit.after.clone(), after: edit.before.clone() }).collect()
}

/// Writes these, and makes slapd forget what somebody tried before: attributes that its entry has not, and its memory may have.
fn written_and_forgotten(slapd: &mut Ldapi, changes: &[(&str, &[String])], there: &[(String, Vec<String>)]) -> Result<(), ModifyError> {
    let is_there = |name: &str| {
        let known = there.iter().map(|(known, _)| known.as_str()).chain(changes.iter().map(|(known, _)| *known));
        known.into_iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let of_entry = there.iter().find(|(name, _)| name.eq_ignore_ascii_case(CERTIFICATE)).map(|(_, values)| values.as_slice());
    let wanted = changes.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(CERTIFICATE)).map(|(_, values)| *values);
    let Some(certificate) = wanted.or(of_entry).unwrap_or_default().first() else { return Err(ModifyError::StillBroken) };
    let library = slapd.process().and_then(|process| TlsLibrary::of_process(&Tree::of_machine(), process));
    let harmless = Harmless::for_absent(is_there, certificate, library).map_err(|_| ModifyError::StillBroken)?;
    let forgotten = harmless.values.iter().flat_map(|(name, value)| [(*name, value.as_slice()), (*name, &[][..])]);
    let all: Vec<(&str, &[String])> = changes.iter().copied().chain(forgotten).collect();
    written(slapd, &all).map_err(|error| if matches!(error, ModifyError::Tls(_)) { ModifyError::StillBroken } else { error })
}

fn written(slapd: &mut Ldapi, changes: &[(&str, &[String])]) -> Result<(), ModifyError> {
    match slapd.replace(changes) {
        Err(LdapiError::Refused { code: code::OTHER, text }) => Err(ModifyError::Tls(text)),
        answer => Ok(answer?),
    }
}
