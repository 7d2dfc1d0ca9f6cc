//! What the page of a new certificate holds, and the body it becomes.

use crate::view::*;
use certdeck_shared::api::issue::{CertificateKey, IssuerAddresses, NewIssued, NewSelfSigned, SigningPolicy};
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::request::{RequestForm, RequestedConstraints, Template};

use super::duration::Duration;
use crate::components::x509::subject::Subject;

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

const SERVER: (&str, &str) = ("tls-server", "TLS server");
const CLIENT: (&str, &str) = ("tls-client", "TLS client");
const MAIL: (&str, &str) = ("mail", "E-mail");
const PERSON: (&str, &str) = ("person", "Person: sign in, sign and encrypt mail");
const LOWER_CA: (&str, &str) = ("ca", "Intermediate CA");

impl Kind {
    /// Values and words of what such a certificate can be for.
    pub fn purposes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::SelfSigned => &[SERVER, CLIENT, MAIL, PERSON],
            Self::Root => &[],
            Self::Issued => &[SERVER, CLIENT, MAIL, PERSON, LOWER_CA],
            // What a person's request asks for is copied, or the template decides alone.
            Self::Request => &[SERVER, CLIENT, MAIL, LOWER_CA],
        }
    }
}

/// Values and words of the keys. Whether the token makes one of Ed25519 the server says.
pub const KEYS: &[(&str, &str)] = &[
    ("ec-p256", "EC P-256"),
    ("ec-p384", "EC P-384"),
    ("ec-p521", "EC P-521"),
    ("ed25519", "Ed25519"),
    ("rsa-2048", "RSA 2048"),
    ("rsa-3072", "RSA 3072"),
    ("rsa-4096", "RSA 4096"),
];

/// Before the CKA_ID of a key that is there, as a value of the same choice.
const PRESENT: &str = "key:";

/// The value of a key that is there.
pub fn present_key(id: &str) -> String {
    [PRESENT, id].concat()
}

/// The fields.
#[derive(Clone, Copy)]
pub struct Draft {
    pub kind: RwSignal<Kind>,
    pub issuer: RwSignal<String>,
    pub nickname: RwSignal<String>,
    pub subject: Subject,
    /// Subject instead of a request's, as text.
    pub instead: RwSignal<String>,
    pub names: RwSignal<String>,
    pub template: RwSignal<String>,
    pub key_usage: RwSignal<Vec<String>>,
    pub extended_key_usage: RwSignal<Vec<String>>,
    pub path_length: RwSignal<String>,
    pub key: RwSignal<String>,
    pub duration: Duration,
    pub serial: RwSignal<String>,
    pub trust: RwSignal<String>,
    /// Where the issuer's revocation list is, one a line.
    pub lists: RwSignal<String>,
    /// OCSP responders, one a line.
    pub responders: RwSignal<String>,
    pub request: RwSignal<String>,
    pub copy_names: RwSignal<bool>,
    pub copy_usages: RwSignal<bool>,
    pub weak_key: RwSignal<bool>,
}

