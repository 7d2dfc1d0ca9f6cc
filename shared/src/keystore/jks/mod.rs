//! JKS, the key store of Java before version 9: big-endian fields, a keyed SHA-1 at the end, and a key protector of Sun's own.
//!
//! There is no standard; the format is what `keytool` reads and writes. The protection is weak by today's measure: the password is guessed
//! as fast as SHA-1 is computed.

mod protector;
mod read;
mod write;

use zeroize::Zeroizing;

pub use protector::{protect, reveal};
pub use read::read;
pub use write::write;

use super::{InPart, KeystoreError};

/// The first octets of a JKS file.
pub const MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
/// The first octets of a JCEKS file, which has another key protector.
pub const JCEKS_MAGIC: [u8; 4] = [0xce; 4];

/// What the keyed digest is salted with.
const WHITENER: &[u8] = b"Mighty Aphrodite";
/// Octets of the digest.
const DIGEST: usize = 20;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name; Java folds it to lower case.
    pub alias: String,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// What it is.
    pub content: Content,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A private key with its chain.
    Key {
        /// EncryptedPrivateKeyInfo of the key protector, DER.
        protected: Vec<u8>,
        /// Certificates, leaf first, DER.
        chain: Vec<Vec<u8>>,
    },
    /// A certificate that is trusted.
    Trusted(Vec<u8>),
}

/// A store, taken apart; keys are still protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// What the digest is made of.
    signed: Vec<u8>,
    digest: [u8; DIGEST],
}

impl Store {
    /// Whether the store is as it was when somebody with this password wrote it.
    #[must_use]
    pub fn is_intact(&self, password: &str) -> bool {
        digest(password, &self.signed) == self.digest
    }
}

/// The keyed digest at the end of a store.
fn digest(password: &str, signed: &[u8]) -> [u8; DIGEST] {
    use sha1::{Digest as _, Sha1};
    let mut sha = Sha1::new();
    sha.update(utf16(password).as_slice());
    sha.update(WHITENER);
    sha.update(signed);
    sha.finalize().into()
}

/// The password as Java feeds it to SHA-1: UTF-16, big-endian.
fn utf16(password: &str) -> Zeroizing<Vec<u8>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(password.len() * 2));
    for unit in password.encode_utf16() {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let key = vec![0x30, 3, 2, 1, 5];
        let entries = vec![
            Entry {
                alias: "tomcat\0é🔑".to_owned(),
                created: 1_700_000_000_000,
                content: Content::Key { protected: protect(&key, "pässwört", [7; 20]), chain: vec![vec![0x30, 0], vec![0x30, 1, 0]] },
            },
            Entry { alias: "ca".to_owned(), created: -1, content: Content::Trusted(vec![0x30, 0]) },
        ];
        let file = write(&entries, "störe").unwrap();
        let store = read(&file).unwrap();
        assert_eq!(store.entries, entries);
        assert!(store.is_intact("störe") && !store.is_intact("store"));
        let Content::Key { protected, .. } = &store.entries[0].content else { panic!("{store:?}") };
        assert_eq!(reveal(protected, "pässwört").unwrap().as_deref(), Some(&key));
        assert_eq!(reveal(protected, "password").unwrap(), None);
    }

    #[test]
    fn every_changed_octet_is_noticed() {
        let protected = protect(&[0x30, 3, 2, 1, 5], "changeit", [7; 20]);
        let content = Content::Key { protected, chain: vec![vec![0x30, 0]] };
        let file = write(&[Entry { alias: "tomcat".to_owned(), created: 0, content }], "changeit").unwrap();
        for place in 0..file.len() {
            for value in [0, 0x7f, 0x80, 0xff, file[place] ^ 1] {
                let mut changed = file.clone();
                changed[place] = value;
                if let Ok(store) = read(&changed) {
                    assert_eq!(store.is_intact("changeit"), changed == file, "{place} to {value}");
                    for entry in &store.entries {
                        if let Content::Key { protected, .. } = &entry.content {
                            drop(reveal(protected, "changeit"));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        let entries = vec![Entry { alias: "ca".to_owned(), created: 0, content: Content::Trusted(vec![0x30, 0]) }];
        let file = write(&entries, "").unwrap();
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err(), "{length}");
        }
        assert!(read(&[file, vec![0]].concat()).is_err());
    }
}
