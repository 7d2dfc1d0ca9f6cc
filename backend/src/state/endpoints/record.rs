//! An endpoint as it is kept.

use certdeck_shared::api::endpoint::{EndpointState, ExpectedCertificate};
use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::{Protocol, TlsMode};
use rusqlite::Row;
use time::OffsetDateTime;

use crate::state::{StateError, from_column, from_word};

/// An endpoint, without what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRecord {
    /// Identifier in paths.
    pub id: String,
    /// The service whose configuration has it, and its name there; absent when somebody added it.
    pub service: Option<(String, String)>,
    /// Host name or IP address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// What is spoken there.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// Name that the server is asked for.
    pub server_name: Option<String>,
    /// Name for people.
    pub label: Option<String>,
    /// Words by which people group endpoints.
    pub tags: Vec<String>,
    /// What it should serve.
    pub expected: Option<ExpectedCertificate>,
    /// Whether it is left alone.
    pub paused: bool,
    /// Until when nobody is told of it.
    pub snoozed_until: Option<OffsetDateTime>,
    /// How it stood at the last probe.
    pub state: EndpointState,
    /// Since when.
    pub since: Option<OffsetDateTime>,
    /// When it was probed last.
    pub probed_at: Option<OffsetDateTime>,
    /// When it is probed next.
    pub next_probe_at: Option<OffsetDateTime>,
    /// Probes without a connection since the last that had one.
    pub failures: u32,
}

impl EndpointRecord {
    /// One that nobody has looked at.
    #[must_use]
    pub fn new(id: String, question: NewProbe) -> Self {
        let NewProbe { host, port, protocol, tls, server_name, key_type: _ } = question;
        Self {
            id,
            service: None,
            host,
            port,
            protocol,
            tls,
            server_name,
            label: None,
            tags: Vec::new(),
            expected: None,
            paused: false,
            snoozed_until: None,
            state: EndpointState::Unknown,
            since: None,
            probed_at: None,
            next_probe_at: None,
            failures: 0,
        }
    }

    /// How it is probed.
    #[must_use]
    pub fn question(&self) -> NewProbe {
        NewProbe {
            host: self.host.clone(),
            port: self.port,
            protocol: self.protocol,
            tls: self.tls,
            server_name: self.server_name.clone(),
            key_type: None,
        }
    }
}

/// An endpoint from its row.
pub(super) fn read(row: &Row<'_>) -> Result<EndpointRecord, StateError> {
    let service: Option<String> = row.get("service")?;
    let name: Option<String> = row.get("name")?;
    let moment = |column: &str| Ok::<_, StateError>(row.get::<_, Option<i64>>(column)?.map(from_column));
    Ok(EndpointRecord {
        id: row.get("id")?,
        service: service.zip(name),
        host: row.get("host")?,
        port: row.get("port")?,
        protocol: from_word(row.get("protocol")?)?,
        tls: from_word(row.get("tls")?)?,
        server_name: Some(row.get::<_, String>("server_name")?).filter(|name| !name.is_empty()),
        label: row.get("label")?,
        tags: serde_json::from_str(&row.get::<_, String>("tags")?)?,
        expected: row.get::<_, Option<String>>("expected")?.map(|text| serde_json::from_str(&text)).transpose()?,
        paused: row.get("paused")?,
        snoozed_until: moment("snoozed_until")?,
        state: from_word(row.get("state")?)?,
        since: moment("since")?,
        probed_at: moment("probed_at")?,
        next_probe_at: moment("next_probe_at")?,
        failures: row.get("failures")?,
    })
}
