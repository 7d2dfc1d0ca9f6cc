//! Whoever watches a deployment.

use std::path::Path;

use certdeck_shared::api::deployment::DeploymentStep;

/// Is told what happens, and may ask to stop.
pub trait Observer: Send + Sync {
    /// A step waits, begins, goes on or ends. Steps keep their places; those of a way back come after the planned ones.
    fn step(&self, place: usize, step: &DeploymentStep);

    /// A file is about to be changed, or was.
    fn file(&self, _path: &Path, _moment: Moment) {}

    /// Whether somebody asked to stop: looked at between steps, and everything is taken back then.
    fn stopped(&self) -> bool {
        false
    }
}

/// Before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is noted durably, and happens next.
    Before,
    /// It happened, and is durable.
    After,
}
