//! What a form must hold before it can become a request, and what should make its author think again.

use std::borrow::Cow;

use super::{RequestForm, names};
use crate::api::problem::FieldError;
use crate::name::{AttributeTypeAndValue, DistinguishedName};
use crate::x509::view::GeneralNameView;

/// A field of the form that becomes an attribute of the subject.
struct SubjectField {
    /// Its name in JSON.
    name: &'static str,
    /// What people call it.
    label: &'static str,
    /// Dotted OID of the attribute.
    oid: &'static str,
    /// Most characters (upper bounds of RFC 5280 appendix A.1).
    longest: usize,
    value: fn(&RequestForm) -> &str,
}

/// The fields in the order of the subject, most significant first.
const FIELDS: [SubjectField; 7] = [
    SubjectField { name: "country", label: "country", oid: "2.5.4.6", longest: 2, value: |form| &form.country },
    SubjectField {
        name: "state_or_province",
        label: "state or province",
        oid: "2.5.4.8",
        longest: 128,
        value: |form| &form.state_or_province,
    },
    SubjectField { name: "locality", label: "locality", oid: "2.5.4.7", longest: 128, value: |form| &form.locality },
    SubjectField { name: "organization", label: "organization", oid: "2.5.4.10", longest: 64, value: |form| &form.organization },
    SubjectField {
        name: "organizational_unit",
        label: "organizational unit",
        oid: "2.5.4.11",
        longest: 64,
        value: |form| &form.organizational_unit,
    },
    SubjectField { name: "common_name", label: "common name", oid: "2.5.4.3", longest: 64, value: |form| &form.common_name },
    SubjectField {
        name: "email_address",
        label: "e-mail address",
        oid: "1.2.840.113549.1.9.1",
        longest: 255,
        value: |form| &form.email_address,
    },
];

/// The values of a field: one a line for the organizational unit, one for all others.
fn values<'a>(form: &'a RequestForm, field: &SubjectField) -> Vec<&'a str> {
    let text = (field.value)(form);
    if field.name == "organizational_unit" {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    } else {
        Some(text.trim()).filter(|text| !text.is_empty()).into_iter().collect()
    }
}

/// The subject a form describes; empty fields are left out.
#[must_use]
pub fn distinguished_name(form: &RequestForm) -> DistinguishedName {
    let mut rdns = Vec::new();
    for field in &FIELDS {
        for value in values(form, field) {
            let value = if field.name == "country" { value.to_ascii_uppercase() } else { value.to_owned() };
            rdns.push(vec![AttributeTypeAndValue { oid: Cow::Borrowed(field.oid), value }]);
        }
    }
    DistinguishedName { rdns }
}

/// Everything that is wrong with a form, each with the limit and the cure. Nothing when it can become a request.
#[must_use]
pub fn validate(form: &RequestForm) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for field in &FIELDS {
        for value in values(form, field) {
            if let Some(message) = fault(field, value) {
                errors.push(FieldError { pointer: ["/", field.name].concat(), message });
                break;
            }
        }
    }
    let names = names(&form.subject_alternative_names);
    if let Err(problems) = &names {
        for problem in problems {
            errors.push(FieldError { pointer: "/subject_alternative_names".to_owned(), message: problem.to_string() });
        }
    }
    let nameless = names.is_ok_and(|names| names.is_empty()) && distinguished_name(form).is_empty();
    if nameless {
        errors.push(FieldError {
            pointer: "/common_name".to_owned(),
            message: "give at least one name: a common name or an alternative name".to_owned(),
        });
    }
    errors
}

fn fault(field: &SubjectField, value: &str) -> Option<String> {
    let characters = value.chars().count();
    if value.chars().any(char::is_control) {
        return Some(["the ", field.label, " has a control character; remove it"].concat());
    }
    if field.name == "country" {
        let letters = characters == 2 && value.bytes().all(|octet| octet.is_ascii_alphabetic());
        return (!letters).then(|| "a country is two letters of ISO 3166, such as CH".to_owned());
    }
    if characters > field.longest {
        let (is, may) = (characters.to_string(), field.longest.to_string());
        return Some(["the ", field.label, " has ", &is, " characters; at most ", &may, " are allowed"].concat());
    }
    if field.name == "email_address"
        && !(value.is_ascii() && value.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()))
    {
        return Some("an e-mail address looks like hostmaster@example.org".to_owned());
    }
    None
}

