//! One certificate as the page keeps it: what the server sent, the view of it, and what lists ask for again and again.

use std::fmt::Write as _;

use certdeck_shared::api::certificate::CertificateEntry;
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::parse;
use certdeck_shared::x509::view::{CertificateView, GeneralNameView};

/// A certificate of a database, or of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What the server sent.
    pub entry: CertificateEntry,
    /// The view, or why the bytes do not parse.
    pub view: Result<CertificateView, String>,
    /// Nickname, else the name people use.
    pub name: String,
    /// First host or common name.
    pub subject: String,
    /// How many names more.
    pub more_names: usize,
    /// Name of the issuer, `itself` when self-issued.
    pub issuer: String,
    /// `RSA 2048`.
    pub key: String,
    /// `server, client`.
    pub usage: String,
    /// Trust.
    pub trust: TrustFlags,
    /// Whether it is a CA.
    pub ca: bool,
    /// Whether lint has something serious against it.
    pub weak: bool,
    /// First second of its life.
    pub not_before: i64,
    /// Last second of its life.
    pub not_after: i64,
    /// Everything to be found by, in lower case.
    pub haystack: String,
}

impl Row {
    /// Parses and prepares.
    pub fn new(entry: CertificateEntry) -> Self {
        let view = parsed(&entry.der.0);
        let trust = TrustFlags::parse(&entry.trust).unwrap_or_default();
        let mut row = Self {
            name: String::new(),
            subject: String::new(),
            more_names: 0,
            issuer: String::new(),
            key: String::new(),
            usage: String::new(),
            trust,
            ca: false,
            weak: false,
            not_before: 0,
            not_after: i64::MAX,
            haystack: String::new(),
            entry,
            view: Err(String::new()),
        };
        match view {
            Ok(view) => {
                row.describe(&view);
                row.view = Ok(view);
            }
            Err(reason) => {
                row.name = row.entry.nickname.clone().unwrap_or_else(|| "unreadable".to_owned());
                row.haystack = row.name.to_lowercase();
                row.view = Err(reason);
            }
        }
        row
    }

    fn describe(&mut self, view: &CertificateView) {
        let display = view.display_name();
        let names: Vec<&str> = view.subject_alternative_names.iter().filter_map(name_text).collect();
        self.name = self.entry.nickname.clone().unwrap_or_else(|| display.clone());
        self.more_names = names.iter().filter(|name| **name != display).count();
        self.subject = display;
        self.issuer = if view.self_issued { "itself".to_owned() } else { short_name(&view.issuer) };
        self.key = view.public_key.short();
        self.ca = view.is_ca();
        self.usage = usage_words(view);
        self.not_before = view.not_before.unix_timestamp();
        self.not_after = view.not_after.unix_timestamp();
        self.weak = weak(view);
        let hay = &mut self.haystack;
        for part in [&self.name, &self.subject, &self.entry.fingerprint_sha256, &view.serial_number, &self.key, &self.entry.trust] {
            hay.push_str(part);
            hay.push('\n');
        }
        for name in names {
            hay.push_str(name);
            hay.push('\n');
        }
        for attribute in view.subject.rdns.iter().chain(&view.issuer.rdns).flatten() {
            let _ = writeln!(hay, "{}", attribute.value);
        }
        for text in [
            Some(self.usage.as_str()),
            Some(&*view.signature_algorithm),
            view.subject_key_identifier.as_deref(),
            self.entry.key_id.as_deref(),
        ]
        .into_iter()
        .flatten()
        {
            hay.push_str(text);
            hay.push('\n');
        }
        self.haystack = hay.to_lowercase();
    }

    /// Whether the key is too short to be trusted by anybody today.
    pub fn weak_key(&self) -> bool {
        self.view.as_ref().is_ok_and(|view| match view.public_key.algorithm.as_ref() {
            "RSA" | "DSA" | "RSASSA-PSS" => (1..2_048).contains(&view.public_key.bits),
            _ => view.public_key.curve.is_some() && (1..224).contains(&view.public_key.bits),
        })
    }

    /// Whether its private key is in the database.
    pub fn has_key(&self) -> bool {
        self.entry.key_id.is_some() || self.trust.ssl.user
    }
}

fn parsed(der: &[u8]) -> Result<CertificateView, String> {
    parse::certificate(der).map_err(|error| error.to_string())
}

/// Signed with a hash that is broken, or a key that is too short. Roots sign themselves with whatever they like.
fn weak(view: &CertificateView) -> bool {
    let broken = !view.self_issued && (view.signature_algorithm.contains("SHA-1") || view.signature_algorithm.contains("MD"));
    let short = match view.public_key.algorithm.as_ref() {
        "RSA" | "DSA" | "RSASSA-PSS" => (1..2_048).contains(&view.public_key.bits),
        _ => view.public_key.curve.is_some() && (1..224).contains(&view.public_key.bits),
    };
    broken || short
}

/// The text of a name, where it has one.
pub fn name_text(name: &GeneralNameView) -> Option<&str> {
    match name {
        GeneralNameView::Dns(text) | GeneralNameView::Ip(text) | GeneralNameView::Email(text) | GeneralNameView::Uri(text) => Some(text),
        _ => None,
    }
}

/// The name people use for a distinguished name.
pub fn short_name(name: &certdeck_shared::name::DistinguishedName) -> String {
    ["2.5.4.3", "2.5.4.11", "2.5.4.10"].iter().find_map(|oid| name.first(oid)).unwrap_or("unnamed").to_owned()
}

fn usage_words(view: &CertificateView) -> String {
    if view.is_ca() {
        return "CA".to_owned();
    }
    let mut words: Vec<&str> = Vec::new();
    for usage in view.extended_key_usage.iter().flatten() {
        words.push(match usage.as_ref() {
            "serverAuth" => "server",
            "clientAuth" => "client",
            "emailProtection" => "mail",
            "codeSigning" => "object",
            "timeStamping" => "time",
            "OCSPSigning" => "OCSP",
            "anyExtendedKeyUsage" => "any",
            _ => "other",
        });
    }
    words.dedup();
    if words.is_empty() { "any".to_owned() } else { words.join(", ") }
}
