//! Trust in a narrow pane: what is granted, in words, as three columns of dots.

use crate::view::*;
use certdeck_shared::trust::{TrustFlags, UsageTrust};

use super::punch::fields;

/// A flag within a field.
pub type Flag = fn(&mut UsageTrust) -> &mut bool;

/// Rows of the legend and of the matrix: words, letter, and the flag in a field.
pub const RIGHTS: [(&str, &str, Flag); 5] = [
    ("May issue servers", "C", |field| &mut field.trusted_ca),
    ("May issue clients", "T", |field| &mut field.trusted_client_ca),
    ("Trusted peer", "P", |field| &mut field.trusted_peer),
    ("Valid CA, chains only", "c", |field| &mut field.valid_ca),
    ("Distrusted", "p", |field| &mut field.prohibited),
];

/// Dots for what is granted; rights that no field has are left out, except the first three.
pub fn legend(flags: TrustFlags) -> View {
    let mut rows: Vec<View> = Vec::new();
    for (index, (words, letter, flag)) in RIGHTS.into_iter().enumerate() {
        let granted = fields(flags).map(|mut field| *flag(&mut field));
        if index < 3 || granted.contains(&true) {
            rows.push(row(words, letter, granted, if letter == "p" { "dot no" } else { "dot on" }));
        }
    }
    let own = fields(flags).map(|field| field.user);
    rows.push(row("Own key here", "u", own, "dot key"));
    view! { <div class="legend"><span></span><span class="h">"SSL"</span><span class="h">"Mail"</span><span class="h">"Obj"</span><span></span>{rows}</div> }
}

fn row(words: &'static str, letter: &'static str, granted: [bool; 3], on: &'static str) -> View {
    let dots: Vec<View> = granted
        .into_iter()
        .map(|granted| {
            view! { <i class=if granted { on } else { "dot" }><span class="sr">{if granted { "yes" } else { "no" }}</span></i> }
        })
        .collect();
    view! { <span>{words}</span>{dots}<code class="faint">{letter}</code> }
}
