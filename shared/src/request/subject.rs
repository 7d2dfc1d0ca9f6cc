//! The subject of a form: from single fields, or from one text in any order. Each attribute has its limits.

use super::RequestForm;
use crate::api::problem::FieldError;
use crate::name::{AttributeTypeAndValue, DistinguishedName};

/// A field of the form that becomes an attribute of the subject.
struct SubjectField {
    /// Its name in JSON.
    name: &'static str,
    /// Dotted OID of the attribute.
    oid: &'static str,
    value: fn(&RequestForm) -> &str,
}

/// The fields in the order of the subject, most significant first.
const FIELDS: [SubjectField; 7] = [
    SubjectField { name: "country", oid: "2.5.4.6", value: |form| &form.country },
    SubjectField { name: "state_or_province", oid: "2.5.4.8", value: |form| &form.state_or_province },
    SubjectField { name: "locality", oid: "2.5.4.7", value: |form| &form.locality },
    SubjectField { name: "organization", oid: "2.5.4.10", value: |form| &form.organization },
    SubjectField { name: "organizational_unit", oid: "2.5.4.11", value: |form| &form.organizational_unit },
    SubjectField { name: "common_name", oid: "2.5.4.3", value: |form| &form.common_name },
    SubjectField { name: "email_address", oid: "1.2.840.113549.1.9.1", value: |form| &form.email_address },
];

/// What people call an attribute, and most characters of it (upper bounds of RFC 5280 appendix A.1 and of X.520).
pub(super) const LIMITS: [(&str, &str, usize); 19] = [
    ("2.5.4.6", "country", 2),
    ("2.5.4.8", "state or province", 128),
    ("2.5.4.7", "locality", 128),
    ("2.5.4.10", "organization", 64),
    ("2.5.4.11", "organizational unit", 64),
    ("2.5.4.3", "common name", 64),
    ("1.2.840.113549.1.9.1", "e-mail address", 255),
    ("2.5.4.5", "serial number", 64),
    ("2.5.4.9", "street", 128),
    ("2.5.4.12", "title", 64),
    ("2.5.4.13", "description", 1024),
    ("2.5.4.15", "business category", 128),
    ("2.5.4.17", "postal code", 40),
    ("2.5.4.20", "telephone number", 32),
    ("2.5.4.46", "distinguished name qualifier", 64),
    ("2.5.4.65", "pseudonym", 128),
    ("0.9.2342.19200300.100.1.25", "domain component", 63),
    ("0.9.2342.19200300.100.1.1", "user identifier", 256),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdiction country", 2),
];

/// Most characters of an attribute without a limit of its own.
const LONGEST: usize = 1024;

/// Most attributes of a subject.
const MOST: usize = 100;

/// The values of a field: one a line for the organizational unit, one for all others.
fn values<'a>(form: &'a RequestForm, field: &SubjectField) -> Vec<&'a str> {
    let text = (field.value)(form);
    if field.name == "organizational_unit" {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    } else {
        Some(text.trim()).filter(|text| !text.is_empty()).into_iter().collect()
    }
}

fn attribute(oid: &'static str, value: &str) -> AttributeTypeAndValue {
    let value = if oid == "2.5.4.6" { value.to_ascii_uppercase() } else { value.to_owned() };
    AttributeTypeAndValue { oid: oid.into(), value }
}

/// The subject a form describes; empty fields are left out. Nothing when its text is none: see `validate`.
#[must_use]
pub fn distinguished_name(form: &RequestForm) -> DistinguishedName {
    if !form.subject.trim().is_empty() {
        let mut name = DistinguishedName::parse_any(&form.subject).unwrap_or_default();
        for attribute in name.rdns.iter_mut().flatten().filter(|attribute| attribute.oid == "2.5.4.6") {
            attribute.value.make_ascii_uppercase();
        }
        return name;
    }
    let all = FIELDS.iter().flat_map(|field| values(form, field).into_iter().map(|value| vec![attribute(field.oid, value)]));
    DistinguishedName { rdns: all.collect() }
}

