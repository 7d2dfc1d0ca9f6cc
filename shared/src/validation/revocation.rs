//! Revocation lists of the database as NSS heeds them (`crl.c`, `certvfy.c`), which is not as RFC 5280 section 6.3 has it:
//!
//! - A list counts for everything that was issued in its issuer's name, byte for byte. All lists of that name must be signed by the issuer
//!   that the chain has, and hold no critical extension that NSS does not know; if one of them is not so, NSS looks at none of them, and
//!   nothing is revoked.
//! - Of several the one made last counts. When the next one is due is not looked at: a list that is out of date counts, and so does one of
//!   a day to come. Key usage need not allow the issuer to sign lists.
//! - A certificate is revoked from the day of its entry on, whatever the reason: held ones, and even `removeFromCRL`.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::facts::is_processed;
use super::signature::{Policy, SignatureFact, SignatureKind, Signatures, Signed};
use super::store::{Store, Times};
use crate::api::bytes::Base64;
use crate::api::revocation::RevocationReason;
use crate::hex::hex;
use crate::x509::der::{self, tag};
use crate::x509::fingerprint;
use crate::x509::life::date;
use crate::x509::oid;
use crate::x509::revocation_list::{self, RevocationListError, Revoked};

/// What NSS's rules need to know of a revocation list. The server hands the page one that names only what is revoked of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ListFacts {
    /// SHA-256 of the list, lower-case hex: its address.
    pub fingerprint_sha256: String,
    /// Issuer, a DER Name.
    pub issuer: Base64,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub this_update: OffsetDateTime,
    /// When the next one is due.
    #[serde(with = "time::serde::rfc3339::option", default, skip_serializing_if = "Option::is_none")]
    pub next_update: Option<OffsetDateTime>,
    /// The AlgorithmIdentifier beside its signature, DER.
    pub signature_algorithm: Base64,
    /// Why NSS does not use it, whoever signed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defect: Option<ListDefect>,
    /// What is revoked.
    pub revoked: Vec<Revoked>,
}

/// What makes a list useless for NSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ListDefect {
    /// A version that NSS does not know, or a critical extension in version 1.
    Version,
    /// A critical extension that NSS does not know, as delta lists and lists for a part of the certificates have.
    CriticalExtension,
    /// The same in an entry, as lists for several issuers have: NSS takes the list for one without entries.
    CriticalEntryExtension,
}

impl ListFacts {
    /// Takes the facts from a list, DER.
    ///
    /// # Errors
    /// Names the field that cannot be read. NSS does not look at such a list either.
    pub fn read(der: &[u8]) -> Result<Self, RevocationListError> {
        let list = revocation_list::read(der)?;
        let unknown = |dotted: &str| !oid::encode(dotted).is_some_and(|content| is_processed(&content));
        let defect = if list.version > 2 || (list.version < 2 && !list.critical_extensions.is_empty()) {
            Some(ListDefect::Version)
        } else if list.critical_extensions.iter().any(|kind| unknown(kind)) {
            Some(ListDefect::CriticalExtension)
        } else if list.critical_entry_extensions.iter().any(|kind| list.version < 2 || unknown(kind)) {
            Some(ListDefect::CriticalEntryExtension)
        } else {
            None
        };
        Ok(Self {
            fingerprint_sha256: fingerprint::sha256_hex(der),
            issuer: Base64(list.issuer_der),
            this_update: list.this_update,
            next_update: list.next_update,
            signature_algorithm: Base64(list.algorithm_der),
            defect,
            revoked: list.revoked,
        })
    }

    /// The same list with fewer entries.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Revoked) -> bool) -> Self {
        Self {
            fingerprint_sha256: self.fingerprint_sha256.clone(),
            issuer: self.issuer.clone(),
            this_update: self.this_update,
            next_update: self.next_update,
            signature_algorithm: self.signature_algorithm.clone(),
            defect: self.defect,
            revoked: self.revoked.iter().filter(|one| keep(one)).cloned().collect(),
        }
    }
}

