//! PKCS#11 URIs (RFC 7512): tokens and objects on them by name, as NSS, GnuTLS and OpenSSL write and take them.

use crate::hex::hex;

const SCHEME: &str = "pkcs11:";

/// What a URI says of a token and of an object on it; nothing where it is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pkcs11Uri {
    /// Label of the token.
    pub token: Option<String>,
    /// Serial number of the token.
    pub serial: Option<String>,
    /// CKA_LABEL of the object: of a certificate its nickname.
    pub object: Option<String>,
    /// CKA_ID of the object, lower-case hex.
    pub id: Option<String>,
}

impl Pkcs11Uri {
    /// Reads a URI; nothing for a text that is none. Attributes that say nothing of token, label and id are passed over, and so is the
    /// query behind `?`, which may name a file with a PIN.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_prefix(SCHEME)?.split('?').next()?;
        let mut uri = Self::default();
        for attribute in path.split(';').filter(|attribute| !attribute.is_empty()) {
            let (name, value) = attribute.split_once('=')?;
            let octets = decoded(value)?;
            match name {
                "id" => uri.id = Some(hex(&octets)),
                "token" => uri.token = Some(String::from_utf8(octets).ok()?),
                "serial" => uri.serial = Some(String::from_utf8(octets).ok()?),
                "object" => uri.object = Some(String::from_utf8(octets).ok()?),
                _ => {}
            }
        }
        Some(uri)
    }
}

/// Octets behind percent signs as they are, all others as they stand.
fn decoded(value: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(octet) = rest.next() {
        if octet != b'%' {
            octets.push(octet);
            continue;
        }
        let digit = |digit: Option<u8>| char::from(digit?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        octets.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nss_and_gnutls_write_is_read() {
        let text = "pkcs11:token=lab%20token;manufacturer=SoftHSM%20project;serial=7b81c2;model=SoftHSM%20v2;id=%01%ab;object=M%C3%BCller;type=cert?pin-value=1234";
        let some = |text: &str| Some(text.to_owned());
        let uri = Pkcs11Uri { token: some("lab token"), serial: some("7b81c2"), object: some("Müller"), id: some("01ab") };
        assert_eq!(Pkcs11Uri::parse(text), Some(uri));
        assert_eq!(Pkcs11Uri::parse("pkcs11:"), Some(Pkcs11Uri::default()));
    }

    #[test]
    fn what_is_no_uri_is_none() {
        for text in ["", "labtoken:mail", "pkcs11:token", "pkcs11:token=%4", "pkcs11:token=%zz", "pkcs11:token=%ff"] {
            assert_eq!(Pkcs11Uri::parse(text), None, "{text}");
        }
    }
}
