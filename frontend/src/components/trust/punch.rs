//! The punch card of trust: three columns (SSL, e-mail, object signing), four rows (servers, clients, peer, own key).

use std::fmt::Write as _;

use crate::view::*;
use certdeck_shared::trust::{TrustFlags, UsageTrust};

/// Uses of the three fields, as the page calls them.
pub const USES: [&str; 3] = ["SSL", "E-mail", "Object signing"];

/// The three fields.
pub fn fields(flags: TrustFlags) -> [UsageTrust; 3] {
    [flags.ssl, flags.email, flags.object_signing]
}

/// The card.
pub fn punch(flags: TrustFlags) -> View {
    let label = flags.to_string();
    view! { <svg class="punch" viewBox="0 0 23 19" role="img" aria-label=label prop:innerHTML=drawing(flags)></svg> }
}

fn drawing(flags: TrustFlags) -> String {
    let mut svg = String::with_capacity(900);
    for (field, x) in fields(flags).into_iter().zip([0.5, 8.5, 16.5]) {
        if field.prohibited {
            let _ = write!(svg, r#"<path class="xp" d="M{} 1l5 13M{} 1l-5 13"/>"#, x + 0.5, x + 5.5);
        }
        let holes = [
            (field.trusted_ca, field.valid_ca || field.trusted_client_ca, "x1"),
            (field.trusted_client_ca, field.valid_ca || field.trusted_ca, "x1"),
            (field.trusted_peer, false, "x1"),
            (field.user, false, "xu"),
        ];
        for ((granted, chains_only, class), y) in holes.into_iter().zip([0.5, 5.5, 10.5, 15.5]) {
            if field.prohibited && y < 15.0 {
                continue;
            }
            let class = if granted {
                class
            } else if chains_only && field.valid_ca {
                "xc"
            } else {
                "x0"
            };
            let _ = write!(svg, r#"<rect class="{class}" x="{x}" y="{y}" width="6" height="3" rx=".6"/>"#);
        }
    }
    svg
}

/// What a field says, in words.
pub fn field_words(field: UsageTrust) -> String {
    let mut words: Vec<&str> = Vec::new();
    if field.prohibited {
        words.push("distrusted");
    }
    if field.trusted_ca {
        words.push("may issue servers");
    }
    if field.trusted_client_ca {
        words.push("may issue clients");
    }
    if field.trusted_peer {
        words.push("trusted peer");
    }
    if field.valid_ca {
        words.push("valid CA, chains only");
    }
    if field.user {
        words.push("own key here");
    }
    if words.is_empty() { "not trusted by itself".to_owned() } else { words.join(", ") }
}

/// Where the words of a card float: left, top, flags.
pub type Tip = RwSignal<Option<(f64, f64, TrustFlags)>>;

/// Card and letters; words on hover and on focus. Only the row under the cursor is a stop of Tab, so that Tab leaves the list.
pub fn trust_cell(flags: TrustFlags, tip: Tip, reachable: Signal<bool>) -> View {
    let show = move |event: web_sys::Event| {
        use wasm_bindgen::JsCast;
        if let Some(element) = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
            let rect = element.get_bounding_client_rect();
            tip.set(Some((rect.right(), rect.bottom(), flags)));
        }
    };
    let hide = move |_: web_sys::Event| tip.set(None);
    let words = flags.words().join(". ");
    view! {
        <button class="trust" type="button" aria-label=[&flags.to_string(), ". ", &words].concat() tabindex=move || if reachable.get() { "0" } else { "-1" }
            on:mouseenter=move |event| show(event.into()) on:mouseleave=move |event| hide(event.into())
            on:focus=move |event| show(event.into()) on:blur=move |event| hide(event.into())>
            {punch(flags)}<code>{flags.to_string()}</code>
        </button>
    }
}

/// The floating words, one for the whole page: inside the scrolling list it would be clipped.
pub fn trust_tip(tip: Tip) -> View {
    let content = move || {
        tip.get().map(|(right, bottom, flags)| {
            let rows: Vec<View> = fields(flags)
                .into_iter()
                .zip(USES)
                .map(|(field, name)| view! { <span class="tip-row"><span>{name}</span><span>{field_words(field)}</span></span> })
                .collect();
            let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
            let top = if bottom + 110.0 > height { bottom - 125.0 } else { bottom + 4.0 };
            view! {
                <div class="tip open" role="tooltip" style:left=format!("{:.0}px", (right - 322.0).max(8.0)) style:top=format!("{top:.0}px")>{rows}</div>
            }
        })
    };
    view! { {content} }
}
