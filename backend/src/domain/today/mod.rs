//! What needs a hand today: what was told and is still so, deployments that did not do what they were for, databases, and channels.

mod databases;
mod deployments;
mod notices;
mod weak;

use certdeck_shared::api::account::Scope;
use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::endpoint::EndpointState;
use certdeck_shared::api::notice::{Notice, Urgency};
use certdeck_shared::api::today::{Concern, Today, Watched, in_order};
use time::OffsetDateTime;

use super::console::Console;
use super::databases::OperationError;
use crate::host::process;

impl Console {
    /// What needs a hand, the most urgent first, and how much is watched. Channels are the administrators' alone.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn today(&self, caller: Scope) -> Result<Today, OperationError> {
        let now = self.clock.now();
        let (snoozed, open): (Vec<_>, Vec<_>) = self.notices.list(false).await?.into_iter().partition(|notice| rests(notice, now));
        let described = self.databases.describe_all().await;
        let deployed = self.deployments.list().await?;
        let endpoints = self.watch.list().await?.endpoints;
        let standing = |states: &[EndpointState]| endpoints.iter().filter(|endpoint| states.contains(&endpoint.state)).count();
        let watched = Watched {
            databases: described.len(),
            certificates: described.iter().filter_map(|database| database.certificates).sum(),
            services: self.store.services().list().await?.len(),
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
        if caller >= Scope::Admin {
            concerns.extend(self.notices.channels().await?.iter().filter_map(notices::of_channel));
        }
        in_order(&mut concerns);
        Ok(Today { at: now, host: process::host_name(), concerns, weak: weak::first(&endpoints), watched })
    }

    /// How many things need a hand now and nobody looks after yet, without a look at the databases: what hurries there people are told of.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn urgent(&self) -> Result<usize, OperationError> {
        let now = self.clock.now();
        let open = self.notices.list(false).await?;
        let mut concerns: Vec<_> = open.iter().filter(|notice| !rests(notice, now)).filter_map(notices::concern).collect();
        concerns.extend(deployments::concerns(&self.deployments.list().await?, now));
        let hurries = |concern: &&Concern| concern.urgency == Urgency::Urgent && concern.looked_after_by.is_none();
        Ok(concerns.iter().filter(hurries).count())
    }
}

/// Whether nobody is to be reminded of it now.
fn rests(notice: &Notice, now: OffsetDateTime) -> bool {
    notice.snoozed_until.is_some_and(|until| until > now)
}
