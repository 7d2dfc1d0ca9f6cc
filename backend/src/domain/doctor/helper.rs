//! The helper that does what the console has no rights to: whether it answers, is of the same version, and knows the services of the console.

use super::{Finding, Level};
use crate::domain::console::Console;

const SUBJECT: &str = "helper";
const START: &str = "systemctl enable --now certdeck-helper.socket, and look into its log: journalctl -u certdeck-helper";
const LIST: &str = "/etc/certdeck/helper.toml";

/// Looks at it, where one is configured.
pub(super) async fn look(console: &Console) -> Vec<Finding> {
    let Some(standing) = console.helper_standing().await else { return Vec::new() };
    let status = match standing {
        Ok(status) => status,
        Err(error) => {
            let why = "Files and programs of services that are not the console's own are out of its reach.";
            return vec![Finding::bad(Level::Failure, SUBJECT, error.to_string(), why, START)];
        }
    };
    let mut findings = Vec::new();
    if status.version != env!("CARGO_PKG_VERSION") {
        let what = format!("it is of version {}, the console of {}", status.version, env!("CARGO_PKG_VERSION"));
        let why = "An older one may not understand what the console asks.";
        findings.push(Finding::bad(Level::Warning, SUBJECT, what, why, "systemctl restart certdeck-helper"));
    }
    for known in &status.services {
        if let Some(problem) = &known.problem {
            let why = "It does nothing for a service whose configuration it cannot read or must not believe.";
            let subject = format!("{SUBJECT}, {} {}", known.service.kind, known.service.config.display());
            findings.push(Finding::bad(Level::Failure, subject, problem.clone(), why, format!("correct that, or the service in {LIST}")));
        }
    }
    for service in console.store.services().list().await.unwrap_or_default() {
        let is_it = |known: &&crate::helper::protocol::Known| {
            known.service.kind == service.kind.name() && known.service.config.as_os_str() == service.config.as_str()
        };
        if !status.services.iter().any(|known| is_it(&known)) {
            let why = "What the console's user has no right to, it cannot deploy to.";
            let cure = format!(
                "add [[service]] kind = {:?}, config = {:?} to {LIST}, then systemctl restart certdeck-helper",
                service.kind.name(),
                service.config
            );
            let what = format!("{} is registered, and the helper does not know it", service.config);
            findings.push(Finding::bad(Level::Warning, SUBJECT, what, why, cure));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::good(SUBJECT, format!("answers, and knows {} services", status.services.len())));
    }
    findings
}