/// What is wrong with the subject, field by field.
pub(super) fn faults(form: &RequestForm, errors: &mut Vec<FieldError>) {
    let mut wrong = |field: &str, message: String| errors.push(FieldError { pointer: ["/", field].concat(), message });
    let text = form.subject.trim();
    if text.is_empty() {
        for field in &FIELDS {
            let fault = values(form, field).into_iter().find_map(|value| fault(&attribute(field.oid, value)));
            if let Some(message) = fault {
                wrong(field.name, message);
            }
        }
        return;
    }
    if let Some(field) = FIELDS.iter().find(|field| !(field.value)(form).trim().is_empty()) {
        wrong("subject", ["give the whole subject here or its fields, not both: ", field.name, " is filled in as well"].concat());
        return;
    }
    match DistinguishedName::parse_any(text) {
        Err(error) => wrong("subject", error.to_string()),
        Ok(name) if name.rdns.iter().flatten().count() > MOST => {
            wrong("subject", ["a subject has at most ", &MOST.to_string(), " attributes"].concat());
        }
        Ok(name) => {
            if let Some(message) = name.rdns.iter().flatten().find_map(fault) {
                wrong("subject", message);
            }
        }
    }
}

fn fault(attribute: &AttributeTypeAndValue) -> Option<String> {
    let value = attribute.value.as_str();
    let limit = LIMITS.iter().find(|(oid, ..)| *oid == attribute.oid);
    let (label, longest) = limit.map_or((attribute.short_name(), LONGEST), |(_, label, longest)| (*label, *longest));
    let characters = value.chars().count();
    if value.trim().is_empty() {
        return Some(["the ", label, " is empty; leave it out"].concat());
    }
    if value.chars().any(char::is_control) {
        return Some(["the ", label, " has a control character; remove it"].concat());
    }
    if longest == 2 {
        let letters = characters == 2 && value.bytes().all(|octet| octet.is_ascii_alphabetic());
        return (!letters).then(|| ["a ", label, " is two letters of ISO 3166, such as CH"].concat());
    }
    if characters > longest {
        let (is, may) = (characters.to_string(), longest.to_string());
        return Some(["the ", label, " has ", &is, " characters; at most ", &may, " are allowed"].concat());
    }
    let mailbox = || value.is_ascii() && value.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    match attribute.oid.as_ref() {
        "1.2.840.113549.1.9.1" if !mailbox() => Some("an e-mail address looks like hostmaster@example.org".to_owned()),
        "0.9.2342.19200300.100.1.25" if !value.is_ascii() => {
            Some("a domain component is ASCII; write it in its xn-- form (RFC 5890)".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn of(subject: &str) -> Vec<String> {
        let mut errors = Vec::new();
        faults(&RequestForm { subject: subject.into(), ..RequestForm::default() }, &mut errors);
        assert!(errors.iter().all(|error| error.pointer == "/subject"));
        errors.into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn attributes_come_in_any_order_and_as_often_as_wanted() {
        let subject = "OU=b, CN=host, OU=a, DC=example, C=ch, OU=c, telephoneNumber=\\+41 1 234";
        let form = RequestForm { subject: subject.into(), ..RequestForm::default() };
        assert_eq!(of(subject), Vec::<String>::new());
        assert_eq!(distinguished_name(&form).to_string(), "OU=b,CN=host,OU=a,DC=example,C=CH,OU=c,telephoneNumber=\\+41 1 234");
    }

    #[rstest]
    #[case("CN=", "the common name is empty; leave it out")]
    #[case("C=Switzerland", "a country is two letters of ISO 3166, such as CH")]
    #[case("CN=a, no equals", "“no equals” has no “=”; a name looks like CN=www.example.org,O=Example,C=CH")]
    #[case("XY=a", "“XY” is no attribute of a name; known are CN, OU, O, L, ST, C, DC, UID, emailAddress and dotted OIDs")]
    fn faults_of_a_whole_subject_are_named(#[case] subject: &str, #[case] message: &str) {
        assert_eq!(of(subject), [message]);
    }

    #[test]
    fn names_have_lengths() {
        assert_eq!(of(&["O=a,CN=", &"x".repeat(65)].concat()), ["the common name has 65 characters; at most 64 are allowed"]);
        assert_eq!(of(&["1.2.3.4=", &"x".repeat(1025)].concat()), ["the 1.2.3.4 has 1025 characters; at most 1024 are allowed"]);
        assert_eq!(of(&vec!["OU=a"; 101].join(",")), ["a subject has at most 100 attributes"]);
    }

    #[test]
    fn a_subject_is_given_once() {
        let form = RequestForm { subject: "CN=a".into(), organization: "b".into(), ..RequestForm::default() };
        let mut errors = Vec::new();
        faults(&form, &mut errors);
        assert_eq!(errors[0].message, "give the whole subject here or its fields, not both: organization is filled in as well");
    }
}
