//! Which passwords are refused, in one place for the page's live words and the server's check.

/// Fewest characters of a password.
pub const SHORTEST: usize = 12;
/// Most characters of a password.
pub const LONGEST: usize = 1_024;

/// Passwords that are printed in manuals, in lower case; `netscape!` is in every NSS manual, `changeit` in every Java one.
const WELL_KNOWN: &[&str] = &[
    "netscape!",
    "netscape",
    "changeit",
    "changeme",
    "password",
    "passw0rd",
    "secret12",
    "secret",
    "iplanet",
    "admin",
    "administrator",
    "letmein",
    "welcome",
    "qwerty",
    "12345678",
    "123456789",
    "1234567890",
    "password123",
    "password1234",
    "123456789012",
    "administrator1",
    "correcthorsebatterystaple",
    "qwertyuiop12",
    "adminadminadmin",
    "passwordpassword",
];

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// There is none.
    #[error("A password is missing, {SHORTEST} characters or more.")]
    Empty,
    /// It is the one of the NSS manuals.
    #[error("The well-known NSS default. Choose another.")]
    NssDefault,
    /// It is in every list.
    #[error("In every list of passwords. Choose another.")]
    WellKnown,
    /// It has fewer than [`SHORTEST`] characters.
    #[error("{length} of at least {SHORTEST} characters.")]
    TooShort {
        /// Its length.
        length: usize,
    },
    /// It has more than [`LONGEST`] characters.
    #[error("{length} characters are more than the {LONGEST} that are taken.")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// It is made of fewer than five different characters.
    #[error("Only {different} different characters. Use 5 or more.")]
    Monotonous {
        /// How many differ.
        different: usize,
    },
    /// It is the name with something small added.
    #[error("The name is most of it. Choose another.")]
    LikeName,
    /// It has a character that no password file can hold.
    #[error("Line breaks and other control characters cannot stand in a password file.")]
    ControlCharacter,
}

/// What speaks against this password; `name` is the user name or the label of the database.
#[must_use]
pub fn weakness(password: &str, name: &str) -> Option<Weakness> {
    let length = password.chars().count();
    let folded = password.to_lowercase();
    let name = name.trim().to_lowercase();
    if length == 0 {
        Some(Weakness::Empty)
    } else if folded == "netscape!" {
        Some(Weakness::NssDefault)
    } else if WELL_KNOWN.contains(&folded.as_str()) {
        Some(Weakness::WellKnown)
    } else if password.chars().any(char::is_control) {
        Some(Weakness::ControlCharacter)
    } else if length < SHORTEST {
        Some(Weakness::TooShort { length })
    } else if length > LONGEST {
        Some(Weakness::TooLong { length })
    } else if different(password) < 5 {
        Some(Weakness::Monotonous { different: different(password) })
    } else if name.chars().count() >= 3 && folded.contains(&name) && length - name.chars().count().min(length) < 6 {
        Some(Weakness::LikeName)
    } else {
        None
    }
}

/// A word for a password that is accepted: by length, because length is what counts.
#[must_use]
pub fn strength(password: &str) -> &'static str {
    match password.chars().count() {
        0..16 => "Good enough. Longer is better.",
        16..24 => "Good.",
        _ => "Very good.",
    }
}

fn different(password: &str) -> usize {
    let mut seen: Vec<char> = password.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

#[cfg(test)]
mod tests {
    use super::{Weakness, weakness};

    #[rstest::rstest]
    #[case("netscape!", "", Some(Weakness::NssDefault))]
    #[case("ChangeIt", "", Some(Weakness::WellKnown))]
    #[case("short", "", Some(Weakness::TooShort { length: 5 }))]
    #[case("abababababab", "", Some(Weakness::Monotonous { different: 2 }))]
    #[case("operations-12", "operations", Some(Weakness::LikeName))]
    #[case("zwölf Zeichen", "", None)]
    #[case("a long walk by the sea", "ops", None)]
    #[case("tab\tin a password", "", Some(Weakness::ControlCharacter))]
    fn passwords_are_judged(#[case] password: &str, #[case] name: &str, #[case] expected: Option<Weakness>) {
        assert_eq!(weakness(password, name), expected);
    }
}