/// A list as the store keeps it.
#[derive(Debug, Clone)]
pub(super) struct List {
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    signature: SignatureKind,
    defect: Option<ListDefect>,
    issuer: Vec<u8>,
    /// By serial number; of two entries the last.
    revoked: HashMap<String, (OffsetDateTime, RevocationReason)>,
}

/// That a certificate is revoked, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revocation {
    /// The list, as a place among the lists of the store.
    pub list: usize,
    /// The issuer that signed it, as a place in the store.
    pub issuer: usize,
    /// Since when.
    pub revoked_at: OffsetDateTime,
    /// Why.
    pub reason: RevocationReason,
    /// When the list should have been followed by the next, where that is over: NSS does not mind.
    pub overdue_since: Option<OffsetDateTime>,
}

impl Revocation {
    /// In words: `Revoked on 1 May 2026 by Example CA (key compromised), says the revocation list in this database.`
    #[must_use]
    pub fn words(&self, issuer: &str) -> String {
        let reason = match self.reason {
            RevocationReason::Unspecified => "no reason given",
            // Whoever takes a certificate off the hold leaves it out of the list; a list that says so is for deltas.
            RevocationReason::RemoveFromCrl => "taken off the hold, which NSS counts as revoked",
            reason => reason.words(),
        };
        let overdue = match self.overdue_since {
            Some(since) => [" That list is out of date since ", &date(since), ", which NSS does not mind."].concat(),
            None => String::new(),
        };
        ["Revoked on ", &date(self.revoked_at), " by ", issuer, " (", reason, "), says the revocation list in this database.", &overdue]
            .concat()
    }
}

/// Whether NSS heeds a list, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ListStanding {
    /// It counts.
    Heeded,
    /// A newer one of the same issuer counts.
    Older,
    /// No certificate of the issuer's name is in the database: nobody can tell whether it is the issuer's.
    NoIssuer,
    /// Its signature is of no certificate of the issuer's name. It makes NSS look at no list of that name.
    NotSigned,
    /// It has a critical extension that NSS does not know, or a version. It makes NSS look at no list of that name.
    NotUnderstood,
    /// Another list of the same name is not signed by the issuer or not understood.
    SpoiltByAnother,
}

impl ListStanding {
    /// What an operator should know, with the cure where there is one.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Heeded => "NSS heeds it.",
            Self::Older => "A newer list of this issuer is here, which counts instead.",
            Self::NoIssuer => "No certificate of this issuer is in the database, so it revokes nothing here.",
            Self::NotSigned => {
                "It is not signed by any certificate of this issuer in the database. NSS then heeds no list of this issuer: delete it and import the right one."
            }
            Self::NotUnderstood => {
                "It has a critical extension or a version that NSS does not know (a list of changes, or for a part of the certificates). NSS then heeds no list of this issuer: delete it."
            }
            Self::SpoiltByAnother => "Another list of this issuer is not to be used, so that NSS heeds none of them: delete that one.",
        }
    }
}

impl Store {
    /// Adds a list behind the others and returns its place among them.
    pub fn add_list(&mut self, facts: &ListFacts) -> usize {
        let place = self.lists.len();
        let algorithm = der::only(&facts.signature_algorithm.0, tag::SEQUENCE);
        let revoked = facts.revoked.iter().map(|one| (one.serial_number.clone(), (one.revoked_at, one.reason))).collect();
        self.lists_by_issuer.entry(facts.issuer.0.clone()).or_default().push(place);
        self.lists.push(Arc::new(List {
            this_update: facts.this_update,
            next_update: facts.next_update,
            signature: algorithm.map_or(SignatureKind::Unknown, SignatureKind::of),
            defect: facts.defect,
            issuer: facts.issuer.0.clone(),
            revoked,
        }));
        place
    }

