//! What a certificate has to do with others of its database: its chain, what it issued, and the verdict that follows.

use std::sync::Arc;

use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::chain::{self, Ending};
use certdeck_shared::x509::verdict::{self, Standing, Verdict};
use certdeck_shared::x509::view::CertificateView;

use crate::state::clock;
use crate::state::row::Row;

/// A certificate among others.
pub struct Relations {
    /// Root first; the certificate itself is the last.
    pub path: Vec<Arc<Row>>,
    /// How the chain ends above.
    pub ending: Ending,
    /// What it issued, soonest end first.
    pub issued: Vec<Arc<Row>>,
    /// The sentence about it.
    pub verdict: Option<Verdict>,
}

/// Finds them. Outside of a database nobody can say whether a chain is trusted.
pub fn relations(row: &Arc<Row>, rows: &[Arc<Row>], trusted_here: bool, now: i64) -> Relations {
    let readable: Vec<&Arc<Row>> = rows.iter().filter(|other| other.view.is_ok()).collect();
    let views: Vec<&CertificateView> = readable.iter().filter_map(|other| other.view.as_ref().ok()).collect();
    let place = readable.iter().position(|other| other.entry.fingerprint_sha256 == row.entry.fingerprint_sha256);
    let (Some(place), Ok(view)) = (place, &row.view) else {
        return Relations { path: vec![Arc::clone(row)], ending: Ending::MissingIssuer, issued: Vec::new(), verdict: None };
    };
    let found = chain::path(place, &views);
    let path: Vec<Arc<Row>> = found.places.iter().rev().filter_map(|place| readable.get(*place)).map(|other| Arc::clone(other)).collect();
    let mut issued: Vec<Arc<Row>> = readable
        .iter()
        .zip(&views)
        .filter(|(other, candidate)| {
            row.ca
                && other.entry.fingerprint_sha256 != row.entry.fingerprint_sha256
                && !candidate.self_issued
                && chain::may_have_issued(view, candidate)
        })
        .map(|(other, _)| Arc::clone(other))
        .collect();
    issued.sort_by_key(|other| other.not_after);
    let standing = if trusted_here {
        let trust: Vec<TrustFlags> = readable.iter().map(|other| other.trust).collect();
        let revoked: Vec<bool> = readable.iter().map(|other| other.entry.revocation.is_some()).collect();
        verdict::standing(place, &views, &trust, &revoked, clock::at(now))
    } else {
        Standing::Unknown
    };
    let verdict = Some(match &row.entry.revocation {
        Some(revocation) => verdict::revoked(&revocation.words),
        None => verdict::verdict(view, row.trust, standing, clock::at(now)),
    });
    Relations { path, ending: found.ending, issued, verdict }
}
