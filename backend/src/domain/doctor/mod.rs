//! What is amiss with a console and its host, why that matters, and what to do: asked by `certdeck doctor`, whether the console runs or not.
//!
//! Nothing is changed. What needs a console to be asked is asked of one that lives on a copy of the state in memory and ends with the question.

mod console;
mod data;
mod finding;
mod helper;
mod host;
mod registered;
mod second_person;

use std::sync::Arc;

use crate::config::Settings;
use crate::domain::console::Console;
use crate::host::{Clock, process};
use crate::state::{StateError, Store};

pub use finding::{Finding, Level};

const STATE: &str = "state.sqlite";

/// Why a console could not be examined.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// There is none.
    #[error("{0} is no data directory of Certdeck; say --data-dir")]
    NoConsole(String),
    /// Its state could not be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// This program could not be found.
    #[error("this program could not be found")]
    Program(#[source] std::io::Error),
}

/// Looks at everything.
///
/// # Errors
/// When there is no console to look at.
pub async fn examine(settings: Settings) -> Result<Vec<Finding>, DoctorError> {
    let directory = settings.data_dir.clone();
    if !directory.join(STATE).exists() {
        return Err(DoctorError::NoConsole(directory.display().to_string()));
    }
    let now = Clock::system().now();
    let mut findings = data::directory(&directory);
    findings.extend(data::room(&directory));
    findings.extend(host::look());
    let state = data::state(&directory.join(STATE), now);
    let readable = state.iter().all(|finding| finding.level != Level::Failure);
    findings.extend(state);
    findings.extend(console::running(&directory));
    if readable {
        let store = Store::copied_to_memory(&directory.join(STATE), Clock::system())?;
        let program = process::own_program().map_err(DoctorError::Program)?;
        let copy: Arc<Console> = Console::new(settings, store, program).await?;
        findings.extend(registered::databases(&copy).await);
        findings.extend(console::certificate(&copy, now).await);
        findings.extend(helper::look(&copy).await);
        findings.extend(registered::services(&copy).await);
        findings.extend(second_person::look(&copy).await?);
        copy.databases.close().await;
    }
    Ok(findings)
}
