//! Deployments: plans that were applied, step by step, with proof.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::plan::{OnFailure, PlanPart};

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentState {
    /// Under way.
    Running,
    /// Every port serves the new certificate.
    Succeeded,
    /// It did not work, and is being taken back.
    RollingBack,
    /// It did not work or was stopped; everything is as it was, proved by asking the ports again.
    RolledBack,
    /// With `keep-done`: some services serve the new certificate, the one that failed is as it was.
    Partly,
    /// It could not be taken back entirely: the message says what is to be done, and the checkpoint is kept.
    NeedsAttention,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Compares all files with the plan.
    Compare,
    /// Keeps what is there.
    Checkpoint,
    /// Writes the files of a service.
    Write,
    /// Asks the program whether it would start with them.
    Check,
    /// The running service takes them up.
    Activate,
    /// Asks a port.
    Probe,
    /// Puts the files of a service back.
    Restore,
    /// The running service takes the old files up again.
    Reactivate,
    /// Asks a port whether it serves what it served before.
    ProbeBefore,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not yet begun.
    Waiting,
    /// Under way.
    Running,
    /// Done.
    Done,
    /// It failed.
    Failed,
    /// It was not needed any more.
    Skipped,
}

/// What a port was seen to serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proof {
    /// SHA-256 of the leaf that was served; absent when there was no handshake.
    pub served: Option<String>,
    /// SHA-256 of the leaf that should be.
    pub expected: String,
    /// Version of TLS.
    pub tls_version: Option<String>,
    /// Which try it is, from 1.
    pub tries: u32,
    /// Milliseconds of the handshake.
    pub milliseconds: u64,
    /// What was seen, as a sentence.
    pub words: String,
}

/// A step of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentStep {
    /// Place of its service among the parts; absent for a step of all.
    pub part: Option<usize>,
    /// What it does.
    pub kind: StepKind,
    /// The same in words: `dovecot: write 2 files, 2 settings`.
    pub words: String,
    /// Where it stands.
    pub state: StepState,
    /// How long it took.
    pub milliseconds: Option<u64>,
    /// What a port serves.
    pub proof: Option<Proof>,
    /// Why it failed, and the cure.
    pub problem: Option<String>,
}

/// A plan that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deployment {
    /// Identifier in paths.
    pub id: String,
    /// The plan; absent for a return to an earlier deployment.
    pub plan: Option<String>,
    /// The deployment that this one takes back.
    pub rollback_of: Option<String>,
    /// Where it stands.
    pub state: DeploymentState,
    /// How it ended, as a sentence that names the cause.
    pub message: String,
    /// What is done when a service fails.
    pub on_failure: OnFailure,
    /// What it did to each service, as it was planned.
    pub parts: Vec<PlanPart>,
    /// Its steps so far, those of the way back included.
    pub steps: Vec<DeploymentStep>,
    /// The job that runs it.
    pub job: Option<String>,
    /// Whether it can be taken back: its checkpoint is kept, and it changed something.
    pub returnable: bool,
    /// Who started it.
    pub started_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub ended_at: Option<OffsetDateTime>,
}

/// A deployment in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentSummary {
    /// Identifier in paths.
    pub id: String,
    /// Where it stands.
    pub state: DeploymentState,
    /// How it ended.
    pub message: String,
    /// Identifiers and names of the services, in order.
    pub services: Vec<(String, String)>,
    /// SHA-256 of the certificates that were to be served.
    pub certificates: Vec<String>,
    /// The deployment that this one takes back.
    pub rollback_of: Option<String>,
    /// Whether it can be taken back.
    pub returnable: bool,
    /// Who started it.
    pub started_by: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option", default)]
    pub ended_at: Option<OffsetDateTime>,
}

/// How a deployment goes on, for pages that watch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentProgress {
    /// Its identifier.
    pub id: String,
    /// Where it stands.
    pub state: DeploymentState,
    /// How it ended; empty while it goes on.
    pub message: String,
    /// Its steps so far.
    pub steps: Vec<DeploymentStep>,
}
