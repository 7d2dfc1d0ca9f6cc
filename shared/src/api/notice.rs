//! Notices: what is told of certificates that end, databases that somebody else changed and endpoints that fail; to whom, and what became of it.

mod board;
mod channel;
mod foretold;
mod policy;

pub use board::{Board, BoardCertificate, Milestone, SmallerLifetime};
pub use channel::{Channel, ChannelChange, ChannelMade, ChannelTarget, MailTls, NewChannel, SyslogKind};
pub use foretold::{Begins, ForetoldCertificate, PolicyPreview};
pub use policy::{ExpiryPolicy, ExpiryRule, Lead, Selector, Stage, Timing};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A certificate of a database ends soon, or has ended. Its stages are those of [`Stage`].
    CertificateDue,
    /// An endpoint is not as it should be. Its stages are the names of endpoint states; a due certificate adds its own, `due/last-days`.
    EndpointState,
    /// A password file beside a database can be read or written by others than its owner.
    PasswordFileOpen,
    /// A database cannot be read.
    DatabaseUnreadable,
    /// Somebody changed the trust of a certificate, and not through this console.
    TrustChanged,
    /// Somebody added a certificate, and not through this console.
    CertificateAdded,
    /// Somebody removed a certificate, and not through this console.
    CertificateRemoved,
}

impl NoticeKind {
    /// All, in the order in which people are asked about them.
    pub const ALL: [Self; 7] = [
        Self::CertificateDue,
        Self::EndpointState,
        Self::TrustChanged,
        Self::CertificateAdded,
        Self::CertificateRemoved,
        Self::PasswordFileOpen,
        Self::DatabaseUnreadable,
    ];

    /// As it stands in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CertificateDue => "certificate-due",
            Self::EndpointState => "endpoint-state",
            Self::PasswordFileOpen => "password-file-open",
            Self::DatabaseUnreadable => "database-unreadable",
            Self::TrustChanged => "trust-changed",
            Self::CertificateAdded => "certificate-added",
            Self::CertificateRemoved => "certificate-removed",
        }
    }
}

/// How much a notice hurries, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Something fails, or will within days.
    Urgent,
    /// Something is to be done soon.
    Soon,
    /// Worth knowing.
    Note,
}

/// Where a notice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoticeState {
    /// It is still so.
    Open,
    /// It is over: renewed, answered again, put right. What happens at once, such as a certificate that was added, is over when it is told.
    Over,
}

/// What a notice is about, as addresses of the page and the REST interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct About {
    /// Identifier of the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Its label, or that of the endpoint.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// SHA-256 of the certificate's DER, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Its nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// When it ends.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub not_after: Option<OffsetDateTime>,
    /// Identifier of the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// A file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Something that people are told of. The same thing at the same stage is told once, and then by reminders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notice {
    /// Identifier in paths; the same from the first word until it is over.
    pub id: String,
    /// What it is.
    pub kind: NoticeKind,
    /// How far it has come: a new stage is told anew.
    pub stage: String,
    /// How much it hurries.
    pub urgency: Urgency,
    /// One line.
    pub title: String,
    /// What is so, what was so before, and what to do, as sentences.
    pub words: String,
    /// What it is about.
    pub about: About,
    /// Whether it is still so.
    pub state: NoticeState,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// When it was told last.
    #[serde(with = "time::serde::rfc3339")]
    pub told_at: OffsetDateTime,
    /// When it was over.
    #[serde(with = "time::serde::rfc3339::option")]
    pub over_at: Option<OffsetDateTime>,
    /// Until when nobody is told of it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub snoozed_until: Option<OffsetDateTime>,
    /// Who has seen it and looks after it: no reminders at this stage any more.
    pub acknowledged_by: Option<String>,
}

/// Changes how a notice is told. What is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeChange {
    /// Nobody is told of it until then; a time that is past ends that, and what is then still so is told.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<OffsetDateTime>,
    /// Whether whoever calls looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<bool>,
}

/// Why a notice is in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// It is new.
    New,
    /// It came to another stage.
    Stage,
    /// It is still so.
    Reminder,
    /// It is over.
    Over,
}

/// A notice in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Told {
    /// Why it is told now.
    pub occasion: Occasion,
    /// The notice as it was then.
    pub notice: Notice,
}

/// A message: the body of a webhook and the input of a command, as JSON. A receiver that knows its `id` already has it: after a break in
/// between it may come a second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Identifier of the delivery, the same at every try.
    pub id: String,
    /// Name of the host that the console runs on.
    pub host: String,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What is told; empty when a channel is tried.
    pub notices: Vec<Told>,
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It is to be tried, the first time or again.
    Waiting,
    /// The other side took it.
    Delivered,
    /// It was tried for three days in vain, or its channel was switched off or removed.
    GivenUp,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Try {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Whether the other side took it.
    pub taken: bool,
    /// The answer of the other side, or why there was none.
    pub answer: String,
}

/// A message on its way to a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// Identifier, also of the message.
    pub id: String,
    /// Identifier of the channel.
    pub channel: String,
    /// Its name for people, as it was then.
    pub channel_label: String,
    /// One line: the title of what is told, and how much more there is.
    pub subject: String,
    /// Identifiers of the notices.
    pub notices: Vec<String>,
    /// What became of it.
    pub state: DeliveryState,
    /// When it was written.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it is tried next; absent when it is not.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_try_at: Option<OffsetDateTime>,
    /// The tries, the oldest first; of many the last twenty.
    pub tries: Vec<Try>,
}

/// The address of the calendar, told once when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarMade {
    /// Path of the feed on this console. Whoever knows it reads the feed without signing in.
    pub path: String,
}

/// Whether there is a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CalendarStatus {
    /// When its address was made; absent when there is none.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
}
