//! What becomes of certificates as public CAs may issue them for shorter and shorter lives, and no more for clients.

use certdeck_shared::api::notice::{Board, BoardCertificate, Milestone, SmallerLifetime};
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::x509::view::CertificateView;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::Notices;
use super::certificates::Found;
use crate::domain::databases::OperationError;
use crate::domain::sight::Sight;

/// CA/Browser Forum, ballot SC-081v3 (Baseline Requirements, sections 6.3.2 and 4.2.1): longest lifetime and reuse of a proof, days, and from
/// when.
const LIMITS: [(u16, u16, OffsetDateTime); 3] =
    [(200, 200, datetime!(2026-03-15 00:00 UTC)), (100, 100, datetime!(2027-03-15 00:00 UTC)), (47, 10, datetime!(2029-03-15 00:00 UTC))];
/// Policies of the CA/Browser Forum for TLS servers, one of which every certificate of a public CA has (Baseline Requirements, section
/// 7.1.6.1): extended validation, and those below `baseline-requirements`.
const EXTENDED_VALIDATION: &str = "2.23.140.1.1";
const BASELINE: &str = "2.23.140.1.2.";

impl Notices {
    /// What breaks when, for the certificates of all databases that can be read and that somebody may see.
    ///
    /// # Errors
    /// When it cannot be worked out on a thread of its own.
    pub async fn board(&self, sight: Sight<'_>) -> Result<Board, OperationError> {
        let mut found = self.found().await?;
        found.retain(|found| sight.database(&found.database));
        Ok(board(&found, self.environment.clock.now()))
    }
}

fn board(found: &[Found], now: OffsetDateTime) -> Board {
    let leaves = || found.iter().filter(|found| !found.one.view.is_ca() && found.one.view.not_after >= now);
    let public = || leaves().filter(|found| is_public(&found.one.view));
    let milestones = LIMITS.map(|(days, proof_days, from)| {
        let certificates = public().filter(|found| is_for(&found.one.view, "serverAuth")).filter_map(|found| shorter(found, days, from));
        Milestone { days, proof_days, from, in_force: now >= from, certificates: certificates.collect() }
    });
    let clients = public().filter(|found| is_for(&found.one.view, "clientAuth"));
    Board {
        milestones: milestones.into(),
        client_certificates: clients.map(described).collect(),
        public: u32::try_from(public().count()).unwrap_or(u32::MAX),
        private: u32::try_from(leaves().count() - public().count()).unwrap_or(u32::MAX),
    }
}

fn shorter(found: &Found, days: u16, from: OffsetDateTime) -> Option<SmallerLifetime> {
    let (view, lifetime) = (&found.one.view, lifetime_days(&found.one.view));
    if lifetime <= days.into() || view.not_after < from {
        return None;
    }
    let renewals = |days: u32| u16::try_from(365_u32.div_ceil(days.max(1))).unwrap_or(u16::MAX);
    Some(SmallerLifetime {
        certificate: described(found),
        broken: view.not_before >= from,
        renewals_now: renewals(lifetime),
        renewals_then: renewals(days.into()),
    })
}

/// Signed timestamps are bought by public CAs alone, and their policies name them.
fn is_public(view: &CertificateView) -> bool {
    let of_forum = |oid: &str| oid == EXTENDED_VALIDATION || oid.starts_with(BASELINE);
    !view.signed_certificate_timestamps.is_empty() || view.policies.iter().any(|policy| of_forum(&policy.oid))
}

fn is_for(view: &CertificateView, purpose: &str) -> bool {
    view.extended_key_usage.as_ref().is_some_and(|usages| usages.iter().any(|usage| usage == purpose))
}

/// Begun days count as whole ones, and the last second belongs to it (Baseline Requirements, section 6.3.2).
fn lifetime_days(view: &CertificateView) -> u32 {
    let seconds = (view.not_after - view.not_before + Duration::SECOND).whole_seconds().max(0);
    u32::try_from((seconds + 86_399) / 86_400).unwrap_or(u32::MAX)
}

fn described(found: &Found) -> BoardCertificate {
    let view = &found.one.view;
    BoardCertificate {
        database: found.database.clone(),
        label: found.label.clone(),
        fingerprint_sha256: found.one.fingerprint.clone(),
        nickname: found.one.nickname.clone(),
        name: view.display_name(),
        issuer: name(&view.issuer),
        lifetime_days: lifetime_days(view),
        not_before: view.not_before,
        not_after: view.not_after,
    }
}

fn name(issuer: &DistinguishedName) -> String {
    issuer.common_name().map_or_else(|| issuer.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use certdeck_shared::x509::view::PolicyView;

    use super::*;
    use crate::domain::notices::certificates::Watched;

    fn found(days: i64, begins: OffsetDateTime, policy: Option<&'static str>, usages: &[&'static str]) -> Found {
        let view = CertificateView {
            not_before: begins,
            not_after: begins + Duration::days(days) - Duration::SECOND,
            extended_key_usage: Some(usages.iter().map(|usage| (*usage).into()).collect()),
            policies: policy.map(|oid| PolicyView { oid: oid.into(), name: None, cps: Vec::new() }).into_iter().collect(),
            ..CertificateView::blank()
        };
        Found { database: "d".into(), label: "Mail".into(), one: Watched { fingerprint: days.to_string(), nickname: None, view } }
    }

    #[test]
    fn a_certificate_breaks_where_it_lives_longer_than_the_next_may() {
        const DOMAIN_VALIDATED: Option<&str> = Some("2.23.140.1.2.1");
        let server = ["serverAuth"];
        let before = datetime!(2026-03-14 00:00 UTC);
        let after = datetime!(2026-03-15 00:00 UTC);
        let all = [
            found(398, before, DOMAIN_VALIDATED, &["serverAuth", "clientAuth"]),
            found(200, after, DOMAIN_VALIDATED, &server),
            found(201, after, DOMAIN_VALIDATED, &server),
            found(90, after, Some(EXTENDED_VALIDATION), &server),
            found(3_650, before, None, &["serverAuth", "clientAuth"]),
        ];
        let board = board(&all, datetime!(2026-04-01 00:00 UTC));
        let told = |days: u16| -> Vec<(u32, bool, u16, u16)> {
            let milestone = board.milestones.iter().find(|milestone| milestone.days == days).unwrap();
            let row = |one: &SmallerLifetime| (one.certificate.lifetime_days, one.broken, one.renewals_now, one.renewals_then);
            milestone.certificates.iter().map(row).collect()
        };
        assert_eq!(told(200), [(398, false, 1, 2), (201, true, 2, 2)]);
        assert_eq!(told(100), [(398, false, 1, 4)], "the others end before");
        assert_eq!(told(47), [], "all end before 2029");
        assert_eq!((board.public, board.private), (4, 1));
        assert_eq!(board.client_certificates.iter().map(|one| one.lifetime_days).collect::<Vec<_>>(), [398]);
        assert_eq!(board.milestones.iter().map(|milestone| milestone.in_force).collect::<Vec<_>>(), [true, false, false]);
    }
}
