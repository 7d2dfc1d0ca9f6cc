//! A program whose configuration the console cannot read, described here: its files, its ports, and the programs that act on it.

use crate::view::*;
use certdeck_shared::api::service::{ProgramDescription, ProgramPort, Protocol, TlsMode};

use crate::components::form::faults::Faults;
use crate::components::form::field::Field;
use crate::components::icon::icon;
use crate::ids;
use crate::state::browser;

/// The description as it is filled in.
#[derive(Clone, Copy)]
pub struct Described {
    certificate: RwSignal<String>,
    key: RwSignal<String>,
    chain: RwSignal<String>,
    authorities: RwSignal<String>,
    reader: RwSignal<String>,
    /// The numbers of the ports that stand in the form.
    numbers: RwSignal<Vec<u32>>,
    next: StoredValue<u32>,
    /// What each of them says at present.
    said: RwSignal<Vec<(u32, ProgramPort)>>,
}

const CLIENT_CA: &str = "/description/client_ca";

const BEGINS: [(&str, &str); 3] = [("implicit", "from the first byte"), ("starttls", "after STARTTLS"), ("off", "never: no TLS")];

impl Described {
    /// Nothing filled in, and one port.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            certificate: text(),
            key: text(),
            chain: text(),
            authorities: text(),
            reader: text(),
            numbers: RwSignal::new(vec![0]),
            next: StoredValue::new(1),
            said: RwSignal::new(Vec::new()),
        }
    }

    /// The description.
    pub fn description(self) -> ProgramDescription {
        let text = |value: RwSignal<String>| value.get().trim().to_owned();
        let perhaps = |value: RwSignal<String>| Some(text(value)).filter(|text| !text.is_empty());
        let said = self.said.get();
        let port = |number: &u32| said.iter().find(|(known, _)| known == number).map(|(_, port)| port.clone());
        ProgramDescription {
            certificate: text(self.certificate),
            key: text(self.key),
            chain: perhaps(self.chain),
            client_ca: self
                .authorities
                .with(|paths| paths.lines().map(|path| path.trim().to_owned()).filter(|path| !path.is_empty()).collect()),
            key_reader: perhaps(self.reader),
            ports: self.numbers.with(|numbers| numbers.iter().filter_map(port).collect()),
        }
    }

    /// Whether what must be there is.
    pub fn is_begun(self) -> bool {
        [self.certificate, self.key].into_iter().all(|path| path.with(|path| path.trim().starts_with('/')))
    }

    /// The numbers of the ports, for refusals that come with their places.
    pub fn numbers(self) -> Vec<u32> {
        self.numbers.get_untracked()
    }

    /// The fields.
    pub fn fields(self, faults: Faults) -> View {
        let path = |id, label, value, example, pointer| Field::text(id, label, value).placeholder(example).faults(faults, pointer);
        let rows = keyed(move || self.numbers.get(), |number| *number, move |number| self.port(number, faults));
        let add = move |_| {
            let number = self.next.get_value();
            self.next.set_value(number + 1);
            self.numbers.update(|numbers| numbers.push(number));
            request_animation_frame(move || browser::focus(&id_of(number, "address")));
        };
        faults.covers("/description/ports");
        let none = move || {
            let words = faults.at("/description/ports").filter(|_| self.numbers.with(Vec::is_empty));
            words.map(|words| view! { <p class="note bad" role="alert">{words}</p> })
        };
        view! {
            {path(ids::DESCRIBED_CERTIFICATE, "File of the certificate", self.certificate, "/etc/xmpp/cert.pem", "/description/certificate").required().view()}
            {path(ids::DESCRIBED_KEY, "File of the key", self.key, "/etc/xmpp/key.pem", "/description/key").required().view()}
            {path(ids::DESCRIBED_CHAIN, "File of the chain", self.chain, "", "/description/chain").hint("Empty when the chain is in the file of the certificate.").view()}
            {Field::area(ids::DESCRIBED_AUTHORITIES, "Files of CAs of clients", self.authorities, 2).hint("One per line; none when clients show no certificate.").faults(faults, CLIENT_CA).view()}
            {path(ids::DESCRIBED_READER, "User that reads the key", self.reader, "root", "/description/key_reader").view()}
            <fieldset class="stack wishes"><legend>"Ports"</legend>
                <ol class="stack">{rows}</ol>
                {none}
                <div class="row"><button class="btn" type="button" id=ids::DESCRIBED_ADD on:click=add>{icon("plus")}"Another port"</button></div>
            </fieldset>
        }
    }

    fn port(self, number: u32, faults: Faults) -> View {
        let address = RwSignal::new(String::new());
        let (protocol, tls) = (RwSignal::new("other".to_owned()), RwSignal::new("implicit".to_owned()));
        let name = RwSignal::new(String::new());
        effect(move || {
            let port = ProgramPort {
                address: address.get().trim().to_owned(),
                protocol: Protocol::named(&protocol.get()).unwrap_or(Protocol::Other),
                tls: TlsMode::named(&tls.get()),
                name: None,
                server_names: Some(name.get().trim().to_owned()).filter(|name| !name.is_empty()).into_iter().collect(),
            };
            self.said.update(|said| match said.iter_mut().find(|(known, _)| *known == number) {
                Some((_, known)) => *known = port,
                None => said.push((number, port)),
            });
        });
        let remove = move |_| {
            self.numbers.update(|numbers| numbers.retain(|one| *one != number));
            browser::focus_soon(ids::DESCRIBED_ADD);
        };
        let protocols: Vec<(&'static str, &'static str)> =
            Protocol::ALL.iter().map(|one| (one.name(), if *one == Protocol::Other { "something else" } else { one.title() })).collect();
        let pointer = |field: &str| pointer_of(number, field);
        view! {
            <li class="ask form">
                <div class="row"><h4>"Port"</h4><button class="btn plain icon push" type="button" aria-label="Remove this port" on:click=remove>{icon("close")}</button></div>
                {Field::text(&id_of(number, "address"), "Address and port", address).placeholder("*:5223").faults(faults, &pointer("address")).required().view()}
                {Field::select(&id_of(number, "protocol"), "It speaks", protocol, &protocols).class("field f3").faults(faults, &pointer("protocol")).view()}
                {Field::select(&id_of(number, "tls"), "TLS begins", tls, &BEGINS).class("field f3").faults(faults, &pointer("tls")).view()}
                {Field::text(&id_of(number, "name"), "Host name it is for", name).hint("All when empty.").faults(faults, &pointer("server_names")).view()}
            </li>
        }
    }
}

fn id_of(number: u32, field: &str) -> String {
    format!("described-port-{number}-{field}")
}

fn pointer_of(number: u32, field: &str) -> String {
    format!("/description/port-{number}/{field}")
}

/// The pointer of the field that shows what is said of a pointer: files of CAs share one, and a port's has its number in the place of its place.
pub fn at_its_field(pointer: &str, numbers: &[u32]) -> Option<String> {
    if pointer.strip_prefix(CLIENT_CA).is_some_and(|rest| rest.starts_with('/')) {
        return Some(CLIENT_CA.to_owned());
    }
    let (place, field) = pointer.strip_prefix("/description/ports/")?.split_once('/')?;
    Some(pointer_of(*numbers.get(place.parse::<usize>().ok()?)?, field))
}
