//! What needs a hand today: what was told and is still so, deployments that did not do what they were for, databases, and channels.

mod databases;
mod deployments;
mod notices;
mod weak;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::endpoint::EndpointState;
use certdeck_shared::api::notice::{Notice, Urgency};
use certdeck_shared::api::role::Right;
use certdeck_shared::api::today::{Concern, Today, Watched, in_order};
use time::OffsetDateTime;

use super::console::Console;
use super::databases::OperationError;
use super::sight::Sight;
use crate::host::process;

impl Console {
    /// What needs a hand of what somebody may see, the most urgent first, and how much is watched. Channels are the administrators' alone.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn today(&self, sight: Sight<'_>) -> Result<Today, OperationError> {
        let now = self.clock.now();
        let mut endpoints = self.watch.list().await?.endpoints;
        endpoints.retain(|endpoint| sight.endpoint(endpoint));
        let mut open = self.notices.list(false).await?;
        open.retain(|notice| sight.notice(notice, &endpoints));
        let (snoozed, open): (Vec<_>, Vec<_>) = open.into_iter().partition(|notice| rests(notice, now));
        let mut described = self.databases.describe_all().await;
        described.retain(|database| sight.database(&database.id));
        let mut deployed = self.deployments.list().await?;
        deployed.retain(|deployment| sight.deployment(deployment));
        let services = self.store.services().list().await?;
        let standing = |states: &[EndpointState]| endpoints.iter().filter(|endpoint| states.contains(&endpoint.state)).count();
        let watched = Watched {
            databases: described.len(),
            certificates: described.iter().filter_map(|database| database.certificates).sum(),
            services: services.iter().filter(|service| sight.service(&service.id)).count(),
            endpoints: endpoints.len(),
            good: standing(&[EndpointState::Good]),
            weak: standing(&[EndpointState::Weak]),
            not_judged: standing(&[EndpointState::Unknown, EndpointState::Paused]),
            deployments_running: deployed.iter().filter(|deployment| deployment.state == DeploymentState::Running).count(),
            snoozed: snoozed.len(),
        };
        let mut concerns: Vec<_> = open.iter().filter_map(notices::concern).collect();
        concerns.extend(deployments::concerns(&deployed, now));
        concerns.extend(described.iter().flat_map(|database| databases::concerns(database, &open)));
        if sight.may_everywhere(Right::Administrate) {
            concerns.extend(self.notices.channels().await?.iter().filter_map(notices::of_channel));
        }
        in_order(&mut concerns);
        Ok(Today { at: now, host: process::host_name(), concerns, weak: weak::first(&endpoints), watched })
    }

    /// How many things that somebody may see need a hand now and nobody looks after yet, without a look at the databases: what hurries there
    /// people are told of.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn urgent(&self, sight: Sight<'_>) -> Result<usize, OperationError> {
        let now = self.clock.now();
        let mut open = self.notices.list(false).await?;
        let mut deployed = self.deployments.list().await?;
        if !sight.is_whole() {
            let mut endpoints = self.watch.list().await?.endpoints;
            endpoints.retain(|endpoint| sight.endpoint(endpoint));
            open.retain(|notice| sight.notice(notice, &endpoints));
            deployed.retain(|deployment| sight.deployment(deployment));
        }
        let mut concerns: Vec<_> = open.iter().filter(|notice| !rests(notice, now)).filter_map(notices::concern).collect();
        concerns.extend(deployments::concerns(&deployed, now));
        let hurries = |concern: &&Concern| concern.urgency == Urgency::Urgent && concern.looked_after_by.is_none();
        Ok(concerns.iter().filter(hurries).count())
    }
}

/// Whether nobody is to be reminded of it now.
fn rests(notice: &Notice, now: OffsetDateTime) -> bool {
    notice.snoozed_until.is_some_and(|until| until > now)
}
