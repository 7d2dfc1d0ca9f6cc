//! A request in words, laid out as `openssl req -text` does it.

use super::{RequestView, weaknesses};
use crate::x509::usage;
use crate::x509::view::GeneralNameView;

/// Everything a request says, one thing a line, for mails and tickets.
#[must_use]
pub fn text(request: &RequestView) -> String {
    let mut text = Text(String::from("Certificate request:\n"));
    let subject = if request.subject.is_empty() { "(empty)".to_owned() } else { request.subject.to_string() };
    text.line(1, &["Subject: ", &subject]);
    for attribute in request.subject.rdns.iter().flatten() {
        text.line(2, &[attribute.short_name(), " = ", &attribute.value]);
    }
    text.line(1, &["Public key: ", &request.public_key.short()]);
    if let Some(exponent) = &request.public_key.exponent {
        text.line(2, &["Exponent: ", exponent]);
    }
    if let Some(id) = &request.public_key.nss_key_id {
        text.line(2, &["Key id in NSS: ", id]);
    }
    if !request.attributes.is_empty() {
        text.line(1, &["Attributes:"]);
        for (name, value) in &request.attributes {
            text.line(2, &[name, ": ", value]);
        }
    }
    text.line(1, &["Requested extensions:", if request.extensions.is_empty() { " none" } else { "" }]);
    for extension in &request.extensions {
        let name = extension.name.as_deref().unwrap_or(&extension.oid);
        let critical = if extension.critical { ", critical" } else { "" };
        text.line(2, &[name, critical, ": ", &value(request, name, extension.malformed.as_deref())]);
    }
    text.line(1, &["Signature: ", &request.signature_algorithm]);
    for weakness in weaknesses(request) {
        text.line(1, &["Weak (", &weakness.id, "): ", &weakness.words]);
    }
    text.0
}

fn value(request: &RequestView, name: &str, malformed: Option<&str>) -> String {
    if let Some(reason) = malformed {
        return ["cannot be read, ", reason].concat();
    }
    let list = |words: Option<Vec<&str>>| words.unwrap_or_default().join(", ");
    match name {
        "subjectAltName" => request.subject_alternative_names.iter().map(general_name).collect::<Vec<_>>().join(", "),
        "keyUsage" => list(request.key_usage.as_ref().map(|usages| usages.iter().map(AsRef::as_ref).collect())),
        "extKeyUsage" | "extendedKeyUsage" => {
            list(request.extended_key_usage.as_ref().map(|usages| usages.iter().map(|one| usage::extended_word(one)).collect()))
        }
        "basicConstraints" => match request.basic_constraints {
            Some(constraints) if constraints.ca => match constraints.path_length {
                Some(length) => ["CA, at most ", &length.to_string(), " CAs below it"].concat(),
                None => "CA".to_owned(),
            },
            _ => "no CA".to_owned(),
        },
        _ => "asked for".to_owned(),
    }
}

fn general_name(name: &GeneralNameView) -> String {
    match name {
        GeneralNameView::Dns(text) => ["DNS:", text].concat(),
        GeneralNameView::Ip(text) => ["IP Address:", text].concat(),
        GeneralNameView::Email(text) => ["email:", text].concat(),
        GeneralNameView::Uri(text) => ["URI:", text].concat(),
        GeneralNameView::DirectoryName(text) => ["DirName:", text].concat(),
        GeneralNameView::RegisteredId(text) => ["Registered ID:", text].concat(),
        GeneralNameView::OtherName { oid, value } => ["othername:", oid, "=", value].concat(),
        GeneralNameView::Unknown { hex, .. } => ["unknown:", hex].concat(),
    }
}

struct Text(String);

impl Text {
    /// A line; what is not to be printed becomes a question mark, so that a name cannot add lines of its own.
    fn line(&mut self, depth: usize, parts: &[&str]) {
        for _ in 0..depth {
            self.0.push_str("    ");
        }
        self.0.extend(parts.iter().flat_map(|part| part.chars()).map(|character| if character.is_control() { '?' } else { character }));
        self.0.push('\n');
    }
}
