//! The kinds of settings, each with its fields.

use crate::view::*;
use certdeck_shared::api::plan::{ClientVerification, SettingWish, TlsProfile, TlsVersion};
use certdeck_shared::api::service::{Protocol, ServiceOutline, TlsMode};
use certdeck_shared::service_settings::{CipherList, ServiceSettings};
use certdeck_shared::tls_profiles::{self, recommendation};

use super::authorities::authorities;
use super::endpoints::Endpoints;
use super::{Card, Wishes};
use crate::components::form::field::{Field, Note, Tone};

/// What can be wished.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Tls,
    Listener,
    Profile,
    Versions,
    Ciphers,
    Authorities,
    Clients,
    Watch,
}

impl Kind {
    /// As a heading, and as what is added.
    pub fn title(self) -> &'static str {
        match self {
            Self::Tls => "TLS where there is none",
            Self::Listener => "New listener",
            Self::Profile => "Mozilla's guideline",
            Self::Versions => "Versions of TLS",
            Self::Ciphers => "Cipher suites",
            Self::Authorities => "CA for clients",
            Self::Clients => "Client certificates",
            Self::Watch => "Watch for new certificates",
        }
    }

    /// Those that a service knows.
    pub fn offered(known: &ServiceSettings, outline: &ServiceOutline) -> Vec<Self> {
        let plain = outline.endpoints.iter().any(|endpoint| endpoint.tls == TlsMode::Off);
        let offered = [
            (Self::Tls, plain && !known.turned_on.is_empty()),
            (Self::Listener, !known.listeners.is_empty()),
            (Self::Profile, known.versions),
            (Self::Versions, known.versions),
            (Self::Ciphers, known.ciphers.is_some()),
            (Self::Authorities, known.clients),
            (Self::Clients, known.clients),
            (Self::Watch, known.watch),
        ];
        offered.into_iter().filter(|(_, offered)| *offered).map(|(kind, _)| kind).collect()
    }
}

/// The fields of a card; what they say is noted as they change.
pub fn fields(wishes: Wishes, card: Card, known: &ServiceSettings, outline: &ServiceOutline) -> View {
    let where_to = |present| Endpoints::new(wishes, card, known, outline, present);
    match card.kind {
        Kind::Tls => turned_on(wishes, card, known, outline),
        Kind::Listener => listener(wishes, card, known),
        Kind::Profile => profile(wishes, card, known.ciphers, where_to(|endpoint| endpoint.protocols.as_ref())),
        Kind::Versions => versions(wishes, card, known.highest, where_to(|endpoint| endpoint.protocols.as_ref())),
        Kind::Ciphers => ciphers(wishes, card, known.ciphers, where_to(|endpoint| endpoint.ciphers.as_ref())),
        Kind::Authorities => authorities(wishes, card, where_to(|_| None)),
        Kind::Clients => clients(wishes, card, known.depth, where_to(|endpoint| endpoint.client_verification.as_ref())),
        Kind::Watch => watch(wishes, card),
    }
}

fn mode_words(mode: TlsMode) -> &'static str {
    if mode == TlsMode::Starttls { "after STARTTLS" } else { "from the first byte" }
}

/// A choice among ways to begin; none where there is only one.
fn begins(wishes: Wishes, card: Card, tls: RwSignal<String>, modes: &[TlsMode]) -> View {
    if modes.len() < 2 {
        return View::nothing();
    }
    let modes: Vec<(&'static str, &'static str)> = modes.iter().map(|mode| (mode.name(), mode_words(*mode))).collect();
    Field::select(&card.id("tls"), "TLS begins", tls, &modes).faults(wishes.faults, &card.pointer("tls")).view()
}

fn first_mode(modes: &[TlsMode]) -> RwSignal<String> {
    RwSignal::new(modes.first().map_or("", |mode| mode.name()).to_owned())
}

fn turned_on(wishes: Wishes, card: Card, known: &ServiceSettings, outline: &ServiceOutline) -> View {
    let plain: Vec<(String, String)> = outline
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.tls == TlsMode::Off)
        .map(|endpoint| (endpoint.name.clone(), endpoint.name.clone()))
        .collect();
    let endpoint = RwSignal::new(plain.first().map(|(name, _)| name.clone()).unwrap_or_default());
    let tls = first_mode(known.turned_on);
    effect(move || wishes.say(card, SettingWish::Tls { endpoint: endpoint.get(), tls: TlsMode::named(&tls.get()) }));
    view! {
        {Field::choice(&card.id("endpoint"), "Endpoint without TLS", endpoint, plain).faults(wishes.faults, &card.pointer("endpoint")).view()}
        {begins(wishes, card, tls, known.turned_on)}
    }
}

