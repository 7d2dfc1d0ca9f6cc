//! What the words in the configuration of Sun's servers mean, and what to think of them today. Everything is data, with how sure it is:
//! the products and most of their manuals are out of reach, and nothing is decided by a name that is only remembered.

mod calendar;
mod ciphers;
mod keywords;
mod messaging;

pub use calendar::PARAMETERS as CALENDAR_PARAMETERS;
pub use ciphers::{CIPHERS, Cipher, cipher, forbidden};
pub use keywords::{CHANNEL_KEYWORDS, Stance, stance};
pub use messaging::PARAMETERS as MESSAGING_PARAMETERS;

use crate::api::service::{Certainty, Term};

/// A parameter of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Value when it is not set; empty where it is not known.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// What to know of it today; empty where there is nothing to say.
    pub today: &'static str,
    /// Whether the program still reads it.
    pub deprecated: bool,
    /// How sure name and meaning are.
    pub certainty: Certainty,
}

/// What is known of a parameter.
#[must_use]
pub fn parameter<'a>(table: &'a [Parameter], name: &str) -> Option<&'a Parameter> {
    table.iter().find(|parameter| parameter.name == name)
}

/// Parameters as terms.
pub fn parameter_terms(table: &[Parameter]) -> impl Iterator<Item = Term> + '_ {
    table.iter().map(|parameter| Term {
        topic: "Parameter".to_owned(),
        name: parameter.name.to_owned(),
        meaning: match parameter.default {
            "" => parameter.meaning.to_owned(),
            default => format!("{} By itself: {default}.", parameter.meaning),
        },
        today: (!parameter.today.is_empty()).then(|| parameter.today.to_owned()),
        obsolete: parameter.deprecated,
        certainty: parameter.certainty,
    })
}

/// The ciphers of the manual's table as terms.
pub fn cipher_terms() -> impl Iterator<Item = Term> {
    CIPHERS.iter().map(|cipher| Term {
        topic: "Cipher".to_owned(),
        name: cipher.name.to_owned(),
        meaning: format!("{} ({}).", cipher.words, cipher.openssl),
        today: Some(cipher.today.to_owned()),
        obsolete: true,
        certainty: Certainty::Manual,
    })
}

/// The keywords of channels as terms.
pub fn keyword_terms() -> impl Iterator<Item = Term> {
    CHANNEL_KEYWORDS.iter().map(|(name, meaning, today)| Term {
        topic: "Channel keyword".to_owned(),
        name: (*name).to_owned(),
        meaning: (*meaning).to_owned(),
        today: (!today.is_empty()).then(|| (*today).to_owned()),
        obsolete: false,
        certainty: Certainty::Manual,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there_once_and_sentences_end() {
        for table in [CALENDAR_PARAMETERS, MESSAGING_PARAMETERS] {
            for (place, parameter) in table.iter().enumerate() {
                assert!(table.iter().take(place).all(|other| other.name != parameter.name), "{}", parameter.name);
                assert!(
                    parameter.meaning.ends_with('.') && (parameter.today.is_empty() || parameter.today.ends_with('.')),
                    "{}",
                    parameter.name
                );
            }
        }
        assert!(parameter_terms(CALENDAR_PARAMETERS).chain(cipher_terms()).chain(keyword_terms()).all(|term| term.meaning.ends_with('.')));
    }

    #[test]
    fn keywords_add_up_and_the_last_one_counts() {
        let stance_of = |text: &str| stance(text.split_whitespace());
        assert_eq!(stance_of("smtp mx"), Stance { client: 0, server: 0 });
        assert_eq!(stance_of("maytls"), Stance { client: 1, server: 1 });
        assert_eq!(stance_of("maytls musttlsserver"), Stance { client: 1, server: 2 });
        assert_eq!(stance_of("musttls notls"), Stance { client: 0, server: 0 });
        assert_eq!(stance_of("MustTLS notlsclient"), Stance { client: 0, server: 2 });
    }

    #[test]
    fn every_cipher_of_the_manual_is_forbidden_today() {
        let shipped = "rsa_rc4_40_md5, rsa_rc2_40_md5, rsa_des_sha, rsa_rc4_128_md5, rsa_3des_sha";
        assert_eq!(forbidden(shipped).len(), 5);
        assert!(forbidden("+tls_rsa_aes_128_sha,-rsa_rc4_40_md5").is_empty());
    }
}
