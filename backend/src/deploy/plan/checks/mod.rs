//! What is checked before anything is changed: the daemons themselves accept nearly everything and fail later.

pub mod chain;
mod confinement;
pub mod hosts;
pub mod leaf;
pub mod names;
pub mod places;
pub mod ports;
pub mod present;
pub mod service;

use certdeck_shared::api::plan::{Check, CheckStanding};

/// What was found so far.
#[derive(Debug, Default)]
pub struct Checks(Vec<Check>);

impl Checks {
    /// It is good.
    pub fn pass(&mut self, code: &str, words: impl Into<String>) {
        self.add(code, CheckStanding::Pass, words.into(), None);
    }

    /// It is wrong, and the plan mends it.
    pub fn repaired(&mut self, code: &str, words: impl Into<String>, note: Option<String>) {
        self.add(code, CheckStanding::Repaired, words.into(), note);
    }

    /// It is to be known.
    pub fn warn(&mut self, code: &str, words: impl Into<String>, note: Option<String>) {
        self.add(code, CheckStanding::Warn, words.into(), note);
    }

    /// It stops the plan.
    pub fn fail(&mut self, code: &str, words: impl Into<String>, note: Option<String>) {
        self.add(code, CheckStanding::Fail, words.into(), note);
    }

    /// The same is said once.
    fn add(&mut self, code: &str, standing: CheckStanding, words: String, note: Option<String>) {
        let check = Check { code: code.to_owned(), standing, words, note };
        if !self.0.contains(&check) {
            self.0.push(check);
        }
    }

    /// Whether something stops the plan.
    #[must_use]
    pub fn stop(&self) -> bool {
        self.0.iter().any(|check| check.standing == CheckStanding::Fail)
    }

    /// Everything that was found, in the order it was.
    #[must_use]
    pub fn into_inner(self) -> Vec<Check> {
        self.0
    }
}
