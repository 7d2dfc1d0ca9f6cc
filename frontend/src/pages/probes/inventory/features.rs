//! What else a ServerHello shows.

use certdeck_shared::api::inventory::{Inventory, InventoryFeatures};

use crate::components::data::facts::{Fact, fact, fact_code, fact_view, facts};
use crate::components::icon::state;
use crate::view::*;

/// What was seen of each; nothing is said of what had no chance to show itself.
pub fn features(made: &Inventory) -> View {
    let seen = &made.features;
    let mut rows: Vec<Fact> = wanted(seen).into_iter().chain(unwanted(seen)).flatten().collect();
    rows.extend(seen.session_identifier.map(|given| fact("Session identifiers", if given { "given" } else { "not given" })));
    rows.extend(seen.session_tickets.map(|given| fact("Session tickets", if given { "given" } else { "not given" })));
    rows.extend(seen.ocsp_stapling.map(|stapled| fact("Stapled OCSP", if stapled { "announced" } else { "not announced" })));
    rows.extend(seen.client_certificate.map(|asked| fact("Client's certificate", if asked { "asked for" } else { "not asked for" })));
    rows.extend(seen.alpn.clone().map(|protocol| fact_code("ALPN", protocol)));
    rows.extend(seen.dh_bits.map(|bits| fact("Diffie-Hellman", format!("{bits} bits"))));
    if !seen.signature_algorithms.is_empty() {
        rows.push(fact_code("Signatures", seen.signature_algorithms.join(", ")));
    }
    if rows.is_empty() {
        return View::nothing();
    }
    view! { <section class="sect"><div class="sect-head"><h3>"What else was seen"</h3><span class="note">"Before TLS 1.3, which hides it."</span></div>{facts(vec![("", rows)])}</section> }
}

/// What should be there.
fn wanted(seen: &InventoryFeatures) -> [Option<Fact>; 4] {
    let row = |name, there: Option<bool>| there.map(|there| said(name, there, there));
    [
        row("Secure renegotiation", seen.secure_renegotiation),
        row("Extended master secret", seen.extended_master_secret),
        row("Encrypt-then-MAC", seen.encrypt_then_mac),
        row("Fallback protection", seen.fallback_protection),
    ]
}

/// What should not.
fn unwanted(seen: &InventoryFeatures) -> [Option<Fact>; 2] {
    let row = |name, there: Option<bool>| there.map(|there| said(name, there, !there));
    [row("Compression", seen.compression), row("Heartbeats", seen.heartbeat)]
}

fn said(name: &'static str, there: bool, good: bool) -> Fact {
    let word = if there { "yes" } else { "no" };
    fact_view(name, word, if good { state("ok", "ok", word) } else { state("soon", "warn", word) })
}
