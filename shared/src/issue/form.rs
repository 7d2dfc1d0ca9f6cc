//! A form becomes the content of a certificate, or a list of what is wrong with it.

use time::Duration;

use super::certificate::Content;
use super::validity::Period;
use crate::api::issue::IssuerAddresses;
use crate::api::problem::FieldError;
use crate::name::DistinguishedName;
use crate::request::{self, RequestForm, Template, Usages};
use crate::x509::view::GeneralNameView;

/// The content that a form describes, for a key of this algorithm (`RSA`, `EC`). Pointers of faults begin with `/form` and `/addresses`.
///
/// # Errors
/// Every wrong field, with the limit and the cure.
pub fn content(form: &RequestForm, addresses: &IssuerAddresses, key_algorithm: &str) -> Result<Content, Vec<FieldError>> {
    let form = with_purpose(form);
    let mut errors: Vec<FieldError> = request::validate(&form).into_iter().map(in_form).collect();
    let mut wrong = |pointer: &str, message: String| errors.push(FieldError { pointer: pointer.to_owned(), message });
    let subject = request::distinguished_name(&form);
    let usages = Usages::of(&form, key_algorithm);
    let constraints = usages.basic_constraints.unwrap_or_default();
    let has = |usage: &str| usages.key_usage.iter().any(|own| own == usage);
    if constraints.ca {
        if subject.is_empty() {
            wrong("/form/subject", "a certificate authority needs a subject, such as CN=Example root CA,O=Example".to_owned());
        }
        if !usages.key_usage.is_empty() && !has("keyCertSign") {
            wrong("/form/key_usage", "a certificate authority needs keyCertSign".to_owned());
        }
    } else if has("keyCertSign") || has("cRLSign") {
        wrong("/form/key_usage", "only a certificate authority signs certificates and revocation lists; take the template ca".to_owned());
    }
    check_uris(&addresses.crl_distribution_points, "/addresses/crl_distribution_points", "http://pki.example.org/ca.crl", &mut wrong);
    check_uris(&addresses.ocsp, "/addresses/ocsp", "http://ocsp.example.org/", &mut wrong);
    if !errors.is_empty() {
        return Err(errors);
    }
    let mut names = request::names(&form.subject_alternative_names).unwrap_or_default();
    if names.is_empty() && usages.extended_key_usage.iter().any(|usage| usage == "serverAuth") {
        names.extend(host_of(&subject));
    }
    let key_usage = if constraints.ca && usages.key_usage.is_empty() {
        ["keyCertSign", "cRLSign"].map(str::to_owned).to_vec()
    } else {
        usages.key_usage
    };
    Ok(Content {
        subject: subject.to_der(),
        subject_alternative_names: names,
        is_authority: constraints.ca,
        path_length: constraints.path_length.map(u32::from),
        key_usage,
        extended_key_usage: usages.extended_key_usage,
        crl_distribution_points: addresses.crl_distribution_points.clone(),
        ocsp: addresses.ocsp.clone(),
    })
}

/// A certificate that is for nothing in particular is one of a TLS server: a request may leave it to the CA, a certificate may not.
fn with_purpose(form: &RequestForm) -> RequestForm {
    let mut form = form.clone();
    if form.template.is_none() && form.key_usage.is_empty() && form.extended_key_usage.is_empty() && form.basic_constraints.is_none() {
        form.template = Some(Template::TlsServer);
    }
    form
}

fn in_form(fault: FieldError) -> FieldError {
    FieldError { pointer: ["/form", &fault.pointer].concat(), ..fault }
}

/// The common name, where it is a host name or an address: browsers look at alternative names only.
fn host_of(subject: &DistinguishedName) -> Option<GeneralNameView> {
    let name = subject.common_name()?.trim();
    if name.contains([' ', ',', ';', '@']) {
        return None;
    }
    let names = request::names(name).ok()?;
    names.into_iter().next().filter(|name| matches!(name, GeneralNameView::Dns(_) | GeneralNameView::Ip(_)))
}

