//! What a CA makes of somebody's request: copied, replaced, left out, added; or refused.

use super::certificate::Content;
use super::{extension, form};
use crate::api::issue::{Decision, DecisionOutcome, SigningPolicy};
use crate::api::problem::FieldError;
use crate::request::{self, RequestForm, RequestView, RequestedConstraints, SignatureAlgorithm};
use crate::x509::view::{BasicConstraintsView, GeneralNameView, Word};

/// A request that the policy lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What the certificate will say.
    pub content: Content,
    /// Its key, a SubjectPublicKeyInfo.
    pub subject_public_key_info: Vec<u8>,
    /// What was done with each part of the request.
    pub decisions: Vec<Decision>,
}

/// Applies a policy to a request, DER. The caller verifies the signature of the request.
///
/// # Errors
/// Why the request is refused, or the policy makes no certificate, each with the cure. Pointers are those of the body of `…/issued`.
pub fn judge(request: &[u8], policy: &SigningPolicy) -> Result<Judgement, Vec<FieldError>> {
    let unreadable = |reason: request::RequestError| vec![FieldError { pointer: "/request".to_owned(), message: reason.to_string() }];
    let asked = request::view(request).map_err(unreadable)?;
    let parts = request::signed_parts(request).map_err(unreadable)?;
    let subject_der = request::inspect(parts.to_be_signed).map_err(unreadable)?.subject_der;
    let mut errors = refusals(&asked, parts.subject_public_key_info, policy);
    let form = form_of(&asked, policy);
    let mut content = match form::content(&form, &policy.addresses, &asked.public_key.algorithm) {
        Ok(content) => content,
        Err(faults) => {
            errors.extend(faults.into_iter().map(|fault| in_policy(fault, policy)));
            return Err(errors);
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let (outcome, reason) = if policy.subject.is_some() {
        (DecisionOutcome::Replaced, "the policy gives another")
    } else {
        // Not by way of the text: the very octets that were asked for.
        content.subject = subject_der;
        (DecisionOutcome::Copied, "the policy takes it as it is asked for")
    };
    let given = request::distinguished_name(&form).to_string();
    let mut decisions =
        vec![decision("subject", Some(asked.subject.to_string()), outcome, Some(given), reason), names_decision(&asked, policy, &content)];
    decisions.extend(usage_decisions(&asked, policy, &content));
    decisions.push(constraints_decision(&asked, &content));
    left_out(&asked, &mut decisions);
    Ok(Judgement { content, subject_public_key_info: parts.subject_public_key_info.to_vec(), decisions })
}

fn refusals(asked: &RequestView, subject_public_key_info: &[u8], policy: &SigningPolicy) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut refuse = |message: String| errors.push(FieldError { pointer: "/request".to_owned(), message });
    if SignatureAlgorithm::for_key(subject_public_key_info).is_none() {
        let kind = asked.public_key.short();
        refuse(["a key of the kind ", &kind, " is not certified here; RSA, P-256, P-384, P-521 and Ed25519 are"].concat());
    } else if asked.public_key.algorithm == "RSA" && asked.public_key.bits < 2048 && !policy.accept_weak_key {
        let bits = asked.public_key.bits.to_string();
        refuse(["its RSA key has ", &bits, " bits, and at least 2048 are safe; accept_weak_key takes it all the same"].concat());
    }
    for extension in &asked.extensions {
        if let Some(reason) = &extension.malformed {
            refuse([extension.name.as_deref().unwrap_or(&extension.oid), " cannot be read: ", reason].concat());
        }
    }
    for name in wanted_names(asked, policy).filter(|name| !is_one_name(name)) {
        let shown: String = text(name).chars().take(100).collect();
        refuse(["its alternative name “", &shown, "” is none; give other names in the policy"].concat());
    }
    errors
}

/// What the certificate is to say, as a form, so that it meets the checks of every other certificate.
fn form_of(asked: &RequestView, policy: &SigningPolicy) -> RequestForm {
    let names = match &policy.subject_alternative_names {
        Some(names) => names.clone(),
        None => wanted_names(asked, policy).map(text).collect::<Vec<_>>().join("\n"),
    };
    let is_authority = policy.template == request::Template::Ca;
    let copies = policy.copy_usages && !is_authority;
    let copied = |usages: Option<&[Word]>, keep: fn(&str) -> bool| -> Vec<String> {
        let all = usages.filter(|_| copies).unwrap_or_default();
        all.iter().filter(|usage| keep(usage)).map(|usage| usage.clone().into_owned()).collect()
    };
    RequestForm {
        subject: policy.subject.clone().unwrap_or_else(|| asked.subject.to_string()),
        subject_alternative_names: names,
        template: Some(policy.template),
        key_usage: copied(asked.key_usage.as_deref(), |usage| !is_reserved(usage)),
        extended_key_usage: copied(asked.extended_key_usage.as_deref(), |usage| extension::extended_key_usage_identifier(usage).is_some()),
        basic_constraints: (is_authority || policy.path_length.is_some())
            .then_some(RequestedConstraints { ca: is_authority, path_length: policy.path_length }),
        ..RequestForm::default()
    }
}

/// What only an authority does.
fn is_reserved(usage: &str) -> bool {
    usage == "keyCertSign" || usage == "cRLSign"
}

/// Faults of the form are faults of the policy, where that says what the form said; else of the request.
fn in_policy(fault: FieldError, policy: &SigningPolicy) -> FieldError {
    if let Some(rest) = fault.pointer.strip_prefix("/addresses") {
        return FieldError { pointer: ["/policy/addresses", rest].concat(), ..fault };
    }
    let pointer = match fault.pointer.strip_prefix("/form/").unwrap_or_default() {
        "subject" | "common_name" if policy.subject.is_some() => "/policy/subject",
        "subject_alternative_names" if policy.subject_alternative_names.is_some() => "/policy/subject_alternative_names",
        "basic_constraints/path_length" => "/policy/path_length",
        _ => "/request",
    };
    FieldError { pointer: pointer.to_owned(), ..fault }
}

/// Names that the request asks for and that are copied.
fn wanted_names<'a>(asked: &'a RequestView, policy: &SigningPolicy) -> impl Iterator<Item = &'a GeneralNameView> {
    let copies = policy.subject_alternative_names.is_none() && policy.copy_subject_alternative_names;
    let all = if copies { asked.subject_alternative_names.as_slice() } else { &[] };
    all.iter().filter(|name| {
        matches!(name, GeneralNameView::Dns(_) | GeneralNameView::Ip(_) | GeneralNameView::Email(_) | GeneralNameView::Uri(_))
    })
}

