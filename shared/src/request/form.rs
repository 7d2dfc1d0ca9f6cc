//! What a form must hold before it can become a request, and what should make its author think again.

use super::{RequestForm, distinguished_name, names, purpose, subject};
use crate::api::problem::FieldError;
use crate::x509::view::GeneralNameView;

/// Most characters of a challenge password (PKCS#9, RFC 2985 appendix B).
const LONGEST_CHALLENGE: usize = 255;

/// Everything that is wrong with a form, each with the limit and the cure. Nothing when it can become a request.
#[must_use]
pub fn validate(form: &RequestForm) -> Vec<FieldError> {
    let mut errors = Vec::new();
    subject::faults(form, &mut errors);
    let names = names(&form.subject_alternative_names);
    if let Err(problems) = &names {
        for problem in problems {
            errors.push(FieldError { pointer: "/subject_alternative_names".to_owned(), message: problem.to_string() });
        }
    }
    let nameless = names.is_ok_and(|names| names.is_empty()) && distinguished_name(form).is_empty();
    if nameless && errors.is_empty() {
        errors.push(FieldError {
            pointer: "/common_name".to_owned(),
            message: "give at least one name: a common name or an alternative name".to_owned(),
        });
    }
    purpose::faults(form, &mut errors);
    if let Some(message) = wrong_line(&form.challenge_password, "challenge password", LONGEST_CHALLENGE) {
        errors.push(FieldError { pointer: "/challenge_password".to_owned(), message });
    }
    errors
}

/// What speaks against a text that is to be one line of at most so many characters.
#[must_use]
pub fn wrong_line(text: &str, label: &str, longest: usize) -> Option<String> {
    let characters = text.chars().count();
    if text.chars().any(char::is_control) {
        Some(["the ", label, " has a control character; remove it"].concat())
    } else if characters > longest {
        Some(["the ", label, " has ", &characters.to_string(), " characters; at most ", &longest.to_string(), " are allowed"].concat())
    } else {
        None
    }
}

/// What a CA or a browser will probably not like, in words. Does not stop the request.
#[must_use]
pub fn notes(form: &RequestForm) -> Vec<String> {
    let mut notes = Vec::new();
    let Ok(names) = names(&form.subject_alternative_names) else { return notes };
    let subject = distinguished_name(form);
    let common_name = subject.common_name().unwrap_or_default();
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
    if !form.challenge_password.is_empty() {
        notes.push("Everyone who sees the request can read the challenge password.".to_owned());
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
    #[case(|form: &mut RequestForm| form.challenge_password = "a".repeat(256), "/challenge_password", "the challenge password has 256 characters; at most 255 are allowed")]
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
        let whole = RequestForm { common_name: String::new(), country: String::new(), subject: "C=ch,CN=www.example.org".into(), ..form };
        assert_eq!((validate(&whole), notes(&whole)), (vec![], vec![]));
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
