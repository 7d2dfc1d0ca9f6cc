//! Whom notices go to.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{NoticeKind, Urgency};

/// How mail is encrypted on its way to the mail server. There is no way without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    /// STARTTLS, and nothing is sent when the server does not offer it.
    Starttls,
    /// TLS from the first byte.
    Implicit,
}

/// In which way the log of the system is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SyslogKind {
    /// Lines of RFC 5424 to a socket of syslog.
    Rfc5424,
    /// Fields to the journal of systemd.
    Journal,
}

/// Where a channel leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChannelTarget {
    /// Mail through a mail server.
    Mail {
        /// Name of the mail server; its certificate must be for it.
        host: String,
        /// Its port: mostly 587, or 465 with implicit TLS.
        port: u16,
        /// How it is encrypted.
        tls: MailTls,
        /// Who it is from.
        from: String,
        /// Who it is for, 1 to 50 addresses.
        to: Vec<String>,
        /// Name of the account there; its password is the secret of the channel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_name: Option<String>,
        /// PEM of the CA certificates that count for the server; those of the system when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ca: Option<String>,
    },
    /// A POST with the message as JSON. The header `Certdeck-Signature: t=SECONDS,v1=HEX` has the time of sending and HMAC-SHA256 with the
    /// secret of the channel over that number, a point and the body. Redirects are not followed.
    Webhook {
        /// `https://` address.
        url: String,
        /// Whether it may lead to this host or into a network of one's own.
        #[serde(default)]
        allow_private: bool,
        /// PEM of the CA certificates that count for the server; those of the system when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ca: Option<String>,
    },
    /// The log of this host.
    Syslog {
        /// In which way.
        way: SyslogKind,
        /// Another socket than `/dev/log` or that of the journal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        socket: Option<String>,
    },
    /// A program of this host, with the message as JSON on its standard input. It runs with the rights of the console.
    Command {
        /// The program, absolute, and its arguments. There is no shell.
        arguments: Vec<String>,
        /// Seconds that it may take, 1 to 300.
        seconds: u16,
    },
}

impl ChannelTarget {
    /// The kind as it stands in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mail { .. } => "mail",
            Self::Webhook { .. } => "webhook",
            Self::Syslog { .. } => "syslog",
            Self::Command { .. } => "command",
        }
    }
}

/// A new channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewChannel {
    /// Name for people.
    pub label: String,
    /// Where it leads.
    pub target: ChannelTarget,
    /// Password of a mail account, or the secret that a webhook is signed with, at least 16 characters. A webhook without one gets one made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What goes there; everything when empty.
    #[serde(default)]
    pub kinds: Vec<NoticeKind>,
    /// Only what hurries at least so much.
    #[serde(default = "everything")]
    pub at_least: Urgency,
}

fn everything() -> Urgency {
    Urgency::Note
}

/// Changes a channel. What is absent stays.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelChange {
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Where it leads. The password of a mail account must be given again when the mail server is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ChannelTarget>,
    /// Another secret; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<NoticeKind>>,
    /// Only what hurries at least so much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Urgency>,
    /// Whether it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// A channel, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channel {
    /// Identifier in paths.
    pub id: String,
    /// Name for people.
    pub label: String,
    /// Where it leads.
    pub target: ChannelTarget,
    /// Whether it has a secret.
    pub has_secret: bool,
    /// What goes there; everything when empty.
    pub kinds: Vec<NoticeKind>,
    /// Only what hurries at least so much.
    pub at_least: Urgency,
    /// Whether it is used.
    pub enabled: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When something was delivered last.
    #[serde(with = "time::serde::rfc3339::option")]
    pub delivered_at: Option<OffsetDateTime>,
    /// Messages that are still to be delivered.
    pub waiting: u32,
    /// Why the last try failed; absent when it did not.
    pub trouble: Option<String>,
}

/// A channel that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelMade {
    /// The channel.
    pub channel: Channel,
    /// The secret that was made for it, shown this once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}
