//! Trust of one certificate in two databases that become one, decided as `certutil --merge` does.

use super::constants::{CKT_NSS_MUST_VERIFY_TRUST, CKT_NSS_TRUST_UNKNOWN, CKT_NSS_VALID_DELEGATOR};
use super::{TrustAttributes, TrustFlags};

impl TrustFlags {
    /// What holds when trust from elsewhere joins this one. Attribute by attribute: whoever says nothing yields; `c` yields to what decides;
    /// where both decide and differ, this one stays.
    #[must_use]
    pub fn merged(self, source: Self) -> Self {
        let (here, there) = (self.with_user(false), source.with_user(false));
        if here.is_empty() {
            return there;
        }
        if there.is_empty() {
            return here;
        }
        let (ours, theirs) = (here.attributes(), there.attributes());
        Self::from_attributes(TrustAttributes {
            server_auth: one(ours.server_auth, theirs.server_auth),
            client_auth: one(ours.client_auth, theirs.client_auth),
            email_protection: one(ours.email_protection, theirs.email_protection),
            code_signing: one(ours.code_signing, theirs.code_signing),
            step_up: ours.step_up || theirs.step_up,
        })
    }

    /// Whether both decide something, and not the same.
    #[must_use]
    pub fn contradicts(self, source: Self) -> bool {
        let (ours, theirs) = (self.with_user(false).attributes(), source.with_user(false).attributes());
        [
            (ours.server_auth, theirs.server_auth),
            (ours.client_auth, theirs.client_auth),
            (ours.email_protection, theirs.email_protection),
            (ours.code_signing, theirs.code_signing),
        ]
        .into_iter()
        .any(|(ours, theirs)| ours != theirs && decides(ours) && decides(theirs))
    }
}

fn one(ours: u32, theirs: u32) -> u32 {
    if decides(ours) || !decides(theirs) { ours } else { theirs }
}

/// Neither silent nor `c`, which changes nobody's mind.
fn decides(value: u32) -> bool {
    !matches!(value, CKT_NSS_MUST_VERIFY_TRUST | CKT_NSS_TRUST_UNKNOWN | CKT_NSS_VALID_DELEGATOR)
}
