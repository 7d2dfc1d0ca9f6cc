//! The filter of the notices: words that must all be said somewhere, and words about one field, such as `kind:trust` or `by:ada`.

use certdeck_shared::api::notice::Notice;

use super::words::{kind_words, urgency_mark};
use crate::state::filter::{Term, terms};

/// A parsed filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    terms: Vec<Term<Field>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Kind,
    Urgency,
    About,
    By,
}

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Self {
        Self { terms: terms(text, field) }
    }

    /// Whether a notice passes.
    pub fn has(&self, notice: &Notice) -> bool {
        self.terms.iter().all(|term| term.has(notice) != term.negated)
    }
}

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "kind" => Field::Kind,
        "urgency" => Field::Urgency,
        "about" => Field::About,
        "by" => Field::By,
        _ => return None,
    })
}

impl Term<Field> {
    fn has(&self, notice: &Notice) -> bool {
        let value = self.value.as_str();
        let within = |text: &str| text.to_lowercase().contains(value);
        let some_within = |text: &Option<String>| text.as_deref().is_some_and(within);
        let kind = || within(kind_words(notice.kind)) || within(notice.kind.name());
        let urgency = || within(urgency_mark(notice.urgency).2);
        let about = || {
            let about = &notice.about;
            within(&about.label)
                || some_within(&about.nickname)
                || some_within(&about.path)
                || about.certificate.as_deref().is_some_and(|fingerprint| fingerprint.starts_with(value))
        };
        let by = || some_within(&notice.acknowledged_by);
        match self.field {
            Some(Field::Kind) => kind(),
            Some(Field::Urgency) => urgency(),
            Some(Field::About) => about(),
            Some(Field::By) => by(),
            None => within(&notice.title) || within(&notice.words) || kind() || about() || by(),
        }
    }
}