    /// Adds a list in the place of those that its issuer has: a database keeps one of each.
    pub fn replace_lists(&mut self, facts: &ListFacts) -> usize {
        self.lists_by_issuer.remove(&facts.issuer.0);
        self.add_list(facts)
    }

    /// How many lists there are.
    #[must_use]
    pub fn list_count(&self) -> usize {
        self.lists.len()
    }

    /// The certificates that bear the name of a list's issuer: whose keys its signature may be of.
    #[must_use]
    pub fn possible_signers(&self, list: usize) -> &[usize] {
        self.lists.get(list).map_or(&[], |list| self.named(&list.issuer))
    }

    /// Whether NSS heeds a list for what the certificates of its issuer's name issued.
    #[must_use]
    pub fn list_standing(&self, list: usize, signatures: &dyn Signatures) -> ListStanding {
        let Some(one) = self.lists.get(list) else { return ListStanding::NoIssuer };
        let signers = self.named(&one.issuer);
        if signers.is_empty() {
            return ListStanding::NoIssuer;
        }
        let is_flawed = |list: &List| matches!(list.defect, Some(ListDefect::Version | ListDefect::CriticalExtension));
        if is_flawed(one) {
            return ListStanding::NotUnderstood;
        }
        let signed_by = |list: usize| signers.iter().filter(move |&&signer| self.list_fact(list, signer, signatures) != SignatureFact::Bad);
        if signed_by(list).next().is_none() {
            return ListStanding::NotSigned;
        }
        let all = self.lists_by_issuer.get(&one.issuer).map_or(&[][..], Vec::as_slice);
        let spoils = |signer: usize, other: usize| {
            self.list_fact(other, signer, signatures) == SignatureFact::Bad || self.lists.get(other).is_some_and(|other| is_flawed(other))
        };
        if signed_by(list).all(|&signer| all.iter().any(|&other| spoils(signer, other))) {
            return ListStanding::SpoiltByAnother;
        }
        if self.newest(all) != Some(list) {
            return ListStanding::Older;
        }
        if one.defect.is_some() { ListStanding::NotUnderstood } else { ListStanding::Heeded }
    }

    /// Whether a list in the database revokes a certificate, whatever it is for and whomever one trusts: by the issuer that signed it.
    #[must_use]
    pub fn revoked(&self, place: usize, times: Times, signatures: &dyn Signatures) -> Option<Revocation> {
        let certificate = self.get(place).filter(|certificate| self.lists_by_issuer.contains_key(&certificate.facts.issuer))?;
        let mut issuers = self.possible_issuers(place).iter();
        issuers.find_map(|&issuer| {
            let is_signer = signatures.fact(Signed::Certificate(place), issuer) != SignatureFact::Bad;
            is_signer.then(|| self.revocation(&certificate.facts.serial_number, issuer, times, signatures).0).flatten()
        })
    }

    /// Whether the lists of an issuer revoke a certificate. `signer` is the issuer whose key is held against the lists; true beside the
    /// answer when nobody could check a signature that mattered.
    pub(super) fn revocation(
        &self,
        serial_number: &[u8],
        signer: usize,
        times: Times,
        signatures: &dyn Signatures,
    ) -> (Option<Revocation>, bool) {
        const NOTHING: (Option<Revocation>, bool) = (None, false);
        let places = self.get(signer).and_then(|signer| self.lists_by_issuer.get(&signer.facts.subject));
        let Some(places) = places else { return NOTHING };
        let mut unchecked = false;
        for &place in places {
            let flawed =
                self.lists.get(place).is_none_or(|list| matches!(list.defect, Some(ListDefect::Version | ListDefect::CriticalExtension)));
            match self.list_fact(place, signer, signatures) {
                _ if flawed => return NOTHING,
                SignatureFact::Bad => return NOTHING,
                SignatureFact::Unchecked => unchecked = true,
                SignatureFact::Good => {}
            }
        }
        let newest = self.newest(places).and_then(|place| Some((place, self.lists.get(place)?)));
        let Some((place, list)) = newest.filter(|(_, list)| list.defect.is_none()) else { return NOTHING };
        let entry = list.revoked.get(&hex(serial_number)).filter(|(revoked_at, _)| times.at >= revoked_at.unix_timestamp());
        let revocation = entry.map(|&(revoked_at, reason)| Revocation {
            list: place,
            issuer: signer,
            revoked_at,
            reason,
            overdue_since: list.next_update.filter(|next| next.unix_timestamp() < times.at),
        });
        (revocation, unchecked)
    }

