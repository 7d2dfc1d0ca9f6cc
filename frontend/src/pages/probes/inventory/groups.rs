//! The groups of the key exchange.

use certdeck_shared::api::inventory::InventoryGroup;

use crate::components::icon::{state, toned_glyph};
use crate::view::*;

/// In the order in which the server chose them.
pub fn groups(groups: &[InventoryGroup]) -> View {
    if groups.is_empty() {
        return View::nothing();
    }
    let rows: Vec<View> = groups.iter().map(group).collect();
    let future = if groups.iter().any(|group| group.post_quantum) {
        state("ok", "ok", "Post-quantum key exchange")
    } else {
        state("none", "off", "No post-quantum key exchange")
    };
    view! { <section class="sect"><div class="sect-head"><h3>"Key exchange"</h3><span class="push">{future}</span></div><ul class="checks">{rows}</ul></section> }
}

fn group(group: &InventoryGroup) -> View {
    let versions: Vec<&str> = group.versions.iter().map(|version| version.name()).collect();
    let bits = if group.bits > 0 { format!("{} bits of security, ", group.bits) } else { String::new() };
    let future = group.post_quantum.then(|| view! { " "<span class="tag">"post-quantum"</span> });
    // 112 bits is what RSA 2048 has (NIST SP 800-57, part 1, table 2).
    let (glyph, tone) = if group.bits > 0 && group.bits < 112 { ("soon", "warn") } else { ("ok", "ok") };
    view! { <li>{toned_glyph(glyph, tone)}<span><code>{group.name.clone()}</code>{future}</span><span class="w off">{[bits, versions.join(", ")].concat()}</span></li> }
}