/// What a CA or a browser will probably not like, in words. Does not stop the request.
#[must_use]
pub fn notes(form: &RequestForm) -> Vec<String> {
    let mut notes = Vec::new();
    let Ok(names) = names(&form.subject_alternative_names) else { return notes };
    let common_name = form.common_name.trim();
    if names.is_empty() && !common_name.is_empty() {
        notes.push(["Browsers look at alternative names only: add ", common_name, " there if this is for a server."].concat());
    } else if common_name.contains('.') && !common_name.contains([' ', '@']) && !names.iter().any(|name| is_named(name, common_name)) {
        notes.push(["The common name ", common_name, " is not among the alternative names; browsers will not accept it."].concat());
    }
    for name in &names {
        match name {
            GeneralNameView::Dns(host) if !host.contains('.') => {
                notes.push([host, " has no dot: public CAs do not certify it."].concat());
            }
            GeneralNameView::Dns(host)
                if [".local", ".internal", ".lan", ".home.arpa", ".localhost", ".test"].iter().any(|end| host.ends_with(end)) =>
            {
                notes.push([host, " is an internal name: public CAs do not certify it."].concat());
            }
            GeneralNameView::Ip(ip) if ip.parse().is_ok_and(is_internal) => {
                notes.push([ip, " is an internal address: public CAs do not certify it."].concat());
            }
            _ => {}
        }
    }
    notes
}

fn is_named(name: &GeneralNameView, text: &str) -> bool {
    matches!(name, GeneralNameView::Dns(value) | GeneralNameView::Ip(value) if value.eq_ignore_ascii_case(text))
}

fn is_internal(ip: std::net::IpAddr) -> bool {
    match ip {
        std::net::IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local(),
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn form(change: fn(&mut RequestForm)) -> RequestForm {
        let mut form = RequestForm {
            common_name: "www.example.org".into(),
            subject_alternative_names: "www.example.org".into(),
            ..RequestForm::default()
        };
        change(&mut form);
        form
    }

    #[rstest]
    #[case(|form: &mut RequestForm| form.country = "Switzerland".into(), "/country", "a country is two letters of ISO 3166, such as CH")]
    #[case(|form: &mut RequestForm| form.country = "C1".into(), "/country", "a country is two letters of ISO 3166, such as CH")]
    #[case(|form: &mut RequestForm| form.common_name = "a".repeat(65), "/common_name", "the common name has 65 characters; at most 64 are allowed")]
    #[case(|form: &mut RequestForm| form.organizational_unit = ["Web\n".to_owned(), "a".repeat(65)].concat(), "/organizational_unit", "the organizational unit has 65 characters; at most 64 are allowed")]
    #[case(|form: &mut RequestForm| form.locality = "Z\u{7}rich".into(), "/locality", "the locality has a control character; remove it")]
    #[case(|form: &mut RequestForm| form.email_address = "nobody".into(), "/email_address", "an e-mail address looks like hostmaster@example.org")]
    #[case(|form: &mut RequestForm| form.subject_alternative_names = "a.example\na..b".into(), "/subject_alternative_names", "line 2: “a..b” is not a host name: its labels have 1 to 63 characters")]
    #[case(|form: &mut RequestForm| *form = RequestForm::default(), "/common_name", "give at least one name: a common name or an alternative name")]
    fn faults_name_field_limit_and_cure(#[case] change: fn(&mut RequestForm), #[case] pointer: &str, #[case] message: &str) {
        let errors = validate(&form(change));
        assert_eq!(errors, [FieldError { pointer: pointer.into(), message: message.into() }]);
    }

    #[test]
    fn a_good_form_has_neither_faults_nor_notes() {
        let form = form(|form| form.country = "ch".into());
        assert_eq!(validate(&form), []);
        assert_eq!(notes(&form), Vec::<String>::new());
        assert_eq!(distinguished_name(&form).to_string(), "CN=www.example.org,C=CH");
    }

    #[rstest]
    #[case(|form: &mut RequestForm| form.subject_alternative_names = String::new(), "Browsers look at alternative names only: add www.example.org there if this is for a server.")]
    #[case(|form: &mut RequestForm| form.subject_alternative_names = "example.org".into(), "The common name www.example.org is not among the alternative names; browsers will not accept it.")]
    #[case(|form: &mut RequestForm| form.subject_alternative_names += "\nmail", "mail has no dot: public CAs do not certify it.")]
    #[case(|form: &mut RequestForm| form.subject_alternative_names += "\n10.1.2.3", "10.1.2.3 is an internal address: public CAs do not certify it.")]
    fn weak_names_are_noted(#[case] change: fn(&mut RequestForm), #[case] note: &str) {
        assert_eq!(notes(&form(change)), [note]);
    }
}
