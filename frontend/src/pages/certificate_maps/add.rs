//! A map more.

use certdeck_shared::api::certificate_map::MapChange;
use certdeck_shared::certmap::{DEFAULT, MapFile};

use super::page::Maps;
use crate::components::form::field::Field;
use crate::components::icon::icon;
use crate::ids;
use crate::view::*;

/// The form, and where the default map is missing a button for it.
pub fn add(maps: Maps, file: &MapFile) -> View {
    let (name, issuer) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        maps.stage(MapChange::AddMap { map: name.get_untracked().trim().to_owned(), issuer: issuer.get_untracked().trim().to_owned() });
    };
    let default = file.default_map().is_none().then(|| {
        let add = move |_| maps.stage(MapChange::AddMap { map: DEFAULT.to_owned(), issuer: DEFAULT.to_owned() });
        view! { <div class="row"><button class="btn" type="button" on:click=add>{icon("plus")}"Add the default map"</button></div> }
    });
    let incomplete = Signal::derive(move || name.with(|name| name.trim().is_empty()) || issuer.with(|issuer| issuer.trim().is_empty()));
    view! {
        <section class="sect stack"><h3>"Another map"</h3>
            {default}
            <form class="stack" on:submit=add>
                {Field::text(ids::MAPS_NAME, "Name", name).placeholder("clients").view()}
                {Field::text(ids::MAPS_ISSUER, "Issuer", issuer).placeholder("CN=Client CA,O=Example,C=CH").hint("Try a certificate of it: the trial says how the servers print its issuer.").view()}
                <div class="row"><button class="btn" type="submit" disabled=incomplete>{icon("plus")}"Add"</button></div>
            </form>
        </section>
    }
}
