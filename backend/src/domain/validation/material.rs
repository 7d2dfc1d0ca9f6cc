//! What OpenSSL and the web's rules get to see: of ten thousand certificates the few that can be of this chain, and their lists.

use certdeck_shared::validation::Usage;

use super::Prepared;
use crate::verifiers::Material;

/// Most certificates above one; a limit against databases full of one name.
const MOST: usize = 100;

/// The certificate, whatever may have issued it, directly or not, and which of these are anchors for the usage.
pub(super) fn of(prepared: &Prepared, place: usize, usage: Usage, at: i64) -> Material<'_> {
    let mut above = vec![place];
    let mut next = 0;
    while let Some(&current) = above.get(next) {
        for &issuer in prepared.store.possible_issuers(current) {
            if !above.contains(&issuer) && above.len() < MOST {
                above.push(issuer);
            }
        }
        next += 1;
    }
    let der = |place: &usize| prepared.listing.certificates.get(*place).map(|one| one.der.as_slice());
    let lists =
        prepared.lists.iter().enumerate().filter(|(list, _)| prepared.store.possible_signers(*list).iter().any(|one| above.contains(one)));
    let is_anchor = |place: &usize| prepared.store.trust(*place).is_some_and(|trust| usage.trusts(trust));
    Material {
        leaf: der(&place).unwrap_or_default(),
        anchors: above.iter().filter(|place| is_anchor(place)).filter_map(der).collect(),
        others: above.iter().skip(1).filter(|place| !is_anchor(place)).filter_map(der).collect(),
        lists: lists.filter_map(|(_, (place, _))| prepared.listing.revocation_lists.get(*place)).map(|list| list.der.as_slice()).collect(),
        at,
    }
}
