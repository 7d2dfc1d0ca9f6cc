//! Password files beside a database: plain, for `certutil -f`, and `sslpassword.conf`, for the servers.
//!
//! Both hold lines; NSS tools take a line `token:password` for the token named and any other line as it is.

use zeroize::Zeroizing;

/// Name of the plain file.
pub const PLAIN: &str = "password.txt";
/// Name of the file of the servers.
pub const SSLPASSWORD: &str = "sslpassword.conf";

/// Names under which the internal token goes in such files: iPlanet and Sun servers, NSS, NSS in FIPS mode, mod_nss.
const INTERNAL_TOKEN: [&str; 5] =
    ["Internal (Software) Token", "NSS Certificate DB", "NSS FIPS 140-2 Certificate DB", "Communicator Certificate DB", "internal"];

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
    let mut first = None;
    for line in content.lines() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() || (line.starts_with('#') && content.lines().count() > 1) {
            continue;
        }
        for token in INTERNAL_TOKEN {
            let begins = line.get(..token.len()).is_some_and(|start| start.eq_ignore_ascii_case(token));
            if begins && let Some(password) = line.get(token.len()..).and_then(|rest| rest.trim_start().strip_prefix(':')) {
                return Zeroizing::new(password.to_owned());
            }
        }
        if first.is_none() {
            first = Some(line);
        }
    }
    Zeroizing::new(first.unwrap_or_default().to_owned())
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
