//! A form from what there is: the subject, names and usages of an existing certificate or request.

use super::{RequestForm, RequestView, RequestedConstraints};
use crate::name::DistinguishedName;
use crate::x509::view::{BasicConstraintsView, CertificateView, GeneralNameView, Word};

impl RequestForm {
    /// Asks for the same again: subject in its order, names, usages. Names of kinds that cannot be asked for here are left out.
    #[must_use]
    pub fn of_certificate(certificate: &CertificateView) -> Self {
        of(
            &certificate.subject,
            &certificate.subject_alternative_names,
            certificate.key_usage.as_deref(),
            certificate.extended_key_usage.as_deref(),
            certificate.basic_constraints,
        )
    }

    /// Asks for what a request asked for.
    #[must_use]
    pub fn of_request(request: &RequestView) -> Self {
        of(
            &request.subject,
            &request.subject_alternative_names,
            request.key_usage.as_deref(),
            request.extended_key_usage.as_deref(),
            request.basic_constraints,
        )
    }
}

fn of(
    subject: &DistinguishedName,
    names: &[GeneralNameView],
    key_usage: Option<&[Word]>,
    extended_key_usage: Option<&[Word]>,
    basic_constraints: Option<BasicConstraintsView>,
) -> RequestForm {
    let words = |list: Option<&[Word]>| list.unwrap_or_default().iter().map(|word| word.clone().into_owned()).collect();
    RequestForm {
        subject: subject.to_string(),
        subject_alternative_names: names.iter().filter_map(typed).collect::<Vec<_>>().join("\n"),
        key_usage: words(key_usage),
        extended_key_usage: words(extended_key_usage).into_iter().map(by_number).collect(),
        // An end entity need not say that it is none.
        basic_constraints: basic_constraints.filter(|constraints| constraints.ca).map(|constraints| RequestedConstraints {
            ca: true,
            path_length: constraints.path_length.and_then(|length| u8::try_from(length).ok()),
        }),
        ..RequestForm::default()
    }
}

/// Usages with a name that a form does not know go by their identifier.
fn by_number(usage: String) -> String {
    let offered = super::EXTENDED_KEY_USAGES.iter().any(|(name, _)| *name == usage);
    if offered { usage } else { crate::x509::oid::dotted_of(&usage).map_or(usage, str::to_owned) }
}

/// A name as it is typed; with its kind where that is not plain from its looks.
fn typed(name: &GeneralNameView) -> Option<String> {
    let text = match name {
        GeneralNameView::Dns(text) => ["DNS:", text].concat(),
        GeneralNameView::Ip(text) => text.clone(),
        GeneralNameView::Email(text) => ["email:", text].concat(),
        GeneralNameView::Uri(text) => ["URI:", text].concat(),
        _ => return None,
    };
    super::names(&text).is_ok().then_some(text)
}