    fn newest(&self, places: &[usize]) -> Option<usize> {
        // Of two of the same second NSS takes whichever lies higher in memory; here it is the first.
        places.iter().rev().copied().max_by_key(|&place| self.lists.get(place).map(|list| list.this_update))
    }

    /// Whether a list is signed by the certificate at `signer`, as far as NSS accepts such signatures.
    fn list_fact(&self, list: usize, signer: usize, signatures: &dyn Signatures) -> SignatureFact {
        let (Some(one), Some(certificate)) = (self.lists.get(list), self.get(signer)) else { return SignatureFact::Bad };
        match one.signature.policy(certificate.facts.key_kind) {
            Policy::Allowed => signatures.fact(Signed::List(list), signer),
            Policy::Disabled | Policy::Impossible => SignatureFact::Bad,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use time::macros::datetime;

    use super::*;
    use crate::trust::TrustFlags;
    use crate::validation::Usage;

    const AT: OffsetDateTime = datetime!(2026-06-01 00:00 UTC);

    fn name(text: &str) -> Vec<u8> {
        let attribute = [der::wrap(tag::OID, &[0x55, 4, 3]), der::wrap(tag::UTF8_STRING, text.as_bytes())].concat();
        der::wrap(tag::SEQUENCE, &der::wrap(tag::SET, &der::wrap(tag::SEQUENCE, &attribute)))
    }

    fn ecdsa() -> Vec<u8> {
        der::wrap(tag::SEQUENCE, &der::wrap(tag::OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]))
    }

    /// A certificate on P-256 whose signature nobody could verify.
    fn certificate(serial: u8, subject: &str, issuer: &str) -> Vec<u8> {
        let time = |text: &str| der::wrap(tag::UTC_TIME, text.as_bytes());
        let p256 =
            [der::wrap(tag::OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), der::wrap(tag::OID, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7])];
        let key = [der::wrap(tag::SEQUENCE, &p256.concat()), der::wrap(tag::BIT_STRING, &[0, 4])].concat();
        let content = [
            der::wrap(0xa0, &der::wrap(tag::INTEGER, &[2])),
            der::wrap(tag::INTEGER, &[serial]),
            ecdsa(),
            name(issuer),
            der::wrap(tag::SEQUENCE, &[time("250101000000Z"), time("300101000000Z")].concat()),
            name(subject),
            der::wrap(tag::SEQUENCE, &key),
        ];
        let parts = [der::wrap(tag::SEQUENCE, &content.concat()), ecdsa(), der::wrap(tag::BIT_STRING, &[0])];
        der::wrap(tag::SEQUENCE, &parts.concat())
    }

    fn list(number: u8, this_update: OffsetDateTime, reason: RevocationReason) -> ListFacts {
        let revoked = Revoked { serial_number: "07".into(), revoked_at: datetime!(2026-05-01 00:00 UTC), reason, invalidity_date: None };
        ListFacts {
            fingerprint_sha256: number.to_string(),
            issuer: Base64(name("CA")),
            this_update,
            next_update: Some(datetime!(2026-05-20 00:00 UTC)),
            signature_algorithm: Base64(ecdsa()),
            defect: None,
            revoked: vec![revoked],
        }
    }

    /// A CA at place 0 and a leaf at place 1.
    fn store() -> Store {
        let mut store = Store::new();
        store.add(&certificate(1, "CA", "CA"), TrustFlags::parse("CT,C,C").unwrap()).unwrap();
        store.add(&certificate(7, "leaf", "CA"), TrustFlags::default()).unwrap();
        store
    }

