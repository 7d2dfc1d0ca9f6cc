//! The `label=value` arguments that NSS packs into one line, with quotes and brackets around values that have blanks.

use std::fmt;

/// One argument with the blanks before it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Argument {
    before: String,
    label: String,
    /// Everything behind `=`, with its quotes; absent where there is no `=`.
    value: Option<String>,
}

/// A line of arguments. What is printed is what was parsed, until it is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arguments {
    list: Vec<Argument>,
    /// Blanks at the end.
    after: String,
}

impl Arguments {
    /// Reads a line; there is none that cannot be read.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut list = Vec::new();
        let mut rest = text;
        loop {
            let word = rest.trim_start_matches(is_blank);
            let (before, _) = rest.split_at(rest.len() - word.len());
            if word.is_empty() {
                return Self { list, after: before.to_owned() };
            }
            let end = word.find(|letter| letter == '=' || is_blank(letter)).unwrap_or(word.len());
            let (label, behind) = word.split_at(end);
            match behind.strip_prefix('=') {
                None => {
                    list.push(Argument { before: before.to_owned(), label: label.to_owned(), value: None });
                    rest = behind;
                }
                Some(behind) => {
                    let (value, after) = behind.split_at(value_end(behind));
                    list.push(Argument { before: before.to_owned(), label: label.to_owned(), value: Some(value.to_owned()) });
                    rest = after;
                }
            }
        }
    }

    /// Labels and values in their order; values without the quotes or brackets around them.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().filter_map(|argument| Some((argument.label.as_str(), bare(argument.value.as_deref()?))))
    }

    /// The value of a label, whatever the case of its letters, without the quotes or brackets around it.
    #[must_use]
    pub fn value(&self, label: &str) -> Option<&str> {
        self.pairs().find(|(found, _)| found.eq_ignore_ascii_case(label)).map(|(_, value)| value)
    }

    /// The value of a label as it stands, with its quotes or brackets.
    #[must_use]
    pub fn raw_value(&self, label: &str) -> Option<&str> {
        self.list.iter().find(|argument| argument.label.eq_ignore_ascii_case(label))?.value.as_deref()
    }

    /// Changes an argument or adds it at the end; `value` stands as it is given.
    pub fn set(&mut self, label: &str, value: String) {
        if let Some(found) = self.list.iter_mut().find(|argument| argument.label.eq_ignore_ascii_case(label)) {
            found.value = Some(value);
            return;
        }
        let before = match (self.list.is_empty(), self.after.is_empty()) {
            (true, _) => String::new(),
            (false, true) => " ".to_owned(),
            (false, false) => std::mem::take(&mut self.after),
        };
        self.list.push(Argument { before, label: label.to_owned(), value: Some(value) });
    }

    /// Gives an argument another label, and says whether there was one.
    pub fn rename(&mut self, label: &str, new: &str) -> bool {
        let found = self.list.iter_mut().find(|argument| argument.label.eq_ignore_ascii_case(label));
        found.map(|argument| new.clone_into(&mut argument.label)).is_some()
    }

    /// Takes an argument out.
    pub fn remove(&mut self, label: &str) {
        self.list.retain(|argument| !argument.label.eq_ignore_ascii_case(label));
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl fmt::Display for Arguments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for argument in &self.list {
            write!(formatter, "{}{}", argument.before, argument.label)?;
            if let Some(value) = &argument.value {
                write!(formatter, "={value}")?;
            }
        }
        formatter.write_str(&self.after)
    }
}

/// What NSS takes for a blank (isspace in the C locale).
fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// The closing partner of an opening quote or bracket.
pub(super) fn partner(open: char) -> Option<char> {
    match open {
        '\'' | '"' => Some(open),
        '(' => Some(')'),
        '[' => Some(']'),
        '{' => Some('}'),
        '<' => Some('>'),
        _ => None,
    }
}

/// Where a value ends: behind the first closing partner that no backslash precedes, for NSS does not count nested ones; else at a blank.
fn value_end(text: &str) -> usize {
    let close = text.chars().next().and_then(partner);
    let mut escaped = false;
    for (position, letter) in text.char_indices().skip(usize::from(close.is_some())) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if Some(letter) == close {
            return position + letter.len_utf8();
        } else if close.is_none() && is_blank(letter) {
            return position;
        }
    }
    text.len()
}

/// A value without the quotes or brackets around it.
fn bare(value: &str) -> &str {
    let Some(close) = value.chars().next().and_then(partner) else { return value };
    let mut letters = value.chars();
    letters.next();
    let inner = letters.as_str();
    inner.strip_suffix(close).unwrap_or(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERNAL: &str =
        "Flags=internal,critical trustOrder=75 cipherOrder=100 slotParams=(1={slotFlags=[ECC,RSA] askpw=any timeout=30})";

    #[test]
    fn what_is_parsed_is_printed() {
        for text in
            ["", "  ", INTERNAL, "slotParams={0x1=[slotFlags=Disable ] 0x2=[x ] }  ", "a b= c='x y' d=\"open", "=x =", "a=(b\\)c) d"]
        {
            assert_eq!(Arguments::parse(text).to_string(), text);
        }
    }

    #[test]
    fn values_lose_their_brackets() {
        let arguments = Arguments::parse(INTERNAL);
        assert_eq!(arguments.value("trustorder"), Some("75"));
        assert_eq!(arguments.value("slotParams"), Some("1={slotFlags=[ECC,RSA] askpw=any timeout=30}"));
        let slots = Arguments::parse(arguments.value("slotParams").unwrap());
        assert_eq!(slots.raw_value("1"), Some("{slotFlags=[ECC,RSA] askpw=any timeout=30}"));
    }

    #[test]
    fn arguments_are_changed_added_and_removed() {
        let mut arguments = Arguments::parse("a=1 b=2");
        arguments.set("A", "3".to_owned());
        arguments.set("c", "{4 }".to_owned());
        assert_eq!(arguments.to_string(), "a=3 b=2 c={4 }");
        arguments.remove("b");
        assert_eq!(arguments.to_string(), "a=3 c={4 }");
    }
}
