//! Deployments after which a service does not serve what it should.

use certdeck_shared::api::deployment::{DeploymentState, DeploymentSummary};
use certdeck_shared::api::notice::Urgency;
use certdeck_shared::api::today::{Concern, Concerned};
use time::{Duration, OffsetDateTime};

/// For so long somebody may wonder why a deployment was taken back; one that needs attention stays until another one is done.
const RECENT: Duration = Duration::days(7);

/// Those of them (the newest first) that are the last word on one of their services.
pub(super) fn concerns(deployments: &[DeploymentSummary], now: OffsetDateTime) -> Vec<Concern> {
    let is_last =
        |place: usize, service: &str| !deployments.iter().take(place).any(|later| later.services.iter().any(|(id, _)| id == service));
    let last = deployments.iter().enumerate().filter(|(place, one)| one.services.iter().any(|(id, _)| is_last(*place, id)));
    last.filter_map(|(_, deployment)| concern(deployment, now)).collect()
}

fn concern(deployment: &DeploymentSummary, now: OffsetDateTime) -> Option<Concern> {
    let (urgency, what) = match deployment.state {
        DeploymentState::NeedsAttention => (Urgency::Urgent, "was not taken back entirely"),
        DeploymentState::Partly => (Urgency::Soon, "is half done"),
        DeploymentState::RolledBack if deployment.started_at > now - RECENT => (Urgency::Soon, "was taken back"),
        _ => return None,
    };
    let names: Vec<&str> = deployment.services.iter().map(|(_, label)| label.as_str()).collect();
    Some(Concern {
        urgency,
        about: Concerned::Deployment { deployment: deployment.id.clone() },
        title: format!("The deployment for {} {what}", names.join(", ")),
        words: deployment.message.clone(),
        since: deployment.ended_at.or(Some(deployment.started_at)),
        looked_after_by: None,
    })
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn deployment(id: &str, state: DeploymentState, services: &[&str], days_ago: i64) -> DeploymentSummary {
        let at = NOW - Duration::days(days_ago);
        DeploymentSummary {
            id: id.into(),
            state,
            message: "why".into(),
            services: services.iter().map(|service| ((*service).into(), service.to_uppercase())).collect(),
            certificates: Vec::new(),
            rollback_of: None,
            returnable: false,
            started_by: "ada".into(),
            started_at: at,
            ended_at: Some(at),
        }
    }

    const NOW: OffsetDateTime = datetime!(2026-11-22 08:00 UTC);

    #[test]
    fn only_the_last_word_on_a_service_counts() {
        use DeploymentState::{NeedsAttention, Partly, RolledBack, Running, Succeeded};
        let all = [
            deployment("new", Succeeded, &["web"], 0),
            deployment("half", Partly, &["web", "mail"], 1),
            deployment("lost", NeedsAttention, &["web"], 2),
            deployment("stuck", NeedsAttention, &["ftp"], 90),
            deployment("tried", RolledBack, &["ldap"], 3),
            deployment("long ago", RolledBack, &["chat"], 30),
            deployment("busy", Running, &["java"], 0),
        ];
        let told: Vec<_> = concerns(&all, NOW).into_iter().map(|concern| (concern.urgency, concern.title)).collect();
        let expected = [
            (Urgency::Soon, "The deployment for WEB, MAIL is half done"),
            (Urgency::Urgent, "The deployment for FTP was not taken back entirely"),
            (Urgency::Soon, "The deployment for LDAP was taken back"),
        ];
        assert_eq!(told, expected.map(|(urgency, title)| (urgency, title.to_owned())));
    }
}