fn listener(wishes: Wishes, card: Card, known: &ServiceSettings) -> View {
    let protocol = RwSignal::new(known.listeners.first().map_or("", |protocol| protocol.name()).to_owned());
    let tls = first_mode(known.begins);
    let (port, address, name) = (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let text = |value: RwSignal<String>| Some(value.get().trim().to_owned()).filter(|text| !text.is_empty());
    effect(move || {
        let wish = SettingWish::Listener {
            protocol: Protocol::named(&protocol.get()).unwrap_or(Protocol::Other),
            tls: TlsMode::named(&tls.get()),
            // The console says what is wrong with a port that is none.
            port: port.get().trim().parse().unwrap_or_default(),
            address: text(address),
            server_name: text(name),
        };
        wishes.say(card, wish);
    });
    let usual = Signal::derive(move || {
        let mode = TlsMode::named(&tls.get());
        let port = usual_port(Protocol::named(&protocol.get())?, mode)?;
        Some(Note { tone: Tone::Plain, words: format!("Usually {port}.") })
    });
    let protocols: Vec<(&'static str, &'static str)> = known.listeners.iter().map(|one| (one.name(), one.title())).collect();
    let spoken = (protocols.len() > 1).then(|| {
        Field::select(&card.id("protocol"), "It speaks", protocol, &protocols).faults(wishes.faults, &card.pointer("protocol")).view()
    });
    let for_name = known.for_names.then(|| {
        let field = Field::text(&card.id("name"), "Host name it is for", name).placeholder("www.example.org");
        field.hint("All when empty.").faults(wishes.faults, &card.pointer("server_name")).view()
    });
    let at = known.for_addresses.then(|| {
        let field = Field::text(&card.id("address"), "Address", address).class("field f3").placeholder("192.0.2.1");
        field.hint("All when empty.").faults(wishes.faults, &card.pointer("address")).view()
    });
    view! {
        {spoken}
        {begins(wishes, card, tls, known.begins)}
        {Field::text(&card.id("port"), "Port", port).class("field f3").note(usual).hint("From 1 to 65535.").faults(wishes.faults, &card.pointer("port")).required().view()}
        {at}
        {for_name}
    }
}

/// Where a protocol is looked for (IANA's registry of service names).
fn usual_port(protocol: Protocol, tls: TlsMode) -> Option<u16> {
    Some(match (protocol, tls) {
        (Protocol::Http, _) => 443,
        (Protocol::Smtp, TlsMode::Starttls) => 587,
        (Protocol::Smtp, _) => 465,
        (Protocol::Imap, TlsMode::Starttls) => 143,
        (Protocol::Imap, _) => 993,
        (Protocol::Pop3, TlsMode::Starttls) => 110,
        (Protocol::Pop3, _) => 995,
        (Protocol::Ldap, TlsMode::Starttls) => 389,
        (Protocol::Ldap, _) => 636,
        (Protocol::Sieve, _) => 4190,
        (Protocol::Lmtp, _) => 24,
        (Protocol::Ftp | Protocol::Xmpp | Protocol::Postgresql | Protocol::Mysql | Protocol::Sip | Protocol::Other, _) => return None,
    })
}

fn profile(wishes: Wishes, card: Card, ciphers: Option<CipherList>, endpoints: Endpoints) -> View {
    let chosen = RwSignal::new("intermediate".to_owned());
    let profile = move || if chosen.with(|name| name == "modern") { TlsProfile::Modern } else { TlsProfile::Intermediate };
    effect(move || wishes.say(card, SettingWish::Profile { endpoints: endpoints.chosen.get(), profile: profile() }));
    let gives = move || {
        let recommended = recommendation(profile());
        let versions: Vec<&str> = TlsVersion::between(recommended.lowest, TlsVersion::Tls13).map(TlsVersion::openssl_name).collect();
        let list = match ciphers {
            Some(CipherList::Iana) => Some(recommended.iana_names().join(", ")),
            _ => recommended.openssl_list().map(|list| list.replace(':', ", ")),
        };
        let list = list.map_or_else(
            || view! { "Ciphers of TLS 1.3 are the program's own." },
            |list| view! { "Ciphers: "<code class="break">{list}</code> },
        );
        view! { <p>{["Versions: ", &versions.join(", "), "."].concat()}</p><p>{list}</p> }
    };
    let options = [("intermediate", "Intermediate: for nearly every client"), ("modern", "Modern: TLS 1.3 alone")];
    view! {
        {Field::select(&card.id("profile"), "Guideline", chosen, &options).faults(wishes.faults, &card.pointer("profile")).view()}
        <div class="note stack" aria-live="polite">{gives}<p>{["Mozilla's guidelines, version ", tls_profiles::VERSION, ". The plan shows the very lines."].concat()}</p></div>
        {endpoints.view()}
    }
}

const VERSIONS: [(&str, &str); 4] = [("1.2", "TLS 1.2"), ("1.3", "TLS 1.3"), ("1.1", "TLS 1.1"), ("1.0", "TLS 1.0")];

fn version(name: &str) -> Option<TlsVersion> {
    Some(match name {
        "1.0" => TlsVersion::Tls10,
        "1.1" => TlsVersion::Tls11,
        "1.2" => TlsVersion::Tls12,
        "1.3" => TlsVersion::Tls13,
        _ => return None,
    })
}

fn versions(wishes: Wishes, card: Card, has_highest: bool, endpoints: Endpoints) -> View {
    let (lowest, highest) = (RwSignal::new("1.2".to_owned()), RwSignal::new(String::new()));
    effect(move || {
        let lowest = version(&lowest.get()).unwrap_or(TlsVersion::Tls12);
        wishes.say(card, SettingWish::Protocols { endpoints: endpoints.chosen.get(), lowest, highest: version(&highest.get()) });
    });
    let old = Signal::derive(move || {
        let old = version(&lowest.get()).is_some_and(|lowest| lowest < TlsVersion::Tls12);
        old.then(|| Note::warn("TLS 1.0 and 1.1 must not be used any more (RFC 8996)."))
    });
    let mut none = vec![("", "the program's own")];
    none.extend(VERSIONS);
    let highest = has_highest.then(|| {
        Field::select(&card.id("highest"), "Highest", highest, &none)
            .class("field f3")
            .faults(wishes.faults, &card.pointer("highest"))
            .view()
    });
    let class = if has_highest { "field f3" } else { "field" };
    view! {
        {Field::select(&card.id("lowest"), "Lowest", lowest, &VERSIONS).class(class).note(old).faults(wishes.faults, &card.pointer("lowest")).view()}
        {highest}
        {endpoints.view()}
    }
}

fn ciphers(wishes: Wishes, card: Card, spelling: Option<CipherList>, endpoints: Endpoints) -> View {
    let list = RwSignal::new(String::new());
    effect(move || {
        let ciphers: String = list.get().split_whitespace().collect();
        wishes.say(card, SettingWish::Ciphers { endpoints: endpoints.chosen.get(), ciphers });
    });
    let (example, hint) = match spelling {
        Some(CipherList::Iana) => ("TLS_AES_128_GCM_SHA256,TLS_…", "Their names in IANA's registry, joined by commas."),
        Some(CipherList::Sun) => {
            ("tls_rsa_aes_128_sha,…", "The manual's names, joined by commas. Those that must not be used are refused.")
        }
        Some(CipherList::OpensslOrGnutls) => {
            ("ECDHE-RSA-AES128-GCM-SHA256:…", "OpenSSL's names joined by colons; a priority string where slapd has GnuTLS, as on Debian.")
        }
        Some(CipherList::Openssl) | None => ("ECDHE-RSA-AES128-GCM-SHA256:…", "OpenSSL's names, joined by colons."),
    };
    view! {
        {Field::area(&card.id("ciphers"), "List", list, 3).placeholder(example).hint(hint).faults(wishes.faults, &card.pointer("ciphers")).required().view()}
        {endpoints.view()}
    }
}

fn clients(wishes: Wishes, card: Card, has_depth: bool, endpoints: Endpoints) -> View {
    let (chosen, depth) = (RwSignal::new("optional".to_owned()), RwSignal::new(String::new()));
    effect(move || {
        let verification = match chosen.get().as_str() {
            "off" => ClientVerification::Off,
            "required" => ClientVerification::Required,
            _ => ClientVerification::Optional,
        };
        wishes.say(
            card,
            SettingWish::ClientVerification { endpoints: endpoints.chosen.get(), verification, depth: depth.get().trim().parse().ok() },
        );
    });
    let options = [("off", "Off: not asked for"), ("optional", "Optional: asked for, and may be none"), ("required", "Required")];
    view! {
        {Field::select(&card.id("verification"), "Certificates of clients", chosen, &options).faults(wishes.faults, &card.pointer("verification")).view()}
        {has_depth.then(|| Field::text(&card.id("depth"), "Most CAs above them", depth).placeholder("as it is").hint("0 to 255, as the program counts.").faults(wishes.faults, &card.pointer("depth")).view())}
        {endpoints.view()}
    }
}

fn watch(wishes: Wishes, card: Card) -> View {
    effect(move || wishes.say(card, SettingWish::CertificateWatch));
    view! { <p class="note">"It looks for newer certificates by itself: the next ones end no connection."</p> }
}
