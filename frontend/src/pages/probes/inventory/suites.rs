//! The versions of TLS, and the cipher suites of each.

use certdeck_shared::api::inventory::{InventoryProtocol, InventorySuite, Offered, Preference, ProtocolVersion};

use crate::components::data::findings::grade_mark;
use crate::components::icon::{state, toned_glyph};
use crate::view::*;

/// Which versions are served, then the suites of each that is.
pub fn versions(protocols: &[InventoryProtocol]) -> View {
    if protocols.is_empty() {
        return View::nothing();
    }
    let rows: Vec<View> = protocols.iter().map(version).collect();
    let tables: Vec<View> = protocols.iter().filter(|protocol| !protocol.suites.is_empty()).map(suites).collect();
    view! { <section class="sect"><h3>"Versions"</h3><ul class="checks">{rows}</ul></section>{tables} }
}

/// Glyph, tone and word of a version: that an old one is refused is as it should be.
fn mark(protocol: &InventoryProtocol) -> (&'static str, &'static str, &'static str) {
    match (protocol.offered, protocol.version) {
        (Offered::Yes, ProtocolVersion::Tls12 | ProtocolVersion::Tls13) => ("ok", "ok", "Served"),
        (Offered::Yes, ProtocolVersion::Tls10 | ProtocolVersion::Tls11) => ("soon", "warn", "Served"),
        (Offered::Yes, ProtocolVersion::Ssl20 | ProtocolVersion::Ssl30) => ("expired", "bad", "Served"),
        (Offered::No, _) => ("none", "off", "Refused"),
        (Offered::Unknown, _) => ("unknown", "off", "Unknown"),
    }
}

fn version(protocol: &InventoryProtocol) -> View {
    let (glyph, tone, word) = mark(protocol);
    let words = (!protocol.words.is_empty()).then(|| view! { <span class="note">{protocol.words.clone()}</span> });
    view! { <li>{toned_glyph(glyph, tone)}<span>{protocol.version.name()}</span><span class=["w ", tone].concat()>{word}</span>{words}</li> }
}

fn suites(protocol: &InventoryProtocol) -> View {
    let order = match protocol.preference {
        Some(Preference::Server) => "in the server's order, which counts",
        Some(Preference::Client) => "by number: the client's order counts",
        None => "",
    };
    let count = match protocol.suites.len() {
        1 => "1 cipher suite".to_owned(),
        count => format!("{count} cipher suites"),
    };
    let complete = if protocol.complete { "" } else { "there may be more" };
    let said: Vec<&str> = [count.as_str(), order, complete].into_iter().filter(|words| !words.is_empty()).collect();
    let rows: Vec<View> = protocol.suites.iter().map(suite).collect();
    let name = [protocol.version.name(), ", cipher suites"].concat();
    view! {
        <section class="sect flush suites">
            <div class="sect-head"><h3>{protocol.version.name()}</h3><span class="note">{said.join(", ")}</span></div>
            <table class="grid rows" aria-label=name>
                <thead><tr><th scope="col">"Cipher suite"</th><th scope="col">"In OpenSSL"</th><th scope="col" class="r-wide">"Group"</th><th scope="col">"Key"</th><th scope="col">"Verdict"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// A suite. The reasons stand once for all above; here they are one hover away.
fn suite(suite: &InventorySuite) -> View {
    let (glyph, tone, word) = suite.grade.map_or(("ok", "ok", "Good"), grade_mark);
    let openssl = suite.openssl.clone().filter(|name| *name != suite.name).unwrap_or_default();
    let title = [suite.number.as_str(), " ", suite.words.as_deref().unwrap_or_default()].concat();
    let key = [&suite.bits.to_string(), " bits"].concat();
    view! {
        <tr title=title>
            <td class="r-name"><code>{suite.name.clone()}</code></td>
            <td class="r-sub"><code>{openssl}</code></td>
            <td class="r-wide">{suite.group.clone().unwrap_or_default()}</td>
            <td class="r-end">{key}</td>
            <td class="r-state">{state(glyph, tone, word)}</td>
        </tr>
    }
}
