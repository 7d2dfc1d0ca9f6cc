//! What the form of a new request holds, and how it is kept in this browser.

use crate::view::*;
use certdeck_shared::api::key::KeyAlgorithm;
use certdeck_shared::name::DistinguishedName;
use certdeck_shared::request::RequestForm;

use crate::state::browser;

/// Where the browser keeps it.
const STORED: &str = "request-draft";

/// The form's values.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Key algorithm, as the API names it.
    pub algorithm: RwSignal<String>,
    /// Nickname for the certificate to come, and label of the key.
    pub nickname: RwSignal<String>,
    /// Alternative names.
    pub names: RwSignal<String>,
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
    /// For people.
    pub note: RwSignal<String>,
}

impl Draft {
    /// What this browser kept, or nothing.
    pub fn restored() -> Self {
        let form: RequestForm = browser::stored(STORED).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let empty = || RwSignal::new(String::new());
        Self {
            algorithm: RwSignal::new("ec-p256".to_owned()),
            nickname: empty(),
            names: RwSignal::new(form.subject_alternative_names),
            common_name: RwSignal::new(form.common_name),
            organization: RwSignal::new(form.organization),
            unit: RwSignal::new(form.organizational_unit),
            locality: RwSignal::new(form.locality),
            state: RwSignal::new(form.state_or_province),
            country: RwSignal::new(form.country),
            email: RwSignal::new(form.email_address),
            note: empty(),
        }
    }

    /// Keeps subject and names in this browser, without nickname and note: those belong to one request.
    pub fn keep(self) {
        let form = RequestForm { common_name: self.common_name.get(), ..self.form() };
        browser::remember(STORED, serde_json::to_string(&form).ok().as_deref());
    }

    /// Forgets what was kept.
    pub fn forget() {
        browser::remember(STORED, None);
    }

    /// The form as `shared` and the server take it.
    pub fn form(self) -> RequestForm {
        let names = self.names.get();
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
            ..RequestForm::default()
        }
    }

    /// The algorithm chosen.
    pub fn key_algorithm(self) -> KeyAlgorithm {
        self.algorithm.with(|chosen| match chosen.as_str() {
            "ec-p384" => KeyAlgorithm::EcP384,
            "rsa-2048" => KeyAlgorithm::Rsa2048,
            "rsa-3072" => KeyAlgorithm::Rsa3072,
            "rsa-4096" => KeyAlgorithm::Rsa4096,
            _ => KeyAlgorithm::EcP256,
        })
    }

    /// The nickname typed, else the common name.
    pub fn nickname_or_name(self) -> String {
        let typed = self.nickname.get();
        if typed.trim().is_empty() { self.form().common_name } else { typed.trim().to_owned() }
    }

    /// Takes a whole subject line apart that was pasted into one field. False when it is none.
    pub fn take_apart(self, line: &str) -> bool {
        if line.matches('=').count() < 2 || !line.contains(',') {
            return false;
        }
        let Ok(name) = line.trim().parse::<DistinguishedName>() else { return false };
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
        true
    }
}

/// The first name, without its kind and never an address of another kind.
fn first_host(names: &str) -> String {
    let first = names.split([',', ';', ' ', '\t', '\n']).map(str::trim).find(|name| !name.is_empty()).unwrap_or_default();
    let plain = first.strip_prefix("DNS:").or_else(|| first.strip_prefix("dns:")).unwrap_or(first);
    if plain.contains([':', '@', '/']) || plain.chars().count() > 64 { String::new() } else { plain.to_owned() }
}
