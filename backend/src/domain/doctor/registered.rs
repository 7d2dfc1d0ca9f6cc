//! What is registered with the console: databases and services.

use certdeck_shared::api::database::DatabaseState;

use super::{Finding, Level};
use crate::deploy::control;
use crate::domain::console::Console;
use crate::domain::databases::chain;

/// Whether each can be read and written by this user, with NSS's library here.
pub(super) async fn databases(console: &Console) -> Vec<Finding> {
    const WHY: &str = "The console cannot show or change what is in it.";
    if let Err(error) = console.databases.look_on().await {
        return vec![Finding::bad(Level::Failure, "databases", chain(&error), WHY, "")];
    }
    let mut findings = Vec::new();
    for database in console.databases.describe_all().await {
        let subject = format!("database {}", database.path);
        let before = findings.len();
        match database.state {
            DatabaseState::Usable => {}
            DatabaseState::ReadOnly { reason } => {
                let cure = "run the console as the owner of its files, or change owner and mode; a cert8.db can be converted";
                findings.push(Finding::bad(Level::Warning, &subject, reason, WHY, cure));
            }
            DatabaseState::Unusable { reason } => {
                let cure = "look at owner and mode, restore a snapshot, or forget the database in the console";
                findings.push(Finding::bad(Level::Failure, &subject, reason, WHY, cure));
            }
        }
        for warning in database.warnings {
            let (what, cure) = warning.split_once(" Cure: ").unwrap_or((&warning, "see what is said"));
            findings.push(Finding::bad(Level::Warning, &subject, what, "Keys or trust are open to others than you want.", cure));
        }
        if findings.len() == before {
            let certificates = database.certificates.unwrap_or_default();
            findings.push(Finding::good(subject, format!("{certificates} certificates; can be read and written")));
        }
    }
    findings
}

/// Whether each runs, its configuration can be read, and its own check finds nothing.
pub(super) async fn services(console: &Console) -> Vec<Finding> {
    let listed = match console.services.list().await {
        Ok(listed) => listed,
        Err(error) => {
            return vec![Finding::bad(Level::Failure, "services", chain(&error), "What they serve is not watched.", "")];
        }
    };
    let mut findings = Vec::new();
    for service in listed {
        let subject = format!("service {} ({})", service.label, service.config);
        let before = findings.len();
        if let Some(problem) = &service.problem {
            let why = "The console cannot tell which certificates it serves, and changes nothing of it.";
            findings.push(Finding::bad(Level::Failure, &subject, problem, why, "look at the path, its owner and mode"));
        }
        if service.processes.is_empty() {
            let why = "Nobody is served, and a deployment could not be proved.";
            findings.push(Finding::bad(Level::Warning, &subject, "it does not run", why, "start it, or forget it in the console"));
        }
        if let Some(said) = check(console, &service.id).await {
            let why = "It would not start again, and the console refuses to deploy to it.";
            findings.push(Finding::bad(Level::Failure, &subject, said, why, "put its configuration right"));
        }
        if findings.len() == before {
            findings.push(Finding::good(subject, format!("runs, {} endpoints with TLS", service.endpoints)));
        }
    }
    findings
}

/// What the check of a service's configuration has against it; nothing when it has nothing, or there is no check.
async fn check(console: &Console, id: &str) -> Option<String> {
    let run = console.services.check(id).await.ok()??;
    control::run(&run).await
}
