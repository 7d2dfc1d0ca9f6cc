//! Recovery codes: each stands in for the authenticator program once.

use zeroize::Zeroizing;

use super::base32;
use crate::domain::accounts::sha256;
use crate::host::randomness;

/// How many there are.
const COUNT: usize = 10;

/// New ones: 80 random bits each, in groups that are easy to copy.
pub(super) fn codes() -> Vec<String> {
    (0..COUNT).map(|_| grouped(&base32::encode(Zeroizing::new(randomness::bytes::<10>()).as_slice()).to_lowercase())).collect()
}

/// What is kept of one; written in any case, with any spaces and hyphens.
pub(super) fn digest(code: &str) -> [u8; 32] {
    let plain =
        Zeroizing::new(code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect::<String>());
    sha256(&plain)
}

fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_the_same_however_they_are_written() {
        let codes = codes();
        assert_eq!(codes.len(), COUNT);
        assert!(codes.iter().all(|code| code.len() == 19 && codes.iter().filter(|other| *other == code).count() == 1), "{codes:?}");
        assert_eq!(digest("ABCD efgh"), digest("abcd-efgh"));
        assert_ne!(digest("abcd-efgh"), digest("abcd-efgi"));
    }
}
