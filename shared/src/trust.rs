//! NSS trust flags: three fields of letters, and the attributes that softoken stores for them.

/// Trust of one certificate for SSL, e-mail and object signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TrustFlags {
    /// First field.
    pub ssl: UsageTrust,
    /// Second field.
    pub email: UsageTrust,
    /// Third field.
    pub object_signing: UsageTrust,
}

/// Letters of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each letter is a flag of its own in NSS")]
pub struct UsageTrust {
    /// `c`: a valid CA, for chains only.
    pub valid_ca: bool,
    /// `C`: may issue server (or e-mail, or object-signing) certificates.
    pub trusted_ca: bool,
    /// `T`: may issue client certificates.
    pub trusted_client_ca: bool,
    /// `p`: explicitly distrusted.
    pub prohibited: bool,
    /// `P`: trusted as a peer by itself.
    pub trusted_peer: bool,
    /// `u`: its private key is here; derived, never stored.
    pub user: bool,
    /// `w`: send a warning; not storable in PKCS#11.
    pub send_warning: bool,
    /// `g`: step-up; written, not printed back.
    pub step_up: bool,
}