    fn times(at: OffsetDateTime) -> Times {
        Times { at: at.unix_timestamp(), now: AT.unix_timestamp() }
    }

    fn good(_: Signed, _: usize) -> SignatureFact {
        SignatureFact::Good
    }

    #[rstest]
    #[case(RevocationReason::KeyCompromise, "(key compromised)")]
    #[case(RevocationReason::CertificateHold, "(held for now)")]
    #[case(RevocationReason::RemoveFromCrl, "which NSS counts as revoked")]
    fn whatever_the_reason_it_counts_from_its_day_on(#[case] reason: RevocationReason, #[case] words: &str) {
        let mut store = store();
        store.add_list(&list(1, datetime!(2026-05-10 00:00 UTC), reason));
        let findings = store.verify(1, Usage::SslClient, times(AT), &good);
        assert_eq!(findings.reasons[0].error, crate::validation::NssError::RevokedCertificate);
        let said = findings.reasons[0].revocation.unwrap().words("Example CA");
        assert!(said.starts_with("Revoked on 1 May 2026 by Example CA (") && said.contains(words), "{said}");
        assert!(said.ends_with("out of date since 20 May 2026, which NSS does not mind."), "{said}");
        let before = times(datetime!(2026-04-30 23:59:59 UTC));
        assert_eq!(store.revoked(1, before, &good), None);
        assert!(store.revoked(1, times(datetime!(2026-05-01 00:00 UTC)), &good).is_some());
        assert_eq!(store.list_standing(0, &good), ListStanding::Heeded);
    }

    #[test]
    fn of_two_the_newest_counts() {
        let mut store = store();
        store.add_list(&list(1, datetime!(2026-05-10 00:00 UTC), RevocationReason::Superseded));
        store.add_list(&list(2, datetime!(2026-05-11 00:00 UTC), RevocationReason::Superseded).only(|_| false));
        assert_eq!(store.revoked(1, times(AT), &good), None);
        assert_eq!([store.list_standing(0, &good), store.list_standing(1, &good)], [ListStanding::Older, ListStanding::Heeded]);
        store.replace_lists(&list(3, datetime!(2026-05-09 00:00 UTC), RevocationReason::Superseded));
        assert_eq!(store.revoked(1, times(AT), &good).unwrap().list, 2);
    }

    #[test]
    fn one_that_is_not_the_issuers_spoils_all() {
        let mut store = store();
        store.add_list(&list(1, datetime!(2026-05-10 00:00 UTC), RevocationReason::Superseded));
        store.add_list(&list(2, datetime!(2026-05-01 00:00 UTC), RevocationReason::Superseded));
        let second_is_bad = |signed: Signed, _: usize| if signed == Signed::List(1) { SignatureFact::Bad } else { SignatureFact::Good };
        assert_eq!(store.revoked(1, times(AT), &second_is_bad), None);
        let standing = |list| store.list_standing(list, &second_is_bad);
        assert_eq!([standing(0), standing(1)], [ListStanding::SpoiltByAnother, ListStanding::NotSigned]);
        store.remove(0);
        assert_eq!(store.list_standing(0, &good), ListStanding::NoIssuer);
    }

    #[rstest]
    #[case(ListDefect::Version)]
    #[case(ListDefect::CriticalExtension)]
    #[case(ListDefect::CriticalEntryExtension)]
    fn what_nss_does_not_understand_revokes_nothing(#[case] defect: ListDefect) {
        let mut store = store();
        let list = ListFacts { defect: Some(defect), ..list(1, datetime!(2026-05-10 00:00 UTC), RevocationReason::Superseded) };
        store.add_list(&list);
        assert_eq!((store.revoked(1, times(AT), &good), store.list_standing(0, &good)), (None, ListStanding::NotUnderstood));
    }
}
