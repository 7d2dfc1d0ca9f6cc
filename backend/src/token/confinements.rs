//! What workers gave up, for whoever asks how the console is confined.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::host::confinement::Confinement;

/// Of the worker that was started last, for databases and for modules; all tokens of a console share it; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct WorkerConfinements(Arc<Mutex<Latest>>);

#[derive(Debug, Default)]
struct Latest {
    database: Option<Confinement>,
    module: Option<Confinement>,
}

impl WorkerConfinements {
    pub(super) fn note(&self, of_module: bool, confinement: Confinement) {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = if of_module { &mut latest.module } else { &mut latest.database };
        *place = Some(confinement);
    }
}

impl fmt::Display for WorkerConfinements {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, confinement) in [("database", &latest.database), ("module", &latest.module)] {
            match confinement {
                Some(confinement) => writeln!(formatter, "worker of a {name}: {confinement}")?,
                None => writeln!(formatter, "worker of a {name}: none was started yet")?,
            }
        }
        Ok(())
    }
}
