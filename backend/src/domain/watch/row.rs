//! What a probe leaves of an endpoint, and how it is told.

use std::collections::HashMap;

use certdeck_shared::api::endpoint::{
    Agreement, Endpoint, EndpointDay, EndpointSource, EndpointState, Finding, FourPrints, Mark, Print, RecentDays, Rung, ServedLeaf,
};
use certdeck_shared::api::notice::Stage;
use certdeck_shared::api::probe::{ProbeReport, ServedCertificate};
use certdeck_shared::x509::parse;
use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use crate::state::{EndpointRecord, day_text};

/// How many days the plot of a row has.
pub(super) const RECENT: i64 = 30;

/// What a row shows of the last probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeenRow {
    pub(super) words: String,
    pub(super) leaf: Option<ServedLeaf>,
    pub(super) other_leaf: Option<ServedLeaf>,
    pub(super) tls_version: Option<String>,
    pub(super) cipher_suite: Option<String>,
    pub(super) key_exchange_group: Option<String>,
    pub(super) agreement: Agreement,
    pub(super) milliseconds: Option<u32>,
    /// What was seen before it was told has none.
    #[serde(default)]
    pub(super) due: Option<Stage>,
}

/// What the page of an endpoint shows beside its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeenDetail {
    pub(super) rungs: Vec<Rung>,
    pub(super) prints: FourPrints,
    pub(super) findings: Vec<Finding>,
    pub(super) report: ProbeReport,
}

/// Nobody looked yet.
pub(super) fn no_prints() -> FourPrints {
    let print = || Print { mark: Mark::Unknown, fingerprint_sha256: None, words: "Not looked at yet.".to_owned() };
    FourPrints { database: print(), file: print(), process: print(), wire: print(), advice: None }
}

/// A certificate as a row shows it.
pub(super) fn leaf(certificate: &ServedCertificate) -> ServedLeaf {
    let view = parse::certificate(&certificate.der.0).ok();
    let name = view.and_then(|view| {
        let common = view.subject.common_name().map(str::to_owned);
        common
            .or_else(|| view.subject_alternative_names.first().map(certdeck_shared::x509::view::GeneralNameView::text))
            .or(Some(view.serial_number))
    });
    ServedLeaf {
        fingerprint_sha256: certificate.fingerprint_sha256.clone(),
        name: name.unwrap_or_else(|| "a certificate that cannot be parsed".to_owned()),
        public_key: certificate.public_key.clone(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
    }
}

/// An endpoint as it is told.
pub(super) fn told(record: EndpointRecord, seen: Option<SeenRow>, recent: RecentDays, services: &HashMap<String, String>) -> Endpoint {
    let source = match record.service {
        Some((service, endpoint)) => {
            let label = services.get(&service).cloned().unwrap_or_default();
            EndpointSource::Service { service, label, endpoint }
        }
        None => EndpointSource::Hand,
    };
    let (state, words) = match (&seen, record.paused) {
        (_, true) => (EndpointState::Paused, "Paused: it is not probed until somebody resumes it.".to_owned()),
        (None, false) => (EndpointState::Unknown, "Not probed yet.".to_owned()),
        (Some(seen), false) => (record.state, seen.words.clone()),
    };
    let unknown = Agreement { database: Mark::Unknown, file: Mark::Unknown, process: Mark::Unknown, wire: Mark::Unknown };
    Endpoint {
        id: record.id,
        source,
        host: record.host,
        port: record.port,
        protocol: record.protocol,
        tls: record.tls,
        server_name: record.server_name,
        label: record.label,
        tags: record.tags,
        state,
        words,
        agreement: seen.as_ref().map_or(unknown, |seen| seen.agreement),
        milliseconds: seen.as_ref().and_then(|seen| seen.milliseconds),
        recent,
        due: seen.as_ref().and_then(|seen| seen.due),
        snoozed_until: record.snoozed_until,
        since: record.since,
        probed_at: record.probed_at,
        // Due at once is kept as the beginning of time.
        next_probe_at: record.next_probe_at.filter(|at| at.unix_timestamp() > 0 && !record.paused),
        leaf: seen.as_ref().and_then(|seen| seen.leaf.clone()),
        other_leaf: seen.as_ref().and_then(|seen| seen.other_leaf.clone()),
        tls_version: seen.as_ref().and_then(|seen| seen.tls_version.clone()),
        cipher_suite: seen.as_ref().and_then(|seen| seen.cipher_suite.clone()),
        key_exchange_group: seen.and_then(|seen| seen.key_exchange_group),
    }
}

/// The plot of the days that end with this one.
pub(super) fn recent(today: Date, days: &[EndpointDay]) -> RecentDays {
    let first = today - Duration::days(RECENT - 1);
    let mut days = days.iter().peekable();
    let known: Vec<Option<&EndpointDay>> = (0..RECENT)
        .map(|number| {
            let date = day_text(first + Duration::days(number));
            // Both are in order, and their texts sort as they do.
            while days.next_if(|day| day.day < date).is_some() {}
            days.next_if(|day| day.day == date)
        })
        .collect();
    RecentDays {
        first: day_text(first),
        worst: known.iter().map(|day| day.map_or('-', |day| day.worst.letter())).collect(),
        milliseconds: known.iter().map(|day| day.map_or(0, |day| day.milliseconds_mean)).collect(),
    }
}
