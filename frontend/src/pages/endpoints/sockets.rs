//! What listens on this host: one click fills the form.

use certdeck_shared::api::endpoint::ListeningSocket;

use super::add::Draft;
use super::watch::Watch;
use super::words::protocol_words;
use crate::components::feedback::empty;
use crate::components::form::submission::{Load, load, loaded};
use crate::components::icon::{icon, state};
use crate::place::Place;
use crate::transport::page_client;
use crate::view::*;

/// The section beneath the form.
pub fn sockets(watch: Watch, draft: Draft) -> View {
    let slot = RwSignal::new(Load::<Vec<ListeningSocket>>::Waiting);
    let read = move || {
        let reader = page_client();
        load(watch.app, slot, async move { reader.listening_sockets().await });
    };
    read();
    let list = move |sockets: Vec<ListeningSocket>| {
        if sockets.is_empty() {
            return empty("Nothing listens", "No socket of this host could be seen.", View::nothing());
        }
        let rows: Vec<View> = sockets.into_iter().map(|socket| row(draft, socket)).collect();
        view! { <ul class="listed">{rows}</ul> }
    };
    view! { <section class="sect"><h3>"Listening on this host"</h3>{loaded(slot, 4, Callback::new(move |()| read()), list)}</section> }
}

fn row(draft: Draft, socket: ListeningSocket) -> View {
    let host = if socket.address.contains(':') { ["[", &socket.address, "]"].concat() } else { socket.address.clone() };
    let address = [host.as_str(), ":", &socket.port.to_string()].concat();
    let usual = socket.usual.map(|usual| ["usually ", protocol_words(usual.protocol, usual.tls)].concat());
    let process = socket.process.map(|process| format!("process {process}"));
    let words = [socket.program.clone(), process, usual].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let end = match socket.endpoint.clone() {
        Some(id) => {
            let href = Place::Endpoint(id).path();
            view! { <a href=href>{state("ok", "ok", "Watched")}</a> }
        }
        None => {
            let label = ["Take ", &address].concat();
            view! { <button class="btn" type="button" aria-label=label on:click=move |_| draft.take_socket(&socket)>"Take"</button> }
        }
    };
    view! { <li>{icon("service")}<span><code class="break">{address}</code><span class="note">{words}</span></span>{end}</li> }
}
