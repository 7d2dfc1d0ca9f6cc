//! One map: its issuer, the properties that are set here, and the lines that stay as they are.

use certdeck_shared::api::certificate_map::{MapChange, MapFinding, MapProperty};
use certdeck_shared::api::password::Severity;
use certdeck_shared::certmap::Map;

use super::edit::{property, text};
use super::page::Maps;
use crate::components::feedback::callout;
use crate::components::icon::icon;
use crate::view::*;

/// What should be looked at.
pub fn findings(findings: Vec<MapFinding>) -> View {
    let rows: Vec<View> = findings
        .into_iter()
        .map(|finding| {
            let tone = match finding.severity {
                Severity::Note => "live",
                Severity::Warning => "warn",
                Severity::Error => "bad",
            };
            let line = finding.line.map(|line| format!("Line {line}: ")).unwrap_or_default();
            callout(tone, [line, finding.words].concat())
        })
        .collect();
    if rows.is_empty() {
        View::nothing()
    } else {
        view! { <section class="sect stack">{rows}</section> }
    }
}

/// A map.
pub fn map_view(maps: Maps, map: &Map) -> View {
    let name = map.name.clone();
    let issuer = if map.is_default() {
        view! { <p class="note">"For certificates of all issuers that have no map of their own."</p> }
    } else {
        let of = name.clone();
        let changed = move |issuer: String| maps.stage(MapChange::SetIssuer { map: of.clone(), issuer });
        text("Issuer", &map.issuer, "Letter for letter as the servers print it, blanks included.", changed)
    };
    let properties: Vec<View> = MapProperty::ALL.into_iter().map(|which| property(maps, map, which)).collect();
    let ours = |name: &str| MapProperty::ALL.iter().any(|which| which.name().eq_ignore_ascii_case(name));
    let others: Vec<View> = map
        .properties
        .iter()
        .filter(|property| !ours(&property.name))
        .map(|property| {
            let text = [property.name.as_str(), " ", &property.value].concat();
            view! { <li>{icon("file")}<span><code class="break">{text}</code><span class="note">{format!("line {}", property.line)}</span></span></li> }
        })
        .collect();
    let others = (!others.is_empty()).then(|| view! { <div class="stack"><h4>"Kept as it is"</h4><ul class="listed">{others}</ul></div> });
    let remove = (!map.is_default()).then(|| {
        let (map, label) = (name.clone(), ["Remove the map ", &name].concat());
        view! { <button class="btn danger push" type="button" aria-label=label on:click=move |_| maps.stage(MapChange::RemoveMap { map: map.clone() })>"Remove"</button> }
    });
    view! {
        <section class="sect stack">
            <div class="row wrap"><h3 class="break">{name.clone()}</h3><span class="note">{format!("line {}", map.line)}</span>{remove}</div>
            {issuer}
            {properties}
            {others}
        </section>
    }
}
