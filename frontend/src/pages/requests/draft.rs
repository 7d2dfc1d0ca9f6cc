//! What the form of a new request holds, and how it is kept in this browser.

use crate::view::*;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::api::request::Tracking;
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::request::{RequestForm, RequestedConstraints, Template, distinguished_name};

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
    /// How a key of this browser is kept: `file`, `until-answered`, `here`.
    pub keep: RwSignal<String>,
    /// Password of the file; never kept.
    pub password: RwSignal<String>,
    /// Nickname for the certificate to come, and label of the key.
    pub nickname: RwSignal<String>,
    /// Alternative names.
    pub names: RwSignal<String>,
    /// True when the subject is one text instead of fields.
    pub as_text: RwSignal<bool>,
    /// The subject as text.
    pub subject: RwSignal<String>,
    /// CN; the first name when empty.
    pub common_name: RwSignal<String>,
    /// O.
    pub organization: RwSignal<String>,
    /// OU, one a line.
    pub unit: RwSignal<String>,
    /// L.
    pub locality: RwSignal<String>,
    /// ST.
    pub state: RwSignal<String>,
    /// C.
    pub country: RwSignal<String>,
    /// emailAddress.
    pub email: RwSignal<String>,
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
        let form: RequestForm = match browser::stored(STORED).and_then(|text| serde_json::from_str(&text).ok()) {
            Some(form) => form,
            None => RequestForm { template: Some(Template::TlsServer), ..RequestForm::default() },
        };
        let text = |value: &str| RwSignal::new(value.to_owned());
        let draft = Self {
            place: text("new"),
            algorithm: text("ec-p256"),
            existing: text(""),
            keys: RwSignal::new(Vec::new()),
            keep: text("until-answered"),
            password: text(""),
            nickname: text(""),
            names: text(""),
            as_text: RwSignal::new(false),
            subject: text(""),
            common_name: text(""),
            organization: text(""),
            unit: text(""),
            locality: text(""),
            state: text(""),
            country: text(""),
            email: text(""),
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
        draft
    }

    /// Takes over a whole form.
    pub fn fill(self, form: RequestForm) {
        self.as_text.set(!form.subject.is_empty());
        self.subject.set(form.subject);
        self.names.set(form.subject_alternative_names);
        self.common_name.set(form.common_name);
        self.organization.set(form.organization);
        self.unit.set(form.organizational_unit);
        self.locality.set(form.locality);
        self.state.set(form.state_or_province);
        self.country.set(form.country);
        self.email.set(form.email_address);
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
        let form = RequestForm { common_name: self.common_name.get(), challenge_password: String::new(), ..self.form() };
        browser::remember(STORED, serde_json::to_string(&form).ok().as_deref());
    }

    /// Forgets what was kept.
    pub fn forget() {
        browser::remember(STORED, None);
    }

    /// The form as `shared` and the server take it.
    pub fn form(self) -> RequestForm {
        let names = self.names.get();
        let template = self.template.with(|name| Template::ALL.into_iter().find(|template| template.name() == name));
        let path_length = self.path_length.with(|length| length.trim().parse().ok());
        let rest = RequestForm {
            template,
            key_usage: self.key_usage.get(),
            extended_key_usage: self.extended_key_usage.get(),
            basic_constraints: (template == Some(Template::Ca)).then_some(RequestedConstraints { ca: true, path_length }),
            challenge_password: self.challenge.get(),
            ..RequestForm::default()
        };
        if self.as_text.get() {
            return RequestForm { subject: self.subject.get(), subject_alternative_names: names, ..rest };
        }
        let typed = self.common_name.get();
        let common_name = if typed.trim().is_empty() { first_host(&names) } else { typed };
        RequestForm {
            common_name,
            organizational_unit: self.unit.get(),
            organization: self.organization.get(),
            locality: self.locality.get(),
            state_or_province: self.state.get(),
            country: self.country.get(),
            email_address: self.email.get(),
            subject_alternative_names: names,
            ..rest
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

    /// From fields to one text, an attribute a line, or back.
    pub fn turn(self, as_text: bool) {
        if as_text == self.as_text.get_untracked() {
            return;
        }
        if as_text {
            let name = untrack(|| distinguished_name(&self.form()));
            self.subject.set(name.rdns.iter().rev().map(|rdn| DistinguishedName { rdns: vec![rdn.clone()] }.to_string() + "\n").collect());
            self.as_text.set(true);
        } else {
            let text = self.subject.get_untracked();
            self.as_text.set(false);
            if let Ok(name) = DistinguishedName::parse_any(&text) {
                self.spread(&name);
            }
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
            "rsa-2048" => KeyAlgorithm::Rsa2048,
            "rsa-3072" => KeyAlgorithm::Rsa3072,
            "rsa-4096" => KeyAlgorithm::Rsa4096,
            _ => KeyAlgorithm::EcP256,
        })
    }

    /// The nickname typed, else the common name.
    pub fn nickname_or_name(self) -> String {
        let typed = self.nickname.get();
        if !typed.trim().is_empty() {
            return typed.trim().to_owned();
        }
        distinguished_name(&self.form()).common_name().unwrap_or_default().to_owned()
    }

    /// Takes a whole subject line apart that was pasted into one field. False when it is none.
    pub fn take_apart(self, line: &str) -> bool {
        if line.matches('=').count() < 2 || !line.contains([',', '/']) {
            return false;
        }
        let Ok(name) = DistinguishedName::parse_any(line) else { return false };
        self.spread(&name);
        true
    }

    /// A name into the fields; what has no field goes into the text.
    fn spread(self, name: &DistinguishedName) {
        const FIELDS: [&str; 7] = ["2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.7", "2.5.4.8", "2.5.4.6", "1.2.840.113549.1.9.1"];
        let fits = |oid: &str| {
            let count = name.rdns.iter().flatten().filter(|part| part.oid == oid).count();
            FIELDS.contains(&oid) && (count < 2 || oid == "2.5.4.11")
        };
        if name.rdns.iter().any(|rdn| rdn.len() != 1 || !rdn.iter().all(|part| fits(&part.oid))) {
            self.subject.set(name.to_string());
            self.as_text.set(true);
            return;
        }
        let all = |oid: &str| {
            let values = name.rdns.iter().flatten().filter(|part| part.oid == oid).map(|part| part.value.clone());
            values.collect::<Vec<_>>().join("\n")
        };
        self.common_name.set(all("2.5.4.3"));
        self.organization.set(all("2.5.4.10"));
        self.unit.set(all("2.5.4.11"));
        self.locality.set(all("2.5.4.7"));
        self.state.set(all("2.5.4.8"));
        self.country.set(all("2.5.4.6"));
        self.email.set(all("1.2.840.113549.1.9.1"));
    }
}

/// The first name, without its kind and never an address of another kind.
fn first_host(names: &str) -> String {
    let first = names.split([',', ';', ' ', '\t', '\n']).map(str::trim).find(|name| !name.is_empty()).unwrap_or_default();
    let plain = first.strip_prefix("DNS:").or_else(|| first.strip_prefix("dns:")).unwrap_or(first);
    if plain.contains([':', '@', '/']) || plain.chars().count() > 64 { String::new() } else { plain.to_owned() }
}
