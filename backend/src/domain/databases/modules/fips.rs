//! FIPS mode of NSS, as `modutil -fips` switches it.

use certdeck_shared::api::module::ModuleChange;
use serde_json::json;

use super::super::error::OperationError;
use super::super::operation::{Done, Operation};

impl Operation {
    /// Switches FIPS mode on or off; the answer is the name of the module from now on. Servers read it at their next start.
    ///
    /// # Errors
    /// `Invalid` for another module than NSS's own, and where NSS in FIPS mode could do nothing with the database; `NotFound`.
    pub(super) async fn switch_fips_in_turn(&self, name: &str, on: bool, change: &ModuleChange) -> Result<Done<String>, OperationError> {
        let _turn = self.database.turn().await?;
        if change.enabled.is_some() || change.default_mechanisms.is_some() || change.slot.is_some() {
            return Err(OperationError::invalid("/fips", "Switch FIPS mode in a call of its own: the slots have other numbers in it."));
        }
        let mut file = self.modules_file().await?;
        let module = file.module(name).ok_or_else(|| OperationError::not_found("module", name))?;
        if !module.is_internal() {
            return Err(OperationError::invalid("/fips", "Only the module that is part of NSS has a FIPS mode."));
        }
        let was = file.is_fips();
        if was == on {
            return Ok(Done { answer: name.to_owned(), before: None, after: Some(json!({"fips": on})) });
        }
        if on && !self.database.token.status().await?.login_required {
            return Err(OperationError::invalid(
                "/fips",
                "NSS in FIPS mode uses no private key of a database without password: every server on it would stop. Set a password first.",
            ));
        }
        let answer = file.set_fips(on)?.to_owned();
        self.snapshot(if on { "FIPS mode" } else { "the end of FIPS mode" }).await?;
        self.write_modules(file).await?;
        Ok(Done { answer, before: Some(json!({"fips": was})), after: Some(json!({"fips": on})) })
    }
}
