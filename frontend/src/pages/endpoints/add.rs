//! Adding an endpoint by hand: any host and port, the usual ports at one click, or what listens on this host.

use certdeck_shared::api::endpoint::{ListeningSocket, NewEndpoint, PRESETS, Preset};
use certdeck_shared::api::service::{Protocol, TlsMode};
use certdeck_shared::glass::Action;

use super::expecting::Expecting;
use super::sockets::sockets;
use super::watch::Watch;
use super::words::{protocol_words, tls_words};
use crate::chunks::{self, lazy_part};
use crate::components::data::glass::glass_of_form;
use crate::components::form::field::Field;
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::browser;
use crate::transport::client;
use crate::view::*;

/// The protocols by their names in the form.
const PROTOCOLS: [(&str, &str, Protocol); 13] = [
    ("http", "HTTP", Protocol::Http),
    ("smtp", "SMTP", Protocol::Smtp),
    ("imap", "IMAP", Protocol::Imap),
    ("pop3", "POP3", Protocol::Pop3),
    ("ldap", "LDAP", Protocol::Ldap),
    ("ftp", "FTP", Protocol::Ftp),
    ("lmtp", "LMTP", Protocol::Lmtp),
    ("sieve", "ManageSieve", Protocol::Sieve),
    ("xmpp", "XMPP", Protocol::Xmpp),
    ("postgresql", "PostgreSQL", Protocol::Postgresql),
    ("mysql", "MySQL", Protocol::Mysql),
    ("sip", "SIP", Protocol::Sip),
    ("other", "Something else", Protocol::Other),
];

/// What is typed.
#[derive(Clone, Copy)]
pub struct Draft {
    host: RwSignal<String>,
    port: RwSignal<String>,
    protocol: RwSignal<String>,
    tls: RwSignal<String>,
    server_name: RwSignal<String>,
    label: RwSignal<String>,
    tags: RwSignal<String>,
    expecting: Expecting,
}

impl Draft {
    fn new() -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let (protocol, tls) = (text("http"), text("implicit"));
        Self {
            host: text(""),
            port: text(""),
            protocol,
            tls,
            server_name: text(""),
            label: text(""),
            tags: text(""),
            expecting: Expecting::new(),
        }
    }

    /// Takes what is usual at a port.
    fn take(self, preset: Preset) {
        self.port.set(preset.port.to_string());
        if let Some((name, ..)) = PROTOCOLS.iter().find(|(_, _, protocol)| *protocol == preset.protocol) {
            self.protocol.set((*name).to_owned());
        }
        self.tls.set(if preset.tls == TlsMode::Starttls { "starttls" } else { "implicit" }.to_owned());
    }

    /// Takes a socket of this host: where it is reached from here.
    pub fn take_socket(self, socket: &ListeningSocket) {
        let host = match socket.address.as_str() {
            "0.0.0.0" => "127.0.0.1",
            "::" => "::1",
            address => address,
        };
        self.host.set(host.to_owned());
        self.port.set(socket.port.to_string());
        if let Some(preset) = socket.usual {
            self.take(preset);
        }
        browser::focus(ids::ENDPOINT_HOST);
    }

    fn endpoint(self) -> NewEndpoint {
        let filled = |field: RwSignal<String>| Some(field.with(|text| text.trim().to_owned())).filter(|text| !text.is_empty());
        let protocol = self.protocol.with(|name| PROTOCOLS.iter().find(|(known, ..)| known == name).map(|(_, _, protocol)| *protocol));
        NewEndpoint {
            host: filled(self.host).unwrap_or_default(),
            // No number is no port; the server says so at the field.
            port: self.port.with(|port| port.trim().parse().unwrap_or_default()),
            protocol: protocol.unwrap_or(Protocol::Other),
            tls: if self.tls.with(|tls| tls == "starttls") { TlsMode::Starttls } else { TlsMode::Implicit },
            server_name: filled(self.server_name),
            label: filled(self.label),
            tags: self.tags.with(|tags| tags_of(tags)),
            expected: self.expecting.certificate(),
        }
    }
}

/// Words with commas between them.
pub fn tags_of(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The pane.
pub fn add(watch: Watch) -> View {
    let draft = Draft::new();
    browser::focus_soon(ids::ENDPOINT_HOST);
    view! {
        <div class="pane-head">
            <h2 class="cut">"Watch another endpoint"</h2>
            <button class="btn plain icon push" type="button" aria-label="Close" on:click=move |_| watch.close()>{icon("close")}</button>
        </div>
        <div class="pane-body">
            <section class="sect">{form(watch, draft)}</section>
            {sockets(watch, draft)}
        </div>
    }
}

fn form(watch: Watch, draft: Draft) -> View {
    let submission = Submission::new();
    let faults = submission.faults;
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = untrack(|| draft.endpoint());
        submission.run(async move { client().add_endpoint(&new).await }, move |row| {
            let id = row.id.clone();
            watch.app.announce("Watched");
            watch.merge(row);
            watch.choose(id);
        });
    };
    let presets: Vec<View> = PRESETS
        .into_iter()
        .map(|preset| {
            let words = [protocol_words(preset.protocol, preset.tls), " ", tls_words(preset.protocol, preset.tls)].concat();
            view! { <button class="chip" type="button" title=words aria-pressed=move || draft.port.with(|port| *port == preset.port.to_string()).to_string() on:click=move |_| draft.take(preset)>{[&preset.port.to_string(), " ", protocol_words(preset.protocol, preset.tls)].concat()}</button> }
        })
        .collect();
    let protocols = PROTOCOLS.map(|(name, words, _)| (name, words));
    let begins = [("implicit", "From the first byte"), ("starttls", "After STARTTLS")];
    let ready = Signal::derive(move || draft.host.with(|host| !host.trim().is_empty()) && draft.port.with(|port| !port.trim().is_empty()));
    view! {
        <form class="stack" on:submit=submit>
            <fieldset><legend class="lab">"Usual ports"</legend><div class="chips wrapping">{presets}</div></fieldset>
            <div class="form">
                {Field::text(ids::ENDPOINT_HOST, "Host", draft.host).class("field f4").placeholder("mail.example.com").faults(faults, "/host").required().view()}
                {Field::text(ids::ENDPOINT_PORT, "Port", draft.port).class("field f2").faults(faults, "/port").required().view()}
                {Field::select(ids::ENDPOINT_PROTOCOL, "Protocol", draft.protocol, &protocols).class("field f3").faults(faults, "/protocol").view()}
                {Field::select(ids::ENDPOINT_TLS, "TLS begins", draft.tls, &begins).class("field f3").faults(faults, "/tls").view()}
                {Field::text(ids::ENDPOINT_SERVER_NAME, "Name that is asked for", draft.server_name).hint("The host when empty.").faults(faults, "/server_name").view()}
                {Field::text(ids::ENDPOINT_LABEL, "Name for people", draft.label).class("field f3").faults(faults, "/label").view()}
                {Field::text(ids::ENDPOINT_TAGS, "Tags", draft.tags).class("field f3").placeholder("mail, berlin").faults(faults, "/tags").view()}
                {lazy_part(move || chunks::expected_certificate(draft.expecting, watch.app, faults))}
            </div>
            {faults.callout()}
            <div class="row">{submission.button("plus", "Watch it", ready)}</div>
            <p class="note">"It is probed at once. Hosts beside this one must be on the list of what may be probed."</p>
            {glass_of_form(move || Action::AddEndpoint { body: draft.endpoint() })}
        </form>
    }
}
