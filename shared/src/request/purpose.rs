//! What a certificate is asked for: templates, and the usages and constraints that follow.

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use serde::{Deserialize, Serialize};

use super::RequestForm;
use crate::api::problem::FieldError;
use crate::x509::oid;
use crate::x509::usage::KEY_USAGES;

/// What most certificates are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// A server that speaks TLS: web, mail, directory.
    TlsServer,
    /// A person or program that shows itself to such a server.
    TlsClient,
    /// S/MIME: signing and encrypting mail.
    Mail,
    /// A certificate authority.
    Ca,
}

impl Template {
    /// Every template, the usual one first.
    pub const ALL: [Self; 4] = [Self::TlsServer, Self::TlsClient, Self::Mail, Self::Ca];

    /// Its name in JSON: `tls-server`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TlsServer => "tls-server",
            Self::TlsClient => "tls-client",
            Self::Mail => "mail",
            Self::Ca => "ca",
        }
    }

    /// `TLS server`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TlsServer => "TLS server",
            Self::TlsClient => "TLS client",
            Self::Mail => "e-mail",
            Self::Ca => "certificate authority",
        }
    }
}

/// Basic constraints that a request asks for (RFC 5280 section 4.2.1.9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RequestedConstraints {
    /// May sign certificates.
    pub ca: bool,
    /// How many CAs may follow; only for a CA.
    pub path_length: Option<u8>,
}

/// Extended key usages that are offered by name, with their identifiers; any other goes by its OID.
pub const EXTENDED_KEY_USAGES: [(&str, &str); 11] = [
    ("serverAuth", "1.3.6.1.5.5.7.3.1"),
    ("clientAuth", "1.3.6.1.5.5.7.3.2"),
    ("codeSigning", "1.3.6.1.5.5.7.3.3"),
    ("emailProtection", "1.3.6.1.5.5.7.3.4"),
    ("timeStamping", "1.3.6.1.5.5.7.3.8"),
    ("OCSPSigning", "1.3.6.1.5.5.7.3.9"),
    ("ipsecIKE", "1.3.6.1.5.5.7.3.17"),
    ("smartcardLogon", "1.3.6.1.4.1.311.20.2.2"),
    ("documentSigning", "1.3.6.1.4.1.311.10.3.12"),
    ("pkinitKdc", "1.3.6.1.5.2.3.5"),
    ("anyExtendedKeyUsage", "2.5.29.37.0"),
];

/// The usages a form asks for, its template taken into account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usages {
    /// RFC 5280 names.
    pub key_usage: Vec<String>,
    /// RFC names or dotted OIDs.
    pub extended_key_usage: Vec<String>,
    /// Absent when none are asked for.
    pub basic_constraints: Option<RequestedConstraints>,
}

impl Usages {
    /// Those of a form, for a key of this algorithm (`RSA`, `EC`): only RSA encrypts keys, only EC agrees on them.
    #[must_use]
    pub fn of(form: &RequestForm, key_algorithm: &str) -> Self {
        let rsa = key_algorithm == "RSA";
        let (key, extended, constraints): (&[&str], &[&str], _) = match form.template {
            None => (&[], &[], None),
            Some(Template::TlsServer) if rsa => (&["digitalSignature", "keyEncipherment"], &["serverAuth"], None),
            Some(Template::TlsServer) => (&["digitalSignature"], &["serverAuth"], None),
            Some(Template::TlsClient) => (&["digitalSignature"], &["clientAuth"], None),
            Some(Template::Mail) if rsa => (&["digitalSignature", "keyEncipherment"], &["emailProtection"], None),
            Some(Template::Mail) if key_algorithm == "EC" => (&["digitalSignature", "keyAgreement"], &["emailProtection"], None),
            Some(Template::Mail) => (&["digitalSignature"], &["emailProtection"], None),
            Some(Template::Ca) => (&["keyCertSign", "cRLSign"], &[], Some(RequestedConstraints { ca: true, path_length: None })),
        };
        let or = |given: &[String], template: &[&str]| {
            if given.is_empty() { template.iter().map(|&usage| usage.to_owned()).collect() } else { given.to_vec() }
        };
        Self {
            key_usage: or(&form.key_usage, key),
            extended_key_usage: or(&form.extended_key_usage, extended),
            basic_constraints: form.basic_constraints.or(constraints),
        }
    }

