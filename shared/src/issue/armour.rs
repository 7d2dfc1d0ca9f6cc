//! PEM (RFC 7468) of what is made here.

/// An object, DER, as PEM with a label: `CERTIFICATE`, `X509 CRL`.
#[must_use]
pub fn armoured(label: &str, der: &[u8]) -> String {
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new(label, der), config)
}
