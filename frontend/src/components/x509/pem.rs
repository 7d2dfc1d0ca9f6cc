//! PEM (RFC 7468) of a certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A certificate in armour, 64 letters a line.
pub fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut armour = String::with_capacity(text.len() + text.len() / 64 + 60);
    armour.push_str("-----BEGIN CERTIFICATE-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        armour.push_str(line);
        armour.push('\n');
        rest = after;
    }
    armour.push_str("-----END CERTIFICATE-----\n");
    armour
}
