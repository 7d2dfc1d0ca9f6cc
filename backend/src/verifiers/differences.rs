//! Why OpenSSL or the web's rules come to another verdict than NSS: one sentence that an operator can act on.

use certdeck_shared::validation::{Findings, NssError};

use super::Opinion;

/// Who differs from NSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// OpenSSL.
    OpenSsl,
    /// rustls-webpki.
    Web,
}

/// Why the two differ; nothing when they agree.
#[must_use]
pub fn why(nss: &Findings, other: Other, opinion: &Opinion) -> Option<String> {
    let sentence = match (&opinion.refusal, nss.reasons.first()) {
        (Some(refusal), None) => match other {
            Other::OpenSsl => openssl_is_stricter(&refusal.code),
            Other::Web => web_is_stricter(&refusal.code),
        },
        (None, Some(reason)) => nss_is_stricter(reason.error),
        _ => return None,
    };
    Some(sentence.to_owned())
}

/// By the number of OpenSSL's error (`X509_V_ERR_…`).
fn openssl_is_stricter(code: &str) -> &'static str {
    match code {
        "9" => "NSS accepts a certificate from a day before it begins; OpenSSL does not.",
        "2" | "18" | "19" | "20" | "21" => {
            "NSS trusts a certificate of this chain by its flags (P, or C on a CA that OpenSSL does not find); OpenSSL finds no way to an anchor."
        }
        "24" | "79" => "NSS takes the flag C as word that this is a CA; OpenSSL wants basic constraints and key usage to say so.",
        "26" => "Extended key usage, here or in a CA above, does not allow it for OpenSSL; NSS looks at it in fewer places.",
        "8" => "OpenSSL refuses when the issuer's list here is signed by another; NSS then looks at no list of that issuer.",
        "11" => "OpenSSL refuses a revocation list of a day to come; NSS does not look at its dates.",
        "12" => "OpenSSL refuses a revocation list that is out of date; NSS does not look at its dates.",
        "23" => {
            "A list in this database revokes it for OpenSSL; NSS waits for the day of the entry, or looks at no list of that issuer because one of them is not to be used."
        }
        "35" => "OpenSSL wants key usage to allow the CA to sign lists; NSS does not mind.",
        "36" => "OpenSSL does not know a critical extension of the revocation list; NSS then takes the list for none.",
        "10" => "OpenSSL also holds the anchor to its dates.",
        "25" => "OpenSSL counts the length of the path also where trust decides for NSS.",
        "34" => "OpenSSL does not know this critical extension; NSS says it processes it.",
        "66" | "67" | "68" => "OpenSSL's security level refuses the key or digest; NSS accepts RSA from 1023 bits and SHA-1.",
        _ => "OpenSSL checks something that NSS leaves out.",
    }
}

fn web_is_stricter(code: &str) -> &'static str {
    match code {
        "UnknownIssuer" => {
            "NSS trusts a certificate of this chain by its flags (P), or accepts a CA that says nothing of being one; the web's rules find no way to an anchor."
        }
        "CertRevoked" => {
            "A list in this database revokes it for the web's rules; NSS waits for the day of the entry, or looks at no list of that issuer because one of them is not to be used."
        }
        "InvalidCrlSignatureForPublicKey" | "UnsupportedCrlSignatureAlgorithmForPublicKey" | "UnsupportedCrlSignatureAlgorithm" => {
            "The web's rules refuse when they cannot verify the issuer's list here; NSS then looks at no list of that issuer."
        }
        "IssuerNotCrlSigner" => "The web's rules want key usage to allow the CA to sign lists; NSS does not mind.",
        "CertNotValidYet" => "NSS accepts a certificate from a day before it begins; the web's rules do not.",
        "CertNotValidForName" => "The web's rules look only at the alternative names; NSS asks for a name at another time.",
        "CaUsedAsEndEntity" => "The web's rules refuse a CA as a server's or client's own certificate; NSS does not mind.",
        "EndEntityUsedAsCa" => {
            "NSS takes the flag C, or an old certificate type, as word that this is a CA; the web's rules want basic constraints."
        }
        "RequiredEkuNotFound" | "RequiredEkuNotFoundContext" => {
            "The web's rules want the purpose in extended key usage of every certificate that has one; NSS joins it with the old certificate type."
        }
        "UnsupportedCertVersion" => "The web's rules want version 3; NSS accepts old certificates.",
        "UnsupportedSignatureAlgorithm"
        | "UnsupportedSignatureAlgorithmContext"
        | "UnsupportedSignatureAlgorithmForPublicKey"
        | "UnsupportedSignatureAlgorithmForPublicKeyContext" => {
            "The web's rules accept RSA from 2048 bits, P-256, P-384 and Ed25519 with SHA-2; NSS accepts RSA from 1023 bits and SHA-1."
        }
        "UnsupportedCriticalExtension" => "The web's rules do not know this critical extension; NSS says it processes it.",
        "NameConstraintViolation" => "The web's rules hold other kinds of names against the CA's name constraints than NSS does.",
        _ => "The web's rules check something that NSS leaves out.",
    }
}

fn nss_is_stricter(error: NssError) -> &'static str {
    match error {
        NssError::InadequateKeyUsage => "NSS holds key usage to the kind of key (an RSA server needs keyEncipherment); the other does not.",
        NssError::InadequateCertType => "NSS reads the old Netscape certificate type, or a CA's extended key usage, more strictly.",
        NssError::RevokedCertificate => {
            "A list in this database revokes it for NSS, whatever the dates of the list and the reason (removeFromCRL, too); the other does not use that list or does not heed that reason."
        }
        NssError::UntrustedCert => "The flag p on the certificate itself counts in NSS only.",
        NssError::UntrustedIssuer => {
            "NSS has distrusted a CA of this chain by its flags, or asks the flag of another field; the other looks at anchors only."
        }
        NssError::UnknownIssuer | NssError::BadSignature => {
            "NSS looks at one issuer of a name and tries no other; the other finds a second way."
        }
        NssError::UnknownCriticalExtension => {
            "NSS does not process this critical extension (policies and distribution points among them); the other does."
        }
        NssError::SignatureAlgorithmDisabled => "NSS has disabled this signature algorithm or key size.",
        NssError::NotInNameSpace => "NSS also holds the common name and every directory name to the CA's name constraints.",
        NssError::ExpiredCertificate | NssError::ExpiredIssuer => "NSS holds every certificate of the chain to its dates, the anchor too.",
        NssError::CaCertInvalid | NssError::PathLengthInvalid | NssError::BadDer => {
            "NSS holds the anchor's own basic constraints against it."
        }
        NssError::AlgorithmMismatch => "NSS compares the two algorithm fields of the certificate.",
    }
}