    /// Puts them where rcgen finds them.
    pub(super) fn apply(&self, parameters: &mut CertificateParams) {
        parameters.key_usages = self.key_usage.iter().filter_map(|usage| key_usage(usage)).collect();
        parameters.extended_key_usages =
            self.extended_key_usage.iter().filter_map(|usage| identifier(usage)).map(ExtendedKeyUsagePurpose::Other).collect();
        parameters.is_ca = match self.basic_constraints {
            None => IsCa::NoCa,
            Some(RequestedConstraints { ca: false, .. }) => IsCa::ExplicitNoCa,
            Some(RequestedConstraints { ca: true, path_length: None }) => IsCa::Ca(BasicConstraints::Unconstrained),
            Some(RequestedConstraints { ca: true, path_length: Some(length) }) => IsCa::Ca(BasicConstraints::Constrained(length)),
        };
    }
}

fn key_usage(name: &str) -> Option<KeyUsagePurpose> {
    Some(match name {
        "digitalSignature" => KeyUsagePurpose::DigitalSignature,
        "nonRepudiation" => KeyUsagePurpose::ContentCommitment,
        "keyEncipherment" => KeyUsagePurpose::KeyEncipherment,
        "dataEncipherment" => KeyUsagePurpose::DataEncipherment,
        "keyAgreement" => KeyUsagePurpose::KeyAgreement,
        "keyCertSign" => KeyUsagePurpose::KeyCertSign,
        "cRLSign" => KeyUsagePurpose::CrlSign,
        "encipherOnly" => KeyUsagePurpose::EncipherOnly,
        "decipherOnly" => KeyUsagePurpose::DecipherOnly,
        _ => return None,
    })
}

/// The arcs of an extended key usage, by name or dotted OID.
fn identifier(usage: &str) -> Option<Vec<u64>> {
    let dotted = EXTENDED_KEY_USAGES.iter().find(|(name, _)| *name == usage).map_or(usage, |(_, dotted)| dotted);
    oid::encode(dotted)?;
    dotted.split('.').map(|arc| arc.parse().ok()).collect()
}

/// What is wrong with the usages, field by field.
pub(super) fn faults(form: &RequestForm, errors: &mut Vec<FieldError>) {
    let mut wrong = |pointer: String, message: String| errors.push(FieldError { pointer, message });
    for (place, usage) in form.key_usage.iter().enumerate() {
        if key_usage(usage).is_none() {
            let message = ["“", &short(usage), "” is no key usage; known are ", &KEY_USAGES.join(", ")].concat();
            wrong(["/key_usage/", &place.to_string()].concat(), message);
        }
    }
    for (place, usage) in form.extended_key_usage.iter().enumerate() {
        if identifier(usage).is_none() {
            let known: Vec<&str> = EXTENDED_KEY_USAGES.iter().map(|(name, _)| *name).collect();
            let message =
                ["“", &short(usage), "” is no extended key usage; known are ", &known.join(", "), " and dotted identifiers"].concat();
            wrong(["/extended_key_usage/", &place.to_string()].concat(), message);
        }
    }
    if form.basic_constraints.is_some_and(|constraints| !constraints.ca && constraints.path_length.is_some()) {
        let message = "only a CA has a path length; leave it out or set ca";
        wrong("/basic_constraints/path_length".to_owned(), message.to_owned());
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usage_that_is_offered_has_the_name_the_views_show() {
        for (name, dotted) in EXTENDED_KEY_USAGES {
            assert_eq!(oid::name(dotted), Some(name));
        }
        assert!(KEY_USAGES.iter().all(|usage| key_usage(usage).is_some()));
    }

    #[test]
    fn a_template_yields_to_what_is_given() {
        let form = RequestForm { template: Some(Template::TlsServer), ..RequestForm::default() };
        assert_eq!(Usages::of(&form, "RSA").key_usage, ["digitalSignature", "keyEncipherment"]);
        assert_eq!(Usages::of(&form, "EC").key_usage, ["digitalSignature"]);
        let both = RequestForm { extended_key_usage: vec!["serverAuth".into(), "clientAuth".into()], ..form };
        assert_eq!(Usages::of(&both, "EC").extended_key_usage, ["serverAuth", "clientAuth"]);
        let ca = RequestForm { template: Some(Template::Ca), ..RequestForm::default() };
        assert_eq!(Usages::of(&ca, "EC").basic_constraints, Some(RequestedConstraints { ca: true, path_length: None }));
    }

    #[test]
    fn unknown_usages_are_named() {
        let form = RequestForm {
            key_usage: vec!["digitalSignature".into(), "sign".into()],
            extended_key_usage: vec!["1.2.3.4".into(), "web".into()],
            basic_constraints: Some(RequestedConstraints { ca: false, path_length: Some(1) }),
            ..RequestForm::default()
        };
        let mut errors = Vec::new();
        faults(&form, &mut errors);
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/key_usage/1", "/extended_key_usage/1", "/basic_constraints/path_length"]);
    }
}