fn check_uris(uris: &[String], pointer: &str, example: &str, wrong: &mut impl FnMut(&str, String)) {
    for uri in uris {
        let read = request::names(&["URI:", uri].concat());
        if !(uri.contains("://") && read.is_ok_and(|names| matches!(names.as_slice(), [GeneralNameView::Uri(_)]))) {
            let shown: String = uri.chars().take(100).collect();
            wrong(pointer, ["“", &shown, "” is not a URI such as ", example].concat());
        }
    }
}

/// Months that a certificate is good for when nobody says otherwise: three as with certutil; a root CA ten years, one below it five.
#[must_use]
pub fn usual_months(content: &Content, has_issuer: bool) -> u32 {
    match (content.is_authority, has_issuer) {
        (true, false) => 120,
        (true, true) => 60,
        (false, _) => 3,
    }
}

/// What the author of a certificate should know. Nothing of it stops the certificate.
#[must_use]
pub fn notes(content: &Content, period: Period) -> Vec<String> {
    let mut notes = Vec::new();
    let is_server = content.extended_key_usage.iter().any(|usage| usage == "serverAuth");
    let reachable = content.subject_alternative_names.iter().any(|name| matches!(name, GeneralNameView::Dns(_) | GeneralNameView::Ip(_)));
    if is_server && !reachable {
        notes.push("It has no host name or address among its alternative names: browsers will refuse it.".to_owned());
    }
    if is_server && period.not_after - period.not_before > Duration::days(398) {
        notes.push("It is good for more than 398 days: Apple's programs refuse server certificates that live so long.".to_owned());
    }
    if content.extended_key_usage.iter().any(|usage| usage == "emailProtection")
        && !content.subject_alternative_names.iter().any(|name| matches!(name, GeneralNameView::Email(_)))
    {
        notes.push("It has no e-mail address among its alternative names: mail programs will not match it to a sender.".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::request::RequestedConstraints;

    fn form(subject: &str) -> RequestForm {
        RequestForm { subject: subject.into(), ..RequestForm::default() }
    }

    #[test]
    fn a_form_without_a_purpose_is_one_of_a_server_with_its_name() {
        let content = content(&form("CN=www.example.org,O=Example"), &IssuerAddresses::default(), "EC").unwrap();
        assert_eq!(content.subject_alternative_names, [GeneralNameView::Dns("www.example.org".into())]);
        assert_eq!((content.extended_key_usage, content.is_authority), (vec!["serverAuth".to_owned()], false));
    }

    #[rstest]
    #[case(RequestForm { template: Some(Template::Ca), subject_alternative_names: "ca.example".into(), ..RequestForm::default() }, "/form/subject")]
    #[case(RequestForm { key_usage: vec!["keyCertSign".into()], ..form("CN=a") }, "/form/key_usage")]
    #[case(RequestForm { key_usage: vec!["digitalSignature".into()], basic_constraints: Some(RequestedConstraints { ca: true, path_length: None }), ..form("CN=a") }, "/form/key_usage")]
    #[case(form(&["CN=", &"a".repeat(65)].concat()), "/form/subject")]
    #[case(form(""), "/form/common_name")]
    fn what_cannot_be_a_certificate_is_named(#[case] form: RequestForm, #[case] pointer: &str) {
        let errors = content(&form, &IssuerAddresses::default(), "EC").unwrap_err();
        assert_eq!(errors[0].pointer, pointer, "{errors:?}");
    }

    #[test]
    fn addresses_are_uris() {
        let addresses = IssuerAddresses { crl_distribution_points: vec!["ca.crl".into()], ocsp: vec!["http://ocsp.example/".into()] };
        let errors = content(&form("CN=a"), &addresses, "EC").unwrap_err();
        assert_eq!((errors.len(), errors[0].pointer.as_str()), (1, "/addresses/crl_distribution_points"));
    }
}
