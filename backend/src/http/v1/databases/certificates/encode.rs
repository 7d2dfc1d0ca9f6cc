//! Certificates as PEM (RFC 7468) and as PKCS#7 (RFC 2315): written by hand, they are a few octets around the DER.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One certificate as PEM.
pub(super) fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::with_capacity(text.len() + text.len() / 64 + 64);
    pem.push_str("-----BEGIN CERTIFICATE-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// Certificates alone as a degenerate SignedData (RFC 2315 section 9.1): no signer, no content.
pub(super) fn pkcs7(certificates: &[&[u8]]) -> Vec<u8> {
    const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    const DATA: &[u8] = &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
    const VERSION_1: &[u8] = &[0x02, 0x01, 0x01];
    const EMPTY_SET: &[u8] = &[0x31, 0x00];
    // A SET OF in DER is sorted by its encodings.
    let mut sorted = certificates.to_vec();
    sorted.sort_unstable();
    let body = [VERSION_1, EMPTY_SET, &wrap(0x30, DATA), &wrap(0xA0, &sorted.concat()), EMPTY_SET].concat();
    wrap(0x30, &[SIGNED_DATA, &wrap(0xA0, &wrap(0x30, &body))].concat())
}

fn wrap(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if let Ok(short) = u8::try_from(length)
        && short < 0x80
    {
        out.push(short);
    } else {
        let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
        out.push(0x80 | u8::try_from(octets.len()).unwrap_or(8));
        out.extend(octets);
    }
    out.extend_from_slice(content);
    out
}
