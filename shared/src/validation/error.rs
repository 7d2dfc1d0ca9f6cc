//! Why NSS refuses: its error names, with what certutil prints for them.

use serde::{Deserialize, Serialize};

macro_rules! nss_errors {
    ($($(#[$doc:meta])* $variant:ident = $name:tt, $text:literal;)*) => {
        /// An error of NSS that a verification ends with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum NssError {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl NssError {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in NSS: `SEC_ERROR_UNKNOWN_ISSUER`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What certutil prints for it.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

nss_errors! {
    /// Not valid at that time; also where it is not valid yet.
    ExpiredCertificate = "SEC_ERROR_EXPIRED_CERTIFICATE", "Peer's Certificate has expired.";
    /// The same of an issuer.
    ExpiredIssuer = "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE", "The certificate issuer's certificate has expired. Check your system date and time.";
    /// Key usage does not allow it.
    InadequateKeyUsage = "SEC_ERROR_INADEQUATE_KEY_USAGE", "Certificate key usage inadequate for attempted operation.";
    /// Extended key usage or Netscape certificate type does not allow it.
    InadequateCertType = "SEC_ERROR_INADEQUATE_CERT_TYPE", "Certificate type not approved for application.";
    /// The certificate itself is distrusted (`p`).
    UntrustedCert = "SEC_ERROR_UNTRUSTED_CERT", "Peer's certificate has been marked as not trusted by the user.";
    /// A CA is distrusted, or the chain ends in a root that nobody trusts.
    UntrustedIssuer = "SEC_ERROR_UNTRUSTED_ISSUER", "Peer's certificate issuer has been marked as not trusted by the user.";
    /// On a revocation list of its issuer that lies in the database.
    RevokedCertificate = "SEC_ERROR_REVOKED_CERTIFICATE", "Peer's Certificate has been revoked.";
    /// No certificate of the issuer's name is here that may issue.
    UnknownIssuer = "SEC_ERROR_UNKNOWN_ISSUER", "Peer's Certificate issuer is not recognized.";
    /// The signature is not the issuer's, or of a kind NSS cannot verify.
    BadSignature = "SEC_ERROR_BAD_SIGNATURE", "Peer's certificate has an invalid signature.";
    /// Signed with MD5 or older, or by too small a key.
    SignatureAlgorithmDisabled = "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED", "The certificate was signed using a signature algorithm that is disabled because it is not secure.";
    /// The issuer is no CA.
    CaCertInvalid = "SEC_ERROR_CA_CERT_INVALID", "Issuer certificate is invalid.";
    /// More CAs below than the issuer allows.
    PathLengthInvalid = "SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID", "Certificate path length constraint is invalid.";
    /// A name that the issuer's name constraints forbid.
    NotInNameSpace = "SEC_ERROR_CERT_NOT_IN_NAME_SPACE", "The Certifying Authority for this certificate is not permitted to issue a certificate with this name.";
    /// A critical extension that NSS does not process.
    UnknownCriticalExtension = "SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION", "Certificate contains unknown critical extension.";
    /// The two algorithm fields of the certificate differ.
    AlgorithmMismatch = "SEC_ERROR_ALGORITHM_MISMATCH", "The signature algorithm in the signature field of the certificate does not match the algorithm in its signatureAlgorithm field.";
    /// Basic constraints that cannot be read.
    BadDer = "SEC_ERROR_BAD_DER", "security library: improperly formatted DER-encoded message.";
}
