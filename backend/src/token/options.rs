//! How a worker is started.

use std::{path::PathBuf, time::Duration};

use certdeck_shared::api::database::DatabaseFormat;

use super::{confinements::WorkerConfinements, losses::WorkerLosses, module::ModuleToken};

/// A call fails when the worker stays silent for this long. softoken itself waits up to 30 s for a lock of another process, so that
/// anything shorter would turn "locked" into "timed out".
const PATIENCE: Duration = Duration::from_secs(90);

/// Which database a worker serves, and with what.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Directory of the database.
    pub directory: PathBuf,
    /// What the names of its files begin with; empty for most.
    pub prefix: String,
    /// On-disk format.
    pub format: DatabaseFormat,
    /// The program to start with the argument `token-worker`: this server's own binary.
    pub program: PathBuf,
    /// Longest silence of the worker during a call.
    pub call_timeout: Duration,
    /// libsoftokn3.so; looked for in the usual library directories when absent.
    pub softoken: Option<PathBuf>,
    /// Counts the workers that are lost.
    pub losses: WorkerLosses,
    /// Keeps what the workers gave up.
    pub confinements: WorkerConfinements,
    /// The token of another module that is served instead of the database.
    pub module: Option<ModuleToken>,
}

impl WorkerOptions {
    /// Options with the usual time-out, and with the library that `CERTDECK_SOFTOKEN` names, if set.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>, directory: impl Into<PathBuf>, format: DatabaseFormat) -> Self {
        Self {
            directory: directory.into(),
            prefix: String::new(),
            format,
            program: program.into(),
            call_timeout: PATIENCE,
            softoken: std::env::var_os("CERTDECK_SOFTOKEN").filter(|path| !path.is_empty()).map(PathBuf::from),
            losses: WorkerLosses::default(),
            confinements: WorkerConfinements::default(),
            module: None,
        }
    }
}
