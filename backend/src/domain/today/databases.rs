//! Databases that are locked, cannot be written, or lie open to others.

use certdeck_shared::api::database::{Database, DatabaseFormat, DatabaseState};
use certdeck_shared::api::notice::{Notice, NoticeKind, Urgency};
use certdeck_shared::api::today::{Concern, Concerned};

/// What is to be said of a database beside the notices that are open.
pub(super) fn concerns(database: &Database, open: &[Notice]) -> Vec<Concern> {
    let id = || database.id.clone();
    let concern =
        |urgency, about, title: String, words: String| Concern { urgency, about, title, words, since: None, looked_after_by: None };
    let told = |kind| open.iter().filter(move |notice| notice.kind == kind && notice.about.database.as_ref() == Some(&database.id));
    let mut concerns = Vec::new();
    match &database.state {
        DatabaseState::Unusable { reason } if told(NoticeKind::DatabaseUnreadable).next().is_none() => {
            let title = format!("{} cannot be read", database.label);
            concerns.push(concern(Urgency::Urgent, Concerned::Database { database: id() }, title, reason.clone()));
        }
        // That of an old format cannot be written by anybody's fault.
        DatabaseState::ReadOnly { reason } if database.format == DatabaseFormat::Sql => {
            let title = format!("{} cannot be written", database.label);
            concerns.push(concern(Urgency::Soon, Concerned::Database { database: id() }, title, reason.clone()));
        }
        DatabaseState::Usable | DatabaseState::ReadOnly { .. } | DatabaseState::Unusable { .. } => {}
    }
    // A password file that people were told of is not told again.
    let known: Vec<&str> =
        told(NoticeKind::PasswordFileOpen).filter_map(|notice| notice.about.path.as_deref()?.rsplit('/').next()).collect();
    let is_known = |warning: &&String| known.iter().any(|name| warning.starts_with(name));
    let warnings: Vec<&str> = database.warnings.iter().filter(|warning| !is_known(warning)).map(String::as_str).collect();
    if !warnings.is_empty() {
        let title = format!("{} is not as safe as it could be", database.label);
        concerns.push(concern(Urgency::Soon, Concerned::Database { database: id() }, title, warnings.join(" ")));
    }
    let locked = database.token.login_required && !database.token.unlocked && matches!(database.state, DatabaseState::Usable);
    if locked && database.keys.is_some_and(|keys| keys > 0) {
        let title = format!("{} is locked", database.label);
        let words = "Nothing is renewed, signed or deployed from it before its password is entered.".to_owned();
        concerns.push(concern(Urgency::Note, Concerned::Token { database: id() }, title, words));
    }
    concerns
}
