//! What a certificate may be used for, in words.

use super::view::CertificateView;

/// Key usages (RFC 5280 section 4.2.1.3) in the order of their bits.
pub const KEY_USAGES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

/// The words for one extended key usage: `TLS server`; the name or OID itself when there are none.
#[must_use]
pub fn extended_word(usage: &str) -> &str {
    match usage {
        "serverAuth" => "TLS server",
        "clientAuth" => "TLS client",
        "codeSigning" => "code signing",
        "emailProtection" => "e-mail",
        "timeStamping" => "time stamping",
        "OCSPSigning" => "OCSP signing",
        "anyExtendedKeyUsage" => "any purpose",
        "ipsecEndSystem" => "IPsec end system",
        "ipsecTunnel" => "IPsec tunnel",
        "ipsecUser" => "IPsec user",
        "ipsecIKE" => "IPsec key exchange",
        "smartcardLogon" => "smart card logon",
        "documentSigning" => "document signing",
        "pkinitKdc" => "Kerberos server",
        "pkinitClientAuth" => "Kerberos client",
        "secureShellClient" => "SSH client",
        "secureShellServer" => "SSH server",
        "precertificateSigning" => "precertificate signing",
        "msServerGatedCrypto" | "netscapeStepUp" => "step-up (obsolete)",
        other => other,
    }
}

/// The words for one key usage: `sign certificates`.
#[must_use]
pub fn key_word(usage: &str) -> &str {
    match usage {
        "digitalSignature" => "sign data",
        "nonRepudiation" => "sign commitments",
        "keyEncipherment" => "encrypt keys",
        "dataEncipherment" => "encrypt data",
        "keyAgreement" => "agree on keys",
        "keyCertSign" => "sign certificates",
        "cRLSign" => "sign revocation lists",
        "encipherOnly" => "encrypt only",
        "decipherOnly" => "decrypt only",
        other => other,
    }
}

/// What it may be used for: `TLS server`, `certificate authority`. Without extended key usage a certificate is not restricted.
#[must_use]
pub fn words(view: &CertificateView) -> Vec<String> {
    let mut words = Vec::new();
    if view.is_ca() {
        words.push("certificate authority".to_owned());
    }
    if let Some(usages) = &view.extended_key_usage {
        words.extend(usages.iter().map(|usage| extended_word(usage).to_owned()));
    } else if words.is_empty() {
        words.push("any purpose".to_owned());
    }
    words
}

/// True when extended key usage allows this, or does not restrict at all.
#[must_use]
pub fn allows(view: &CertificateView, usage: &str) -> bool {
    match &view.extended_key_usage {
        None => true,
        Some(usages) => usages.iter().any(|allowed| allowed == usage || allowed == "anyExtendedKeyUsage"),
    }
}

/// True when it may serve TLS: no CA, and extended key usage says so or does not restrict.
#[must_use]
pub fn is_tls_server(view: &CertificateView) -> bool {
    !view.is_ca() && allows(view, "serverAuth")
}
