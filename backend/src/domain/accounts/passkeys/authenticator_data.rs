//! What an authenticator says (Web Authentication Level 3, section 6.1), and the passkey in it when it has just made one (6.5.1).

use super::cbor;
use super::public_key::PublicKey;

/// Octets before what is optional: digest of the host, flags, counter.
const FIXED: usize = 37;
/// Longest credential id (section 5.8.3 allows 1023 octets).
const LONGEST_ID: usize = 1_023;

/// Authenticator data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthenticatorData<'a> {
    /// SHA-256 of the relying party's id.
    pub(super) host_sha256: &'a [u8],
    /// Somebody was there (UP).
    pub(super) present: bool,
    /// The passkey may be copied to other devices (BE); that never changes.
    pub(super) may_be_copied: bool,
    /// It is (BS).
    pub(super) copied: bool,
    /// Counts signatures; 0 in authenticators that do not.
    pub(super) counter: u32,
    /// The new passkey.
    pub(super) made: Option<MadePasskey<'a>>,
}

/// A passkey that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MadePasskey<'a> {
    /// Its credential id.
    pub(super) credential_id: &'a [u8],
    /// Its public key as it came: what is kept.
    pub(super) cose: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Takes it apart; none when it is malformed or has something behind it.
    pub(super) fn read(data: &'a [u8]) -> Option<Self> {
        let (fixed, mut rest) = data.split_at_checked(FIXED)?;
        let (host_sha256, state) = fixed.split_at_checked(32)?;
        let (flags, counter) = state.split_first()?;
        let flag = |bit: u8| flags & (1 << bit) != 0;
        let made = if flag(6) {
            let (made, after) = made(rest)?;
            rest = after;
            Some(made)
        } else {
            None
        };
        if flag(7) {
            rest = cbor::read(rest)?.1;
        }
        rest.is_empty().then_some(())?;
        Some(Self {
            host_sha256,
            present: flag(0),
            may_be_copied: flag(3),
            copied: flag(4),
            counter: u32::from_be_bytes(counter.try_into().ok()?),
            made,
        })
    }
}

fn made(data: &[u8]) -> Option<(MadePasskey<'_>, &[u8])> {
    // The make of the authenticator (AAGUID): any will do.
    let (_, rest) = data.split_at_checked(16)?;
    let (length, rest) = rest.split_at_checked(2)?;
    let length = usize::from(u16::from_be_bytes(length.try_into().ok()?));
    let (credential_id, rest) = rest.split_at_checked(length)?;
    let (key, after) = cbor::read(rest)?;
    PublicKey::of(&key)?;
    let cose = rest.get(..rest.len() - after.len())?;
    (1..=LONGEST_ID).contains(&length).then_some((MadePasskey { credential_id, cose }, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn data(flags: u8, more: &[u8]) -> Vec<u8> {
        [&[7; 32][..], &[flags], &[0, 0, 1, 2], more].concat()
    }

    #[test]
    fn flags_counter_and_the_new_passkey_are_found() {
        let plain = data(0x19, &[]);
        let read = AuthenticatorData::read(&plain).unwrap();
        assert_eq!((read.present, read.may_be_copied, read.copied, read.counter), (true, true, true, 258));
        let key = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32][..], &[5; 32]].concat();
        let with_key = data(0xc1, &[&[0; 16][..], &[0, 2, 8, 9], &key, &[0xa0]].concat());
        let read = AuthenticatorData::read(&with_key).unwrap();
        assert_eq!(read.made, Some(MadePasskey { credential_id: &[8, 9], cose: &key }));
    }

    #[test]
    fn what_is_cut_short_or_too_long_is_none() {
        assert_eq!(AuthenticatorData::read(&data(1, &[])[..36]), None);
        assert_eq!(AuthenticatorData::read(&data(1, &[0])), None, "something behind it");
        assert_eq!(AuthenticatorData::read(&data(0x41, &[])), None, "a passkey that is not there");
        assert_eq!(AuthenticatorData::read(&data(0x81, &[])), None, "extensions that are not there");
    }

    proptest! {
        #[test]
        fn any_octets_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = AuthenticatorData::read(&bytes);
        }
    }
}
