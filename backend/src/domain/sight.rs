//! What somebody may see: of everything that the console has, what their grants are for.

use certdeck_shared::api::deployment::DeploymentSummary;
use certdeck_shared::api::endpoint::{Endpoint, EndpointSource};
use certdeck_shared::api::job::Job;
use certdeck_shared::api::notice::Notice;
use certdeck_shared::api::role::{Grants, Right, Subject};

use super::accounts::Access;

/// What something belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Concerned {
    /// The console as a whole.
    Console,
    /// A database, by its identifier.
    Database(String),
    /// A service, by its identifier.
    Service(String),
}

impl Concerned {
    /// As grants have it.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        match self {
            Self::Console => Subject::Console,
            Self::Database(id) => Subject::Database(id),
            Self::Service(id) => Subject::Service(id),
        }
    }
}

/// What somebody may see.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    actor: &'a str,
    grants: &'a Grants,
}

impl<'a> Sight<'a> {
    /// That of a caller.
    #[must_use]
    pub fn of(access: &'a Access) -> Self {
        Self { actor: &access.actor, grants: &access.grants }
    }

    /// Whether they may do something everywhere.
    #[must_use]
    pub fn may_everywhere(self, right: Right) -> bool {
        self.grants.may(right, Subject::Console)
    }

    /// Whether all of it is theirs to see.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.grants.see(Subject::Console)
    }

    /// A database.
    #[must_use]
    pub fn database(self, id: &str) -> bool {
        self.grants.see(Subject::Database(id))
    }

    /// A service.
    #[must_use]
    pub fn service(self, id: &str) -> bool {
        self.grants.see(Subject::Service(id))
    }

    /// An endpoint: with its service; one that somebody added belongs to the console.
    #[must_use]
    pub fn endpoint(self, endpoint: &Endpoint) -> bool {
        match &endpoint.source {
            EndpointSource::Service { service, .. } => self.service(service),
            EndpointSource::Hand => self.is_whole(),
        }
    }

    /// A deployment: with all its services, because its steps tell of each.
    #[must_use]
    pub fn deployment(self, deployment: &DeploymentSummary) -> bool {
        self.services(deployment.services.iter().map(|(id, _)| id.as_str()))
    }

    /// What is about these services, and no others.
    #[must_use]
    pub fn services<'s>(self, mut services: impl Iterator<Item = &'s str>) -> bool {
        self.is_whole() || services.all(|id| self.service(id))
    }

    /// A notice: with its database or its endpoint, of which those are given that are to be seen.
    #[must_use]
    pub fn notice(self, notice: &Notice, endpoints: &[Endpoint]) -> bool {
        let about = &notice.about;
        self.is_whole()
            || match (&about.endpoint, &about.database) {
                (Some(id), _) => endpoints.iter().any(|endpoint| endpoint.id == *id),
                (None, Some(id)) => self.database(id),
                (None, None) => false,
            }
    }

    /// A job: with its database; one of no database by whoever began it.
    #[must_use]
    pub fn job(self, job: &Job) -> bool {
        self.is_whole() || job.database.as_deref().map_or_else(|| job.actor == self.actor, |id| self.database(id))
    }
}
