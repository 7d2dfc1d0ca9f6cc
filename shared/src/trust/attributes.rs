//! Trust as attributes of the two object classes: `CKO_NSS_TRUST`, and `CKO_TRUST` (PKCS#11 3.2) of NSS 3.114 and later.

use super::{TrustFlags, UsageTrust};

/// Numbers that neither the PKCS#11 headers nor cryptoki have.
pub mod constants {
    /// `CKO_NSS_TRUST`, the object class.
    pub const CKO_NSS_TRUST: u32 = 0xCE53_4353;
    /// `P`.
    pub const CKT_NSS_TRUSTED: u32 = 0xCE53_4351;
    /// `C`, and `T` for client authentication.
    pub const CKT_NSS_TRUSTED_DELEGATOR: u32 = 0xCE53_4352;
    /// Nothing said.
    pub const CKT_NSS_MUST_VERIFY_TRUST: u32 = 0xCE53_4353;
    /// What a missing object means.
    pub const CKT_NSS_TRUST_UNKNOWN: u32 = 0xCE53_4355;
    /// `p`.
    pub const CKT_NSS_NOT_TRUSTED: u32 = 0xCE53_435A;
    /// `c`.
    pub const CKT_NSS_VALID_DELEGATOR: u32 = 0xCE53_435B;

    /// `CKO_TRUST`, the object class of PKCS#11 3.2.
    pub const CKO_TRUST: u32 = 0x0B;
    /// What a missing object means.
    pub const CKT_TRUST_UNKNOWN: u32 = 0;
    /// `P`.
    pub const CKT_TRUSTED: u32 = 1;
    /// `C`, and `T` for client authentication.
    pub const CKT_TRUST_ANCHOR: u32 = 2;
    /// `p`.
    pub const CKT_NOT_TRUSTED: u32 = 3;
    /// Nothing said; `c` too, which this class cannot hold.
    pub const CKT_TRUST_MUST_VERIFY_TRUST: u32 = 4;
}

use constants::*;

/// The values of a trust object, of either class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TrustAttributes {
    /// `CKA_TRUST_SERVER_AUTH`.
    pub server_auth: u32,
    /// `CKA_TRUST_CLIENT_AUTH`.
    pub client_auth: u32,
    /// `CKA_TRUST_EMAIL_PROTECTION`.
    pub email_protection: u32,
    /// `CKA_TRUST_CODE_SIGNING`.
    pub code_signing: u32,
    /// `CKA_TRUST_STEP_UP_APPROVED`; `CKO_TRUST` has no such attribute.
    pub step_up: bool,
}

/// How one object class writes the five things that can be said.
struct Values {
    anchor: u32,
    peer: u32,
    distrusted: u32,
    valid_ca: u32,
    must_verify: u32,
}

const NSS: Values = Values {
    anchor: CKT_NSS_TRUSTED_DELEGATOR,
    peer: CKT_NSS_TRUSTED,
    distrusted: CKT_NSS_NOT_TRUSTED,
    valid_ca: CKT_NSS_VALID_DELEGATOR,
    must_verify: CKT_NSS_MUST_VERIFY_TRUST,
};

const PKCS11: Values = Values {
    anchor: CKT_TRUST_ANCHOR,
    peer: CKT_TRUSTED,
    distrusted: CKT_NOT_TRUSTED,
    valid_ca: CKT_TRUST_MUST_VERIFY_TRUST,
    must_verify: CKT_TRUST_MUST_VERIFY_TRUST,
};

impl Values {
    /// The first that holds, in the order NSS tests them.
    fn of(&self, usage: UsageTrust, anchor: bool) -> u32 {
        if anchor {
            self.anchor
        } else if usage.trusted_peer {
            self.peer
        } else if usage.prohibited {
            self.distrusted
        } else if usage.valid_ca || usage.trusted_ca || usage.trusted_client_ca {
            self.valid_ca
        } else {
            self.must_verify
        }
    }

    /// The letters of one value. A value we do not know says nothing, as in NSS.
    fn letters(&self, value: u32) -> UsageTrust {
        let mut usage = UsageTrust::default();
        if value == self.anchor {
            usage.trusted_ca = true;
        } else if value == self.peer {
            usage.trusted_peer = true;
        } else if value == self.distrusted {
            usage.prohibited = true;
        } else if value == self.valid_ca && value != self.must_verify {
            usage.valid_ca = true;
        }
        usage
    }

    fn write(&self, flags: TrustFlags) -> TrustAttributes {
        TrustAttributes {
            server_auth: self.of(flags.ssl, flags.ssl.trusted_ca),
            client_auth: self.of(flags.ssl, flags.ssl.trusted_client_ca),
            email_protection: self.of(flags.email, flags.email.trusted_ca),
            code_signing: self.of(flags.object_signing, flags.object_signing.trusted_ca),
            step_up: flags.ssl.step_up || flags.email.step_up || flags.object_signing.step_up,
        }
    }

    fn read(&self, attributes: TrustAttributes) -> TrustFlags {
        let server = self.letters(attributes.server_auth);
        let client = self.letters(attributes.client_auth);
        // NSS joins what both attributes say into the one SSL field.
        let ssl = UsageTrust {
            valid_ca: server.valid_ca || client.valid_ca,
            trusted_ca: server.trusted_ca,
            trusted_client_ca: client.trusted_ca,
            prohibited: server.prohibited || client.prohibited,
            trusted_peer: server.trusted_peer || client.trusted_peer,
            step_up: attributes.step_up,
            ..UsageTrust::default()
        };
        TrustFlags {
            ssl: ssl.normalized(),
            email: self.letters(attributes.email_protection),
            object_signing: self.letters(attributes.code_signing),
        }
    }
}

impl TrustFlags {
    /// The values of `CKO_NSS_TRUST`.
    #[must_use]
    pub fn attributes(self) -> TrustAttributes {
        NSS.write(self)
    }

    /// The values of `CKO_TRUST`.
    #[must_use]
    pub fn pkcs11_attributes(self) -> TrustAttributes {
        PKCS11.write(self)
    }

    /// Reads the values of `CKO_NSS_TRUST`.
    #[must_use]
    pub fn from_attributes(attributes: TrustAttributes) -> Self {
        NSS.read(attributes)
    }

    /// Reads the values of `CKO_TRUST`.
    #[must_use]
    pub fn from_pkcs11_attributes(attributes: TrustAttributes) -> Self {
        PKCS11.read(attributes)
    }
}
