//! Server-sent events of `/api/v1/events`.

use serde::{Deserialize, Serialize};

/// One event; the SSE event name is the tag, the data this value as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Requests for approval came, were decided or ended; told when a stream begins as well, where a second person is asked for anything.
    ApprovalsChanged {
        /// How many wait for whoever listens.
        waiting: usize,
    },
    /// A database changed, by the console or by another program.
    DatabaseChanged {
        /// The database.
        database: String,
        /// Its revision now.
        revision: String,
    },
    /// Databases were added, forgotten, locked or unlocked.
    DatabasesChanged,
    /// A deployment moved on.
    DeploymentChanged {
        /// Its steps now.
        deployment: Box<super::deployment::DeploymentProgress>,
    },
    /// Endpoints were probed. The page takes it apart where it needs it, as [`EndpointsProbed`]: rows are much to understand.
    #[serde(skip_deserializing)]
    EndpointsProbed(EndpointsProbed),
    /// A job moved on.
    JobChanged {
        /// The job now.
        job: Box<super::job::Job>,
    },
    /// Notices, channels or deliveries are different.
    NoticesChanged,
    /// How many things need a hand now and nobody looks after: told when a stream begins, and within seconds when it is another number.
    UrgentCounted {
        /// So many.
        count: usize,
    },
}

/// What the event `endpoints-probed` brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointsProbed {
    /// Their rows now.
    pub endpoints: Vec<super::endpoint::Endpoint>,
}