/// A name as people type it.
fn text(name: &GeneralNameView) -> String {
    match name {
        GeneralNameView::Dns(text) => ["DNS:", text].concat(),
        GeneralNameView::Ip(text) => ["IP:", text].concat(),
        GeneralNameView::Email(text) => ["email:", text].concat(),
        GeneralNameView::Uri(text) => ["URI:", text].concat(),
        GeneralNameView::DirectoryName(text) => ["directory name ", text].concat(),
        GeneralNameView::RegisteredId(text) => ["registered identifier ", text].concat(),
        GeneralNameView::OtherName { oid, value } => ["other name ", oid, " ", value].concat(),
        GeneralNameView::Unknown { hex, .. } => ["unknown name ", hex].concat(),
    }
}

/// Whether a name reads back as that very name: what a request holds is checked as what people type, and a name with a comma in it
/// must not become two.
fn is_one_name(name: &GeneralNameView) -> bool {
    let read = request::names(&text(name)).unwrap_or_default();
    match (read.as_slice(), name) {
        ([GeneralNameView::Dns(read)], GeneralNameView::Dns(wanted)) | ([GeneralNameView::Email(read)], GeneralNameView::Email(wanted)) => {
            read.eq_ignore_ascii_case(wanted)
        }
        ([read], wanted) => read == wanted,
        _ => false,
    }
}

fn decision(part: &str, asked: Option<String>, outcome: DecisionOutcome, given: Option<String>, reason: &str) -> Decision {
    Decision { part: part.to_owned(), asked, outcome, given, reason: reason.to_owned() }
}

