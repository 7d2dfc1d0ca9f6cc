//! PKCS#12 (RFC 7292): safes of bags, some of them encrypted, under one checksum that is made with the password.

mod bag;
mod read;
mod write;

use zeroize::Zeroizing;

use super::protection::{Derivation, Digest, EncryptedKey, Protection};

pub use bag::bags;
pub use read::read;
pub use write::{BagNames, archive, authenticated_safe, certificate_bag, encrypted_safe, plain_safe, safe_contents, shrouded_key_bag};

/// A PKCS#12 file, taken apart and not yet decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// The checksum; a file may have none.
    pub mac: Option<Mac>,
    /// What the checksum is made of: the octets of the AuthenticatedSafe as they stand in the file.
    pub authenticated_safe: Zeroizing<Vec<u8>>,
    /// The safes, in order.
    pub safes: Vec<Safe>,
}

/// The checksum of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mac {
    /// How it is made.
    pub kind: MacKind,
    /// Its value.
    pub value: Vec<u8>,
}

/// How a checksum is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MacKind {
    /// HMAC with a key by PKCS#12's own derivation (RFC 7292 appendix B).
    Pkcs12 {
        /// Digest of derivation and HMAC.
        digest: Digest,
        /// Salt.
        salt: Vec<u8>,
        /// Rounds.
        iterations: u32,
    },
    /// PBMAC1 (RFC 9579).
    Pbmac1 {
        /// From password to key.
        derivation: Derivation,
        /// Digest of the HMAC.
        digest: Digest,
    },
}

/// One safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Safe {
    /// SafeContents for everyone to read.
    Plain(Zeroizing<Vec<u8>>),
    /// SafeContents that the password opens.
    Encrypted {
        /// How.
        protection: Protection,
        /// The ciphertext.
        ciphertext: Vec<u8>,
    },
}

/// One thing in a safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bag {
    /// The thing.
    pub content: BagContent,
    /// friendlyName, which NSS takes for the nickname and Java for the alias.
    pub friendly_name: Option<String>,
    /// localKeyID: the same for a key and its certificate.
    pub local_key_id: Option<Vec<u8>>,
}

/// What a bag holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BagContent {
    /// A private key as PKCS#8, for everyone to read.
    Key(Zeroizing<Vec<u8>>),
    /// A private key that the password opens.
    ShroudedKey(EncryptedKey),
    /// An X.509 certificate, DER.
    Certificate(Vec<u8>),
    /// Something else: a revocation list, a secret, an SDSI certificate. Named in words.
    Other(String),
}

#[cfg(test)]
mod tests {
    use super::super::protection::Cipher;
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let names = BagNames { friendly_name: Some("Zürich 🔑"), local_key_id: Some(&[1; 20]) };
        let protection = Protection::Pkcs12 { cipher: Cipher::TripleDes, salt: vec![1; 8], iterations: 2048 };
        let key = EncryptedKey { protection: protection.clone(), ciphertext: vec![5; 24] };
        let certificate = vec![0x30, 0x00];
        let bags_written = safe_contents(&[shrouded_key_bag(&key, names).unwrap(), certificate_bag(&certificate, names)]);
        let safes = [plain_safe(&bags_written), encrypted_safe(&protection, &[7; 16]).unwrap()];
        let safe = authenticated_safe(&safes);
        let kind = MacKind::Pkcs12 { digest: Digest::Sha256, salt: vec![3; 16], iterations: 600_000 };
        let mac = Mac { kind, value: vec![4; 32] };
        let file = archive(&safe, &mac).unwrap();

        let read = read(&file).unwrap();
        assert_eq!((read.mac.as_ref(), read.authenticated_safe.as_slice()), (Some(&mac), safe.as_slice()));
        assert_eq!(read.safes[1], Safe::Encrypted { protection, ciphertext: vec![7; 16] });
        let Safe::Plain(contents) = &read.safes[0] else { panic!("{read:?}") };
        let bags = bags(contents).unwrap();
        assert_eq!(bags[0].content, BagContent::ShroudedKey(key));
        assert_eq!(bags[1].content, BagContent::Certificate(certificate));
        for bag in bags {
            assert_eq!((bag.friendly_name.as_deref(), bag.local_key_id), (Some("Zürich 🔑"), Some(vec![1; 20])));
        }
    }
}
