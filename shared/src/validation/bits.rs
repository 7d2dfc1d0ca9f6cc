//! The bits that NSS computes with: key usage as in the extension's first octet, and the certificate type, which joins the Netscape
//! extension, extended key usage, basic constraints and trust.

/// Key usage (RFC 5280 section 4.2.1.3), and two that stand for a choice.
pub(super) mod key_usage {
    pub const DIGITAL_SIGNATURE: u32 = 0x80;
    pub const NON_REPUDIATION: u32 = 0x40;
    pub const KEY_ENCIPHERMENT: u32 = 0x20;
    pub const KEY_AGREEMENT: u32 = 0x08;
    pub const KEY_CERT_SIGN: u32 = 0x04;
    /// What a certificate without the extension may do.
    pub const ALL: u32 = 0xff;
    /// One of the two.
    pub const SIGNATURE_OR_NON_REPUDIATION: u32 = 0x2000;
    /// Which of the two depends on the key.
    pub const AGREEMENT_OR_ENCIPHERMENT: u32 = 0x4000;
}

/// Certificate type: the low octet as in the Netscape extension, the rest is NSS's own.
pub(super) mod cert_type {
    pub const SSL_CLIENT: u32 = 0x80;
    pub const SSL_SERVER: u32 = 0x40;
    pub const EMAIL: u32 = 0x20;
    pub const OBJECT_SIGNING: u32 = 0x10;
    pub const SSL_CA: u32 = 0x04;
    pub const EMAIL_CA: u32 = 0x02;
    pub const OBJECT_SIGNING_CA: u32 = 0x01;
    pub const IPSEC: u32 = 0x100;
    pub const IPSEC_CA: u32 = 0x200;
    pub const STATUS_RESPONDER: u32 = 0x4000;
    pub const TIME_STAMP: u32 = 0x8000;
    /// Bits that say: a CA of a certain kind.
    pub const CA: u32 = SSL_CA | EMAIL_CA | OBJECT_SIGNING_CA | STATUS_RESPONDER | IPSEC_CA;
}
