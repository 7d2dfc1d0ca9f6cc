//! Search filters as text (RFC 4515).

/// A value as it stands in a filter: what means something there is escaped (RFC 4515 section 3).
#[must_use]
pub fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '*' => text.push_str("\\2a"),
            '(' => text.push_str("\\28"),
            ')' => text.push_str("\\29"),
            '\\' => text.push_str("\\5c"),
            '\0' => text.push_str("\\00"),
            other => text.push(other),
        }
    }
    text
}

/// `(name=value)`.
pub(super) fn equal(name: &str, value: &str) -> String {
    format!("({name}={})", escaped(value))
}

/// All of them: `(&(a=b)(c=d))`; every entry when there is none.
pub(super) fn all_of(parts: &[String]) -> String {
    match parts {
        [] => "(objectclass=*)".to_owned(),
        [one] => one.clone(),
        several => format!("(&{})", several.concat()),
    }
}
