//! What the page of a new certificate holds, and the body it becomes.

use crate::view::*;
use certdeck_shared::api::issue::{CertificateKey, NewIssued, NewSelfSigned, SigningPolicy, Validity};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::request::{RequestForm, Template};

/// What is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A certificate that signs itself.
    SelfSigned,
    /// A CA that signs itself.
    Root,
    /// Something below a CA of the database.
    Issued,
    /// A certificate for somebody's request.
    Request,
}

/// The kinds with their words.
pub const KINDS: [(Kind, &str); 4] =
    [(Kind::SelfSigned, "Self-signed"), (Kind::Root, "Root CA"), (Kind::Issued, "From a CA here"), (Kind::Request, "Sign a request")];

/// Values and words of the templates.
pub const TEMPLATES: &[(&str, &str)] =
    &[("tls-server", "TLS server"), ("tls-client", "TLS client"), ("mail", "E-mail"), ("ca", "Intermediate CA")];

/// Values and words of the keys. NSS makes no Ed25519.
pub const KEYS: &[(&str, &str)] = &[
    ("ec-p256", "EC P-256"),
    ("ec-p384", "EC P-384"),
    ("ec-p521", "EC P-521"),
    ("rsa-2048", "RSA 2048"),
    ("rsa-3072", "RSA 3072"),
    ("rsa-4096", "RSA 4096"),
];

/// The fields.
#[derive(Clone, Copy)]
pub struct Draft {
    pub kind: RwSignal<Kind>,
    pub issuer: RwSignal<String>,
    pub nickname: RwSignal<String>,
    pub subject: RwSignal<String>,
    pub names: RwSignal<String>,
    pub template: RwSignal<String>,
    pub key: RwSignal<String>,
    pub length: RwSignal<String>,
    pub unit: RwSignal<String>,
    pub serial: RwSignal<String>,
    pub trust: RwSignal<String>,
    pub request: RwSignal<String>,
    pub copy_names: RwSignal<bool>,
    pub copy_usages: RwSignal<bool>,
}

impl Draft {
    /// Nothing filled in; `issuer` is the CA that was chosen before.
    pub fn new(issuer: String) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            kind: RwSignal::new(if issuer.is_empty() { Kind::SelfSigned } else { Kind::Issued }),
            issuer: RwSignal::new(issuer),
            nickname: text(""),
            subject: text(""),
            names: text(""),
            template: text("tls-server"),
            key: text("ec-p256"),
            length: text(""),
            unit: text("months"),
            serial: text(""),
            trust: text(""),
            request: text(""),
            copy_names: RwSignal::new(true),
            copy_usages: RwSignal::new(false),
        }
    }

    fn template(self) -> Template {
        let chosen = self.template.get();
        match chosen.as_str() {
            _ if self.kind.get() == Kind::Root => Template::Ca,
            "ca" if self.kind.get() == Kind::SelfSigned => Template::TlsServer,
            "ca" => Template::Ca,
            "tls-client" => Template::TlsClient,
            "mail" => Template::Mail,
            _ => Template::TlsServer,
        }
    }

    /// What the certificate is to say.
    pub fn form(self) -> RequestForm {
        RequestForm {
            subject: self.subject.get().trim().to_owned(),
            subject_alternative_names: self.names.get(),
            template: Some(self.template()),
            ..RequestForm::default()
        }
    }

    fn validity(self) -> Validity {
        let number = self.length.get().trim().parse().ok();
        if self.unit.get() == "days" {
            Validity { days: number, ..Validity::default() }
        } else {
            Validity { months: number, ..Validity::default() }
        }
    }

    fn key(self) -> CertificateKey {
        CertificateKey::Algorithm(algorithm(&self.key.get()))
    }

    /// The body of `…/self-signed`.
    pub fn self_signed(self) -> NewSelfSigned {
        NewSelfSigned {
            nickname: self.name(),
            form: self.form(),
            key: self.key(),
            validity: self.validity(),
            serial_number: filled(self.serial),
            trust: filled(self.trust),
            ..NewSelfSigned::default()
        }
    }

    /// The body of `…/issued`.
    pub fn issued(self) -> NewIssued {
        if self.kind.get() == Kind::Request {
            return NewIssued::Request {
                issuer: self.issuer.get(),
                request: self.request.get(),
                policy: SigningPolicy {
                    subject: filled(self.subject),
                    subject_alternative_names: filled(self.names),
                    copy_subject_alternative_names: self.copy_names.get(),
                    copy_usages: self.copy_usages.get(),
                    template: self.template(),
                    ..SigningPolicy::default()
                },
                validity: self.validity(),
                serial_number: filled(self.serial),
                nickname: filled(self.nickname),
            };
        }
        NewIssued::Form {
            issuer: self.issuer.get(),
            nickname: self.name(),
            form: Box::new(self.form()),
            addresses: Default::default(),
            key: self.key(),
            validity: self.validity(),
            serial_number: filled(self.serial),
            trust: filled(self.trust),
        }
    }

    /// The nickname, or else the common name.
    fn name(self) -> String {
        filled(self.nickname).unwrap_or_else(|| {
            let name = certdeck_shared::request::distinguished_name(&self.form());
            name.common_name().unwrap_or_default().to_owned()
        })
    }
}

/// The algorithm of a value of `KEYS`.
pub fn algorithm(value: &str) -> KeyAlgorithm {
    match value {
        "ec-p384" => KeyAlgorithm::EcP384,
        "ec-p521" => KeyAlgorithm::EcP521,
        "rsa-2048" => KeyAlgorithm::Rsa2048,
        "rsa-3072" => KeyAlgorithm::Rsa3072,
        "rsa-4096" => KeyAlgorithm::Rsa4096,
        _ => KeyAlgorithm::EcP256,
    }
}

fn filled(field: RwSignal<String>) -> Option<String> {
    Some(field.get().trim().to_owned()).filter(|text| !text.is_empty())
}
