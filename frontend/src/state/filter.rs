//! The filter: words that must all be said somewhere, and words about one field, such as `issuer:siroe`, `expires:<30d`, `key:rsa`.

use super::row::Row;

/// A word of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<F> {
    /// The field that it is about; any when there is none.
    pub field: Option<F>,
    /// What it looks for, in small letters.
    pub value: String,
    /// Whether it must not be found.
    pub negated: bool,
}

/// The words of a filter for a list with these fields. Quotes keep spaces, `-` in front turns a word round.
pub fn terms<F>(text: &str, field: fn(&str) -> Option<F>) -> Vec<Term<F>> {
    let term = |word: String| {
        let (negated, word) = match word.strip_prefix('-') {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, word.as_str()),
        };
        match word.split_once(':').and_then(|(name, value)| Some((field(name)?, value))) {
            Some((field, value)) => Term { field: Some(field), value: value.to_owned(), negated },
            None => Term { field: None, value: word.to_owned(), negated },
        }
    };
    words(&text.to_lowercase()).into_iter().map(term).collect()
}

/// A parsed filter of certificates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    terms: Vec<Term<&'static str>>,
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Self {
        let mut terms = terms(text, |name| FIELDS.into_iter().find(|known| *known == name));
        for term in terms.iter_mut().filter(|term| term.field.is_none()) {
            if let Some(hex) = bare_hex(&term.value) {
                term.value = hex;
            }
        }
        Self { terms }
    }

    /// Whether a row passes.
    pub fn has(&self, row: &Row, now: i64) -> bool {
        self.terms.iter().all(|term| term.has(row, now) != term.negated)
    }
}

impl Term<&str> {
    fn has(&self, row: &Row, now: i64) -> bool {
        let value = self.value.as_str();
        let within = |text: &str| text.to_lowercase().contains(value);
        match self.field.unwrap_or_default() {
            "" => row.haystack.contains(value),
            "issuer" => {
                within(&row.issuer)
                    || row.view.as_ref().is_ok_and(|view| view.issuer.rdns.iter().flatten().any(|attribute| within(&attribute.value)))
            }
            "subject" => row.view.as_ref().is_ok_and(|view| view.subject.rdns.iter().flatten().any(|attribute| within(&attribute.value))),
            "name" | "nickname" => within(&row.name),
            "host" => {
                row.view.as_ref().is_ok_and(|view| view.subject_alternative_names.iter().filter_map(super::row::name_text).any(within))
                    || within(&row.subject)
            }
            "key" => within(&row.key),
            "usage" => within(&row.usage),
            "trust" => trust(&row.entry.trust, value),
            "serial" => row.view.as_ref().is_ok_and(|view| view.serial_number.contains(&value.replace(':', ""))),
            "sha256" | "fingerprint" => row.entry.fingerprint_sha256.contains(&value.replace(':', "")),
            "signature" => row.view.as_ref().is_ok_and(|view| within(&view.signature_algorithm)),
            "expires" => expires(row.not_after, value, now),
            "is" => is(row, value, now),
            _ => true,
        }
    }
}

const FIELDS: [&str; 14] = [
    "issuer",
    "subject",
    "name",
    "nickname",
    "host",
    "key",
    "usage",
    "trust",
    "serial",
    "sha256",
    "fingerprint",
    "signature",
    "expires",
    "is",
];

/// The words of a filter; quotes keep spaces.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if letter.is_whitespace() && !quoted => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// `9f:41:c2` is looked for as `9f41c2`.
fn bare_hex(word: &str) -> Option<String> {
    let parts: Vec<&str> = word.trim_end_matches(':').split(':').collect();
    let hex = parts.len() > 1 && parts.iter().all(|part| part.len() == 2 && part.chars().all(|letter| letter.is_ascii_hexdigit()));
    hex.then(|| parts.concat())
}

/// `trust:ct` wants the letters in any one field; `trust:ct,c,c` the whole; `trust:none` no trust.
fn trust(flags: &str, value: &str) -> bool {
    let flags = flags.to_lowercase();
    match value {
        "none" => flags.chars().all(|letter| letter == ',' || letter == 'u'),
        _ if value.contains(',') => flags == value,
        _ => flags.split(',').any(|field| value.chars().all(|letter| field.contains(letter))),
    }
}

/// `<30d`, `>1y`, `30d` (the same as `<30d`), `2027`, `2027-03`.
fn expires(not_after: i64, value: &str, now: i64) -> bool {
    let (later, span) = match value.strip_prefix('>') {
        Some(span) => (true, span),
        None => (false, value.strip_prefix('<').unwrap_or(value)),
    };
    if let Some(seconds) = seconds(span) {
        return if later { not_after > now + seconds } else { not_after <= now + seconds };
    }
    let time = super::clock::at(not_after);
    let text = format!("{:04}-{:02}-{:02}", time.year(), u8::from(time.month()), time.day());
    text.starts_with(span)
}

fn seconds(span: &str) -> Option<i64> {
    let unit = span.chars().last()?;
    let count: i64 = span.get(..span.len() - unit.len_utf8())?.parse().ok()?;
    let days = match unit {
        'd' => 1,
        'w' => 7,
        'm' => 30,
        'y' => 365,
        _ => return None,
    };
    count.checked_mul(days * 86_400)
}

fn is(row: &Row, value: &str, now: i64) -> bool {
    match value {
        "ca" => row.ca,
        "expired" => row.not_after < now,
        "valid" => row.not_after >= now && row.not_before <= now,
        "weak" => row.weak,
        "key" | "mine" => row.has_key(),
        "self" | "root" => row.view.as_ref().is_ok_and(|view| view.self_issued),
        "distrusted" => row.trust.is_distrusted(),
        "trusted" => row.trust.is_anchor(),
        _ => false,
    }
}
