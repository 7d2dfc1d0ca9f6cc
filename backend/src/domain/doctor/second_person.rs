//! Whether there is a second person where one is wanted.

use certdeck_shared::api::account::User;
use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::role::{Right, Subject};

use super::{Finding, Level};
use crate::domain::console::Console;
use crate::state::StateError;

const SUBJECT: &str = "second person";

/// What the settings want a second person for, and whether two people may do it.
pub(super) async fn look(console: &Console) -> Result<Vec<Finding>, StateError> {
    let wanted = &console.settings.second_person;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let users = console.store.users().list().await?;
    let alone: Vec<&str> = wanted.iter().filter(|guarded| able(&users, **guarded) < 2).map(|guarded| guarded.name()).collect();
    let mut findings = Vec::new();
    if !alone.is_empty() {
        let what = format!("second-person has {}, and fewer than two accounts may do that", alone.join(", "));
        let cure = "make a second account (certdeck user add), take it out of the settings, or approve with certdeck approval";
        findings.push(Finding::bad(Level::Warning, SUBJECT, what, "Nobody in the page can approve it.", cure));
    }
    if !wanted.contains(&Guarded::Users) {
        let why = "An administrator makes a second account and approves with that.";
        let cure = "add \"users\" to second-person";
        findings.push(Finding::bad(Level::Warning, SUBJECT, "accounts are made without a second person", why, cure));
    }
    if findings.is_empty() {
        let names: Vec<&str> = wanted.iter().map(|guarded| guarded.name()).collect();
        findings.push(Finding::good(SUBJECT, format!("asked for {}", names.join(", "))));
    }
    Ok(findings)
}

/// How many accounts may do something of this kind, to some database where it is for one.
fn able(users: &[User], guarded: Guarded) -> usize {
    let may = |user: &&User| match guarded {
        Guarded::KeyExport | Guarded::Restore | Guarded::Trust => user.grants.may_somewhere(Right::Prepare),
        Guarded::Modules | Guarded::Passwords | Guarded::Users => user.grants.may(Right::Administrate, Subject::Console),
    };
    users.iter().filter(may).count()
}
