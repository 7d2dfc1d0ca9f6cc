//! Password files beside a database: plain, for `certutil -f`, and `sslpassword.conf`, for the servers.
//!
//! Both hold lines; NSS tools take a line `token:password` for the token named and any other line as it is.

use certdeck_shared::password_file;
use zeroize::Zeroizing;

/// Name of the plain file.
pub const PLAIN: &str = "password.txt";
/// Name of the file of the servers.
pub const SSLPASSWORD: &str = "sslpassword.conf";

/// What the servers' file holds for the internal token.
#[must_use]
pub fn sslpassword_conf(password: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("Internal (Software) Token:{password}\n"))
}

/// What the plain file holds.
#[must_use]
pub fn plain(password: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{password}\n"))
}

/// The password of the internal token in a file of either kind: the line of that token, else the first line that names no
/// token. An empty file is an empty password.
#[must_use]
pub fn internal_token_password(content: &str) -> Zeroizing<String> {
    Zeroizing::new(password_file::internal_password(content).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_give_the_password_back() {
        for password in ["secret", "with:colon", " leading blank", "Ümläut €", ""] {
            assert_eq!(internal_token_password(&plain(password)).as_str(), password);
            assert_eq!(internal_token_password(&sslpassword_conf(password)).as_str(), password);
        }
    }

    #[test]
    fn variants_of_the_token_name_are_known() {
        for (content, expected) in [
            ("NSS Certificate DB:abc\n", "abc"),
            ("internal:abc\r\n", "abc"),
            ("internal (software) token: abc\n", " abc"),
            ("External Card:1234\nInternal (Software) Token:abc\n", "abc"),
            ("NSS FIPS 140-2 Certificate DB:a b c", "a b c"),
            ("just a password", "just a password"),
        ] {
            assert_eq!(internal_token_password(content).as_str(), expected, "{content:?}");
        }
    }
}
