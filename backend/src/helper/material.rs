//! What may be in a file of certificates and keys, and how much of it is given away.

use certdeck_shared::detect;
use openssl::pkey::PKey;
use zeroize::Zeroizing;

use super::protocol::Withheld;

/// Blocks of PEM (RFC 7468) that servers have in such files.
const BLOCKS: [&str; 11] = [
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "X509 CRL",
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "EC PARAMETERS",
    "DH PARAMETERS",
    "PKCS7",
];
const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";
/// What names of blocks with a private key end with.
const SECRET: &str = "PRIVATE KEY";

/// Whether a content that shall be written has certificates and keys alone.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    let found = detect::read(bytes);
    if found.jks || found.pkcs12 {
        return true;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let (mut open, mut blocks): (Option<&str>, usize) = (None, 0);
    for line in text.lines() {
        let label = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(DASHES));
        match (open, label) {
            (None, Some(label)) if BLOCKS.contains(&label) => open = Some(label),
            (Some(begun), None) if line.strip_prefix("-----END ").and_then(|rest| rest.strip_suffix(DASHES)) == Some(begun) => {
                (open, blocks) = (None, blocks + 1);
            }
            // Lines before Base64 in an encrypted key of old have a colon (RFC 1421).
            (Some(_), None) if line.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+/=:,- ".contains(&octet)) => {}
            (None, None) if line.trim().is_empty() => {}
            _ => return false,
        }
    }
    open.is_none() && blocks > 0
}

/// Whether a file that is there is one of certificates or keys, whatever else is written into it.
#[must_use]
pub fn is_one(bytes: &[u8]) -> bool {
    let found = detect::read(bytes);
    let blocks = || String::from_utf8_lossy(bytes).lines().any(|line| block(line).is_some_and(|label| BLOCKS.contains(&label)));
    found.jks || found.pkcs12 || !found.certificates.is_empty() || blocks() || PKey::private_key_from_der(bytes).is_ok()
}

fn block(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix(BEGIN)?.strip_suffix(DASHES)
}

/// As much of a file as is given away, and what is not. Nothing of one that is none of certificates and keys.
#[must_use]
pub fn given_away(bytes: &[u8]) -> (Zeroizing<Vec<u8>>, Option<Withheld>) {
    let nothing = |withheld: Withheld| (Zeroizing::default(), Some(withheld));
    let found = detect::read(bytes);
    let none = Withheld { public_key: None, encrypted: false, key_store: false };
    if found.jks || found.pkcs12 {
        return nothing(Withheld { key_store: true, ..none });
    }
    let text = String::from_utf8_lossy(bytes);
    let secret = |line: &str| block(line).is_some_and(|label| label.ends_with(SECRET));
    if !text.lines().any(secret) {
        return match PKey::private_key_from_der(bytes).and_then(|key| key.public_key_to_der()) {
            Ok(public) => nothing(Withheld { public_key: Some(public), ..none }),
            Err(_) if is_one(bytes) && !text.contains(SECRET) => (bytes.to_vec().into(), None),
            Err(_) => nothing(none),
        };
    }
    let encrypted = text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED");
    // Without a password, and never asking for one at a terminal.
    let key = PKey::private_key_from_pem_callback(bytes, |_| Ok(0)).and_then(|key| key.public_key_to_der());
    (without_keys(&text), Some(Withheld { public_key: key.ok(), encrypted, key_store: false }))
}

/// The blocks of a text that are no private keys, and nothing that stands between them.
fn without_keys(text: &str) -> Zeroizing<Vec<u8>> {
    let (mut rest, mut inside) = (Zeroizing::new(Vec::with_capacity(text.len())), false);
    for line in text.lines() {
        inside = inside || block(line).is_some_and(|label| BLOCKS.contains(&label) && !label.ends_with(SECRET));
        if inside {
            rest.extend_from_slice(line.trim_end().as_bytes());
            rest.push(b'\n');
        }
        inside = inside && !line.starts_with("-----END ");
    }
    rest
}

#[cfg(test)]
mod tests {
    use openssl::ec::{EcGroup, EcKey};
    use openssl::nid::Nid;

    use super::*;

    const BLOCK: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    fn key() -> (String, Vec<u8>) {
        let key = PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap()).unwrap()).unwrap();
        (String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap(), key.public_key_to_der().unwrap())
    }

    #[test]
    fn only_certificates_and_keys_are_written() {
        let (key, _) = key();
        assert!(is_plain(BLOCK.as_bytes()) && is_plain(format!("{key}{BLOCK}\n{BLOCK}").as_bytes()));
        for wrong in ["", "\n", "root:*:0:0\n", "-----BEGIN CERTIFICATE-----\nMIIB\n", "-----BEGIN SHELL-----\nid\n-----END SHELL-----\n"] {
            assert!(!is_plain(wrong.as_bytes()), "{wrong}");
        }
        assert!(!is_plain(format!("* * * * * root id\n{BLOCK}").as_bytes()), "a line beside the block");
        assert!(!is_plain(format!("-----BEGIN CERTIFICATE-----\n$(id)\n-----END CERTIFICATE-----\n{BLOCK}").as_bytes()));
    }

    #[test]
    fn a_private_key_is_not_given_away_and_the_rest_is() {
        let (key, public) = key();
        let (given, withheld) = given_away(format!("# own\n{key}{BLOCK}").as_bytes());
        assert_eq!(*given, BLOCK.as_bytes());
        assert_eq!(withheld.unwrap().public_key, Some(public));
        let (given, withheld) = given_away(BLOCK.as_bytes());
        assert_eq!((given.as_slice(), withheld), (BLOCK.as_bytes(), None));
        let (given, withheld) = given_away(b"root:$y$j9T$...:19000:0:99999:7:::\n");
        assert!(given.is_empty() && withheld.is_some(), "what is no certificate is no business of the console's");
    }

    #[test]
    fn damaged_and_indented_keys_are_not_given_away() {
        for key in
            ["-----BEGIN PRIVATE KEY-----\nMIIB", "  -----BEGIN RSA PRIVATE KEY-----\nMIIB\n", "-----BEGIN PRIVATE KEY-----\r\nMIIB\r\n"]
        {
            let (given, withheld) = given_away(format!("{BLOCK}{key}").as_bytes());
            assert!(withheld.is_some() && !String::from_utf8_lossy(&given).contains("KEY"), "{key:?}");
        }
    }
}