fn names_decision(asked: &RequestView, policy: &SigningPolicy, content: &Content) -> Decision {
    let shown = |names: &[GeneralNameView]| joined(names.iter().map(text));
    let (wanted, given) = (shown(&asked.subject_alternative_names), shown(&content.subject_alternative_names));
    let copied = wanted_names(asked, policy).count();
    let (outcome, reason) = match (&wanted, &given) {
        (_, Some(_)) if policy.subject_alternative_names.is_some() => (DecisionOutcome::Replaced, "as the policy says"),
        (Some(_), Some(_)) if copied == asked.subject_alternative_names.len() => (DecisionOutcome::Copied, "the policy copies names"),
        (Some(_), Some(_)) if copied > 0 => (DecisionOutcome::Replaced, "only DNS names, addresses, e-mail addresses and URIs are copied"),
        (Some(_), Some(_)) => (DecisionOutcome::Replaced, "a server is found by its alternative names: its common name is one"),
        (None, Some(_)) => (DecisionOutcome::Added, "a server is found by its alternative names: its common name is one"),
        (_, None) => (DecisionOutcome::LeftOut, "the policy copies no names, or the request has none that are copied"),
    };
    decision("subjectAltName", wanted, outcome, given, reason)
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    Some(parts.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
}

fn usage_decisions(asked: &RequestView, policy: &SigningPolicy, content: &Content) -> Vec<Decision> {
    let one = |part: &str, wanted: Option<&[Word]>, given: &[String]| {
        let shown = wanted.and_then(|wanted| joined(wanted.iter().map(|usage| usage.clone().into_owned())));
        let same = wanted.is_some_and(|wanted| wanted.iter().eq(given.iter()));
        let (outcome, reason) = match wanted {
            None => (DecisionOutcome::Added, "as the template says"),
            Some(_) if same => (DecisionOutcome::Copied, "asked for, and what the policy gives"),
            Some(_) if policy.copy_usages => (
                DecisionOutcome::Replaced,
                "the policy copies usages that it knows, and only an authority signs certificates and revocation lists",
            ),
            Some(_) => (DecisionOutcome::Replaced, "as the template says; the policy copies no usages"),
        };
        decision(part, shown, outcome, joined(given.iter().cloned()), reason)
    };
    let both = [
        one("keyUsage", asked.key_usage.as_deref(), &content.key_usage),
        one("extKeyUsage", asked.extended_key_usage.as_deref(), &content.extended_key_usage),
    ];
    both.into_iter().filter(|decision| decision.asked.is_some() || decision.given.is_some()).collect()
}

fn constraints_decision(asked: &RequestView, content: &Content) -> Decision {
    let words = |constraints: BasicConstraintsView| match (constraints.ca, constraints.path_length) {
        (true, Some(length)) => ["a certificate authority, path length ", &length.to_string()].concat(),
        (true, None) => "a certificate authority".to_owned(),
        (false, _) => "no certificate authority".to_owned(),
    };
    let wanted = asked.basic_constraints.map(words);
    let given = Some(words(BasicConstraintsView { ca: content.is_authority, path_length: content.path_length }));
    let outcome = match &wanted {
        None => DecisionOutcome::Added,
        Some(_) if wanted == given => DecisionOutcome::Copied,
        Some(_) => DecisionOutcome::Replaced,
    };
    decision("basicConstraints", wanted, outcome, given, "never from the request: as the template says")
}

/// Extensions that have a decision of their own, or are made anew.
const JUDGED: [&str; 5] = [
    extension::id::SUBJECT_ALTERNATIVE_NAME,
    extension::id::KEY_USAGE,
    extension::id::EXTENDED_KEY_USAGE,
    extension::id::BASIC_CONSTRAINTS,
    extension::id::SUBJECT_KEY_IDENTIFIER,
];

fn left_out(asked: &RequestView, decisions: &mut Vec<Decision>) {
    for extension in asked.extensions.iter().filter(|extension| !JUDGED.contains(&extension.oid.as_ref())) {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        decisions.push(decision(name, Some("asked for".to_owned()), DecisionOutcome::LeftOut, None, "no policy copies this extension"));
    }
    for (name, _) in &asked.attributes {
        let reason = "attributes are for the CA and stay out of the certificate";
        decisions.push(decision(name, Some("given".to_owned()), DecisionOutcome::LeftOut, None, reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_request_meet_the_checks_of_the_form() {
        for good in ["A.example", "*.example.org", "xn--bcher-kva.example"] {
            assert!(is_one_name(&GeneralNameView::Dns(good.into())), "{good}");
        }
        assert!(is_one_name(&GeneralNameView::Ip("2001:db8::1".into())));
        for bad in ["", "a..example", "evil.example, DNS:bank.example", "evil.example bank.example", "a.example\nb.example", "192.0.2.1/24"]
        {
            assert!(!is_one_name(&GeneralNameView::Dns(bad.into())), "{bad}");
        }
    }
}