impl Draft {
    /// Nothing filled in; `issuer` is the CA that was chosen before.
    pub fn new(issuer: String) -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let names = text("");
        Self {
            kind: RwSignal::new(if issuer.is_empty() { Kind::SelfSigned } else { Kind::Issued }),
            issuer: RwSignal::new(issuer),
            nickname: text(""),
            subject: Subject::new(names),
            instead: text(""),
            names,
            template: text("tls-server"),
            key_usage: RwSignal::new(Vec::new()),
            extended_key_usage: RwSignal::new(Vec::new()),
            path_length: text(""),
            key: text("ec-p256"),
            duration: Duration::usual(),
            serial: text(""),
            trust: text(""),
            lists: text(""),
            responders: text(""),
            request: text(""),
            copy_names: RwSignal::new(true),
            copy_usages: RwSignal::new(false),
            weak_key: RwSignal::new(false),
        }
    }

    /// What it is for, as a value of the choice that its kind has.
    pub fn purpose(self) -> &'static str {
        let kind = self.kind.get();
        let chosen = self.template.with(|chosen| kind.purposes().iter().find(|(name, _)| name == chosen));
        match (kind, chosen) {
            (Kind::Root, _) => LOWER_CA.0,
            (_, Some((name, _))) => name,
            (_, None) => SERVER.0,
        }
    }

    fn template(self) -> Template {
        match self.purpose() {
            "ca" => Template::Ca,
            "tls-client" => Template::TlsClient,
            "mail" | "person" => Template::Mail,
            _ => Template::TlsServer,
        }
    }

    /// Whether it is to issue others.
    pub fn is_authority(self) -> bool {
        self.template() == Template::Ca
    }

    fn path_length(self) -> Option<u8> {
        self.path_length.with(|length| length.trim().parse().ok()).filter(|_| self.is_authority())
    }

    /// What the certificate is to say.
    pub fn form(self) -> RequestForm {
        let mut extended_key_usage = self.extended_key_usage.get();
        if extended_key_usage.is_empty() && self.purpose() == PERSON.0 {
            extended_key_usage = ["clientAuth", "emailProtection"].map(str::to_owned).to_vec();
        }
        RequestForm {
            subject: self.subject.text(),
            subject_alternative_names: self.names.get(),
            template: Some(self.template()),
            key_usage: self.key_usage.get(),
            extended_key_usage,
            basic_constraints: self.path_length().map(|length| RequestedConstraints { ca: true, path_length: Some(length) }),
            ..RequestForm::default()
        }
    }

    /// What it says of its issuer.
    pub fn addresses(self) -> IssuerAddresses {
        let lines = |field: RwSignal<String>| field.with(|text| text.split_whitespace().map(str::to_owned).collect());
        IssuerAddresses { crl_distribution_points: lines(self.lists), ocsp: lines(self.responders) }
    }

    /// CKA_ID of the key that is there, when one is chosen.
    pub fn key_id(self) -> Option<String> {
        self.key.with(|key| key.strip_prefix(PRESENT).map(str::to_owned))
    }

    fn key(self) -> CertificateKey {
        self.key_id().map_or_else(|| CertificateKey::Algorithm(algorithm(&self.key.get())), CertificateKey::KeyId)
    }

    /// The body of `…/self-signed`.
    pub fn self_signed(self) -> NewSelfSigned {
        NewSelfSigned {
            nickname: self.name(),
            form: self.form(),
            addresses: self.addresses(),
            key: self.key(),
            validity: self.duration.validity(),
            serial_number: filled(self.serial),
            trust: filled(self.trust),
        }
    }

    /// The body of `…/issued`.
    pub fn issued(self) -> NewIssued {
        if self.kind.get() == Kind::Request {
            return NewIssued::Request {
                issuer: self.issuer.get(),
                request: self.request.get(),
                policy: SigningPolicy {
                    subject: filled(self.instead),
                    subject_alternative_names: filled(self.names),
                    copy_subject_alternative_names: self.copy_names.get(),
                    copy_usages: self.copy_usages.get(),
                    template: self.template(),
                    path_length: self.path_length(),
                    accept_weak_key: self.weak_key.get(),
                    addresses: self.addresses(),
                },
                validity: self.duration.validity(),
                serial_number: filled(self.serial),
                nickname: filled(self.nickname),
            };
        }
        NewIssued::Form {
            issuer: self.issuer.get(),
            nickname: self.name(),
            form: Box::new(self.form()),
            addresses: self.addresses(),
            key: self.key(),
            validity: self.duration.validity(),
            serial_number: filled(self.serial),
            trust: filled(self.trust),
        }
    }

    /// The nickname, or else the common name.
    pub fn name(self) -> String {
        filled(self.nickname).unwrap_or_else(|| self.subject.name().common_name().unwrap_or_default().to_owned())
    }
}

/// The algorithm of a value of `KEYS`.
pub fn algorithm(value: &str) -> KeyAlgorithm {
    match value {
        "ec-p384" => KeyAlgorithm::EcP384,
        "ec-p521" => KeyAlgorithm::EcP521,
        "ed25519" => KeyAlgorithm::Ed25519,
        "rsa-2048" => KeyAlgorithm::Rsa2048,
        "rsa-3072" => KeyAlgorithm::Rsa3072,
        "rsa-4096" => KeyAlgorithm::Rsa4096,
        _ => KeyAlgorithm::EcP256,
    }
}

/// What was typed into a field, if anything.
pub fn filled(field: RwSignal<String>) -> Option<String> {
    Some(field.get().trim().to_owned()).filter(|text| !text.is_empty())
}
