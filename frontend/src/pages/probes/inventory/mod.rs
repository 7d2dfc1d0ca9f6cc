//! What a port takes: versions, cipher suites and groups, beside a recommendation and beside what its configuration says.

mod compared;
mod configured;
mod features;
mod groups;
mod suites;

use certdeck_shared::api::inventory::{Inventory, InventoryChain};

use super::report::{certificate, verdict};
use crate::components::data::findings::findings;
use crate::components::feedback::callout;
use crate::components::icon::glyph;
use crate::state::App;
use crate::view::*;

/// The inventory.
pub fn inventory_view(app: App, made: &Inventory) -> View {
    let (mark, tone, word) = verdict(made.outcome);
    let address = made.address.as_ref().map(|address| [" at ", address].concat()).unwrap_or_default();
    let effort = format!("{} connections{address}, {} ms.", made.connections, made.milliseconds);
    let part = (!made.complete && !made.protocols.is_empty())
        .then(|| callout("warn", "Not everything that was asked was answered: what is missing below may be there all the same."));
    let found = (!made.findings.is_empty()).then(|| findings(&made.findings));
    let chains: Vec<View> = made.certificates.iter().map(|chain| served(app, chain)).collect();
    view! {
        <section class="sect stack">
            <p class=["verdict ", tone].concat()>{glyph(mark)}<span><b>{word}</b>" "{made.words.clone()}</span></p>
            <p class="note indent">{effort}</p>
            {part}
        </section>
        {found}
        {suites::versions(&made.protocols)}
        {groups::groups(&made.groups)}
        {made.profile.as_ref().map(compared::compared)}
        {made.configured.as_ref().map(configured::configured)}
        {features::features(made)}
        {chains}
    }
}

fn served(app: App, chain: &InventoryChain) -> View {
    let versions: Vec<&str> = chain.versions.iter().map(|version| version.name()).collect();
    let rows: Vec<View> = chain.chain.iter().enumerate().map(|(place, one)| certificate(app, place, one)).collect();
    view! { <section class="sect stack"><div class="sect-head"><h3>"Certificates, in the order of the server"</h3><span class="note">{versions.join(", ")}</span></div><ul class="listed">{rows}</ul></section> }
}
