//! What the form of a new request holds, and how it is kept in this browser.

use crate::view::*;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::request::Tracking;
use certdeck_shared::request::{RequestForm, RequestedConstraints, Template, distinguished_name};

use crate::components::x509::subject::Subject;
use crate::state::browser;

/// Where the browser keeps it.
const STORED: &str = "request-draft";

/// The form's values.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Where the key lives: `new`, `existing`, `browser`.
    pub place: RwSignal<String>,
    /// Key algorithm, as the API names it.
    pub algorithm: RwSignal<String>,
    /// CKA_ID of the key that is there.
    pub existing: RwSignal<String>,
    /// What is known of the keys that are there: CKA_ID and words.
    pub keys: RwSignal<Vec<(String, String)>>,
    /// Kinds of keys that the database's token does not make, and why.
    pub not_here: RwSignal<Vec<(KeyAlgorithm, String)>>,
    /// How a key of this browser is kept: `file`, `until-answered`, `here`.
    pub keep: RwSignal<String>,
    /// Password of the file; never kept.
    pub password: RwSignal<String>,
    /// Nickname for the certificate to come, and label of the key.
    pub nickname: RwSignal<String>,
    /// Alternative names.
    pub names: RwSignal<String>,
    /// The subject.
    pub subject: Subject,
    /// Template, as the API names it; nothing for none.
    pub template: RwSignal<String>,
    /// How many CAs may follow a CA; nothing for any number.
    pub path_length: RwSignal<String>,
    /// Key usage besides the template's.
    pub key_usage: RwSignal<Vec<String>>,
    /// Extended key usage besides the template's.
    pub extended_key_usage: RwSignal<Vec<String>>,
    /// challengePassword; never kept.
    pub challenge: RwSignal<String>,
    /// For people.
    pub note: RwSignal<String>,
    /// The CA it goes to.
    pub ca_name: RwSignal<String>,
    /// Telephone number for the text that certutil writes.
    pub phone: RwSignal<String>,
    /// Ids of the weaknesses that are wanted.
    pub accept: RwSignal<Vec<String>>,
}

impl Draft {
    /// What this browser kept, or nothing.
    pub fn restored() -> Self {
        let kept = browser::stored(STORED).and_then(|text| serde_json::from_str(&text).ok());
        let (form, named_by_names) =
            kept.unwrap_or_else(|| (RequestForm { template: Some(Template::TlsServer), ..RequestForm::default() }, true));
        let text = |value: &str| RwSignal::new(value.to_owned());
        let names = text("");
        let draft = Self {
            place: text("new"),
            algorithm: text("ec-p256"),
            existing: text(""),
            keys: RwSignal::new(Vec::new()),
            not_here: RwSignal::new(Vec::new()),
            keep: text("until-answered"),
            password: text(""),
            nickname: text(""),
            names,
            subject: Subject::new(names),
            template: text(""),
            path_length: text(""),
            key_usage: RwSignal::new(Vec::new()),
            extended_key_usage: RwSignal::new(Vec::new()),
            challenge: text(""),
            note: text(""),
            ca_name: text(""),
            phone: text(""),
            accept: RwSignal::new(Vec::new()),
        };
        draft.fill(form);
        if named_by_names {
            draft.subject.name_by_names();
        }
        draft
    }

    /// Takes over a whole form.
    pub fn fill(self, form: RequestForm) {
        self.subject.fill(&distinguished_name(&form));
        self.names.set(form.subject_alternative_names);
        let is_ca = form.basic_constraints.is_some_and(|constraints| constraints.ca);
        let template = form.template.or(is_ca.then_some(Template::Ca));
        self.template.set(template.map(|template| template.name().to_owned()).unwrap_or_default());
        let length = form.basic_constraints.and_then(|constraints| constraints.path_length);
        self.path_length.set(length.map(|length| length.to_string()).unwrap_or_default());
        self.key_usage.set(form.key_usage);
        self.extended_key_usage.set(form.extended_key_usage);
    }

    /// Keeps subject, names and usages in this browser, without what belongs to one request and without passwords.
    pub fn keep_in_browser(self) {
        let subject = self.subject.typed_name().to_string();
        let form = RequestForm { subject, challenge_password: String::new(), ..self.form() };
        browser::remember(STORED, serde_json::to_string(&(form, self.subject.is_named_by_names())).ok().as_deref());
    }

    /// Forgets what was kept.
    pub fn forget() {
        browser::remember(STORED, None);
    }

    /// The form as `shared` and the server take it.
    pub fn form(self) -> RequestForm {
        let template = self.template.with(|name| Template::ALL.into_iter().find(|template| template.name() == name));
        let path_length = self.path_length.with(|length| length.trim().parse().ok());
        RequestForm {
            subject: self.subject.text(),
            subject_alternative_names: self.names.get(),
            template,
            key_usage: self.key_usage.get(),
            extended_key_usage: self.extended_key_usage.get(),
            basic_constraints: (template == Some(Template::Ca)).then_some(RequestedConstraints { ca: true, path_length }),
            challenge_password: self.challenge.get(),
            ..RequestForm::default()
        }
    }

    /// What goes with the request.
    pub fn tracking(self) -> Tracking {
        let of = |signal: RwSignal<String>| Some(signal.get().trim().to_owned()).filter(|text| !text.is_empty());
        Tracking {
            nickname: self.nickname_or_name(),
            note: of(self.note),
            ca_name: of(self.ca_name),
            phone: of(self.phone),
            accept: self.accept.get(),
        }
    }

    /// What is known of the key that is there.
    fn existing_words(self) -> Option<String> {
        let id = self.place.with(|place| place == "existing").then(|| self.existing.get())?;
        self.keys.with(|keys| keys.iter().find(|(key, _)| *key == id).map(|(_, words)| words.clone()))
    }

    /// Size of the RSA key that is there.
    pub fn existing_rsa_bits(self) -> Option<u32> {
        self.existing_words()?.strip_prefix("RSA ")?.parse().ok()
    }

    /// The algorithm of the key: the one chosen, or that of the key that is there.
    pub fn key_algorithm(self) -> KeyAlgorithm {
        if let Some(words) = self.existing_words() {
            let known = KeyAlgorithm::ALL.into_iter().find(|algorithm| words.starts_with(algorithm.words()));
            return known.unwrap_or(KeyAlgorithm::EcP256);
        }
        self.algorithm.with(|chosen| match chosen.as_str() {
            "ec-p384" => KeyAlgorithm::EcP384,
            "ec-p521" => KeyAlgorithm::EcP521,
            "ed25519" => KeyAlgorithm::Ed25519,
            "rsa-2048" => KeyAlgorithm::Rsa2048,
            "rsa-3072" => KeyAlgorithm::Rsa3072,
            "rsa-4096" => KeyAlgorithm::Rsa4096,
            _ => KeyAlgorithm::EcP256,
        })
    }

    /// Why the database's token makes no such key.
    pub fn why_not_here(self) -> Option<String> {
        let wanted = self.key_algorithm();
        self.not_here.with(|all| all.iter().find(|(algorithm, _)| *algorithm == wanted).map(|(_, why)| why.clone()))
    }

    /// The nickname typed, else the common name.
    pub fn nickname_or_name(self) -> String {
        let typed = self.nickname.get();
        if !typed.trim().is_empty() {
            return typed.trim().to_owned();
        }
        self.subject.name().common_name().unwrap_or_default().to_owned()
    }
}
