//! How Postfix spells versions of TLS and files.

use std::path::Path;

use certdeck_shared::api::plan::TlsVersion;

use crate::deploy::change::EditRefused;

/// Postfix knows bounds, `>=TLSv1.2`, from this version on (RELEASE_NOTES of 3.6).
const BOUNDS_SINCE: (u32, u32) = (3, 6);

/// A version of Postfix, from `3.7.11`.
pub(super) fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Versions of TLS as the value of `smtpd_tls_protocols`. Without a version of Postfix in the words that all versions take.
pub(super) fn protocols(lowest: TlsVersion, highest: Option<TlsVersion>, version: Option<(u32, u32)>) -> String {
    let highest = highest.filter(|highest| *highest < TlsVersion::Tls13);
    if version.is_some_and(|version| version >= BOUNDS_SINCE) {
        let bound = highest.map(|highest| format!(",<={}", highest.openssl_name())).unwrap_or_default();
        return format!(">={}{bound}", lowest.openssl_name());
    }
    let refused = TlsVersion::ALL.iter().filter(|version| **version < lowest || highest.is_some_and(|highest| **version > highest));
    ["SSLv2", "SSLv3"]
        .into_iter()
        .chain(refused.map(|version| version.openssl_name()))
        .map(|name| format!("!{name}"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Whether two values of `smtpd_tls_protocols` stand for the same versions. What is not understood is the same as nothing.
pub(super) fn same_protocols(one: &str, other: &str) -> bool {
    matches!((allowed(one), allowed(other)), (Some(one), Some(other)) if one == other)
}

/// From SSL 3.0 to TLS 1.3, which of them a value allows (postconf(5)).
fn allowed(value: &str) -> Option<[bool; 5]> {
    const NAMES: [&str; 5] = ["sslv3", "tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"];
    let value = value.to_ascii_lowercase();
    let words = || value.split([' ', ',', ':', '\t']).filter(|word| !word.is_empty());
    let place = |name: &str| NAMES.iter().position(|known| *known == name);
    let named = words().any(|word| word.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    let mut allowed = [!named; 5];
    let mut set =
        |places: std::ops::Range<usize>, to: bool| allowed.iter_mut().take(places.end).skip(places.start).for_each(|one| *one = to);
    for word in words().filter(|word| place(word).is_some()) {
        let at = place(word)?;
        set(at..at + 1, true);
    }
    for word in words() {
        if let Some(lowest) = word.strip_prefix(">=") {
            set(0..place(lowest)?, false);
        } else if let Some(highest) = word.strip_prefix("<=") {
            set(place(highest)? + 1..NAMES.len(), false);
        } else if let Some(refused) = word.strip_prefix('!') {
            if refused != "sslv2" {
                let at = place(refused)?;
                set(at..at + 1, false);
            }
        } else if word != "sslv2" {
            place(word)?;
        }
    }
    Some(allowed)
}

/// A file as a value, where `$` begins a variable, and a space or a comma ends a word.
///
/// # Errors
/// A path that cannot be written so.
pub(super) fn file(path: &Path) -> Result<String, EditRefused> {
    let refused = |letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '$' | ',' | '{' | '}' | '"');
    match path.to_str().filter(|text| text.starts_with('/') && !text.contains(refused)) {
        Some(text) => Ok(text.to_owned()),
        None => Err(EditRefused::because(format!(
            "Postfix cannot be told of {}: a path is absolute and has no spaces, commas, braces, quotes or dollar signs.",
            path.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_spelt_as_the_program_knows_them() {
        use TlsVersion::{Tls10, Tls12, Tls13};
        assert_eq!(protocols(Tls12, None, Some((3, 7))), ">=TLSv1.2");
        assert_eq!(protocols(Tls12, Some(Tls13), Some((3, 6))), ">=TLSv1.2");
        assert_eq!(protocols(Tls10, Some(Tls12), Some((3, 10))), ">=TLSv1,<=TLSv1.2");
        assert_eq!(protocols(Tls12, Some(Tls12), Some((3, 5))), "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1,!TLSv1.3");
        assert_eq!(protocols(Tls12, None, None), "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1");
        assert_eq!((version("3.7.11"), version("3.11-20260101"), version("mail")), (Some((3, 7)), Some((3, 11)), None));
    }

    #[test]
    fn the_same_versions_in_other_words_are_the_same() {
        assert!(same_protocols("!SSLv2, !SSLv3, !TLSv1 !TLSv1.1", ">=TLSv1.2"));
        assert!(same_protocols("TLSv1.2, TLSv1.3", ">=tlsv1.2,<=TLSv1.3"));
        assert!(!same_protocols("!SSLv2", ">=TLSv1"), "SSL 3.0 is allowed");
        assert!(!same_protocols(">=TLSv1", ">=TLSv1.2"));
        assert!(!same_protocols(">=0x0303", ">=0x0303"), "numbers are not read");
    }
}
