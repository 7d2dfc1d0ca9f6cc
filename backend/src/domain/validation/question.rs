//! What is asked: a time, usages, a host name.

use certdeck_shared::validation::{Times, Usage};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::databases::OperationError;

/// A question about validity, as callers write it.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// RFC 3339; now when absent.
    pub at: Option<String>,
    /// Letters of certutil, or names of usages with commas between; all ten when absent.
    pub usage: Option<String>,
    /// The host name that the web's rules are asked about.
    pub name: Option<String>,
}

impl Question {
    /// The time of the question.
    ///
    /// # Errors
    /// Names the field and the form.
    pub fn at(&self, now: OffsetDateTime) -> Result<OffsetDateTime, OperationError> {
        let Some(text) = self.at.as_deref().filter(|text| !text.is_empty()) else { return Ok(now) };
        // A plus sign that nobody encoded arrives as a space.
        OffsetDateTime::parse(&text.replace(' ', "+"), &Rfc3339)
            .map_err(|_| OperationError::invalid("?at", format!("{text:?} is no time; write it as RFC 3339 has it: 2027-03-15T00:00:00Z.")))
    }

    /// The usages asked about.
    ///
    /// # Errors
    /// Names the field and what there is.
    pub fn usages(&self) -> Result<Vec<Usage>, OperationError> {
        let Some(text) = self.usage.as_deref().filter(|text| !text.is_empty()) else { return Ok(Usage::ALL.to_vec()) };
        let named: Option<Vec<Usage>> =
            text.split(',').map(|word| Usage::ALL.into_iter().find(|usage| usage.name() == word.trim())).collect();
        let lettered = || text.chars().map(Usage::from_letter).collect::<Option<Vec<_>>>();
        let mut usages = named.or_else(lettered).ok_or_else(|| {
            let names = Usage::ALL.map(|usage| format!("{} {}", usage.letter(), usage.name())).join(", ");
            OperationError::invalid("?usage", format!("{text:?} names no usages; write letters as for certutil -u, or names: {names}."))
        })?;
        let mut seen = Vec::new();
        usages.retain(|usage| {
            !seen.contains(usage) && {
                seen.push(*usage);
                true
            }
        });
        Ok(usages)
    }
}

/// The time of the question and the clock, as the rules take them.
#[must_use]
pub fn times(at: OffsetDateTime, now: OffsetDateTime) -> Times {
    Times { at: at.unix_timestamp(), now: now.unix_timestamp() }
}
