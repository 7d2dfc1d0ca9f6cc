//! The trust matrix: checkboxes in words, staged cells marked `+` and `−`, and what the change causes.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::trust::TrustFlags;

use super::legend::RIGHTS;
use super::punch::{USES, fields, punch};
use crate::components::feedback::callout;
use crate::ids;
use crate::state::App;
use crate::state::row::Row;

fn set(mut flags: TrustFlags, column: usize, right: usize, on: bool) -> TrustFlags {
    let field = match column {
        0 => &mut flags.ssl,
        1 => &mut flags.email,
        _ => &mut flags.object_signing,
    };
    *RIGHTS[right].2(field) = on;
    // Distrust and every kind of trust exclude each other: NSS would keep the trust and drop the distrust, which nobody means.
    if on && RIGHTS[right].1 == "p" {
        for (_, letter, flag) in RIGHTS {
            if letter != "p" {
                *flag(field) = false;
            }
        }
    } else if on {
        field.prohibited = false;
    }
    flags
}

fn granted(flags: TrustFlags, column: usize, right: usize) -> bool {
    let mut field = fields(flags)[column];
    *RIGHTS[right].2(&mut field)
}

/// `CT,C,C`, without the `u` that only tells of the key.
fn letters(flags: TrustFlags) -> String {
    flags.with_user(false).to_string()
}

/// The matrix of one certificate.
pub fn matrix(app: App, row: &Arc<Row>, clients: Vec<String>) -> View {
    let stored = row.trust;
    let id = StoredValue::new(row.entry.fingerprint_sha256.clone());
    let name = StoredValue::new(row.name.clone());
    let before = StoredValue::new(row.entry.trust.clone());
    let wanted = Memo::new(move |_| id.with_value(|id| app.staged.wanted(id, stored)));
    let can = move || app.may_write() && !app.staged.busy.get();
    let rows: Vec<View> = RIGHTS
        .into_iter()
        .enumerate()
        .map(|(right, (words, letter, _))| {
            let cells: Vec<View> = (0..3)
                .map(|column| {
                    let was = granted(stored, column, right);
                    let is = move || granted(wanted.get(), column, right);
                    let class = move || match (was, is()) {
                        (false, true) => "add",
                        (true, false) => "del",
                        _ => "",
                    };
                    let label = [words, " for ", USES[column]].concat();
                    let change = move |event| {
                        let flags = set(wanted.get_untracked(), column, right, event_target_checked(&event));
                        id.with_value(|id| name.with_value(|name| before.with_value(|before| app.staged.stage(id, name, before, flags))));
                    };
                    view! { <td class=class><label class="mark"><input type="checkbox" class="cb" aria-label=label prop:checked=is disabled=move || !can() on:change=change/></label></td> }
                })
                .collect();
            view! { <tr><th scope="row">{words}<code>{letter}</code></th>{cells}</tr> }
        })
        .collect();
    let head = move || {
        let wish = letters(wanted.get());
        let was = letters(stored);
        let key = stored.ssl.user.then(|| view! { <code class="faint">"u"</code> });
        if wish == was {
            view! { {punch(stored)}<code class="muted">{stored.to_string()}</code> }
        } else {
            let stores = wanted.get().with_user(false).stored();
            view! { {punch(stores.with_user(stored.ssl.user))}<span class="ba"><del>{was}</del><span class="faint">"→"</span><ins>{stores.to_string()}</ins></span>{key} }
        }
    };
    view! {
        <div class="sect-head" id=ids::TRUST_MATRIX tabindex="-1"><h2>"Trust"</h2>{head}</div>
        <table class="matrix">
            <colgroup><col/><col class="w-use"/><col class="w-use"/><col class="w-use"/></colgroup>
            <thead><tr><th><span class="sr">"Right"</span></th><th scope="col">"SSL"</th><th scope="col">"E-mail"</th><th scope="col">"Object"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <div class="stack gap-top" aria-live="polite">{move || consequences(stored, wanted.get(), &clients)}</div>
    }
}

/// What the change causes, in words.
fn consequences(stored: TrustFlags, wanted: TrustFlags, issued: &[String]) -> Vec<View> {
    let mut notes: Vec<View> = Vec::new();
    if letters(stored) == letters(wanted) {
        return notes;
    }
    let stores = wanted.with_user(false).stored();
    if stores.to_string() != letters(wanted) {
        notes.push(callout(
            "live",
            view! { "NSS will store "<code>{stores.to_string()}</code>", not "<code>{letters(wanted)}</code>": "{stored_words(wanted)}"." },
        ));
    }
    if stores.ssl.trusted_client_ca && !stored.ssl.trusted_client_ca {
        notes.push(callout("warn", view! { <b>"Servers of this database will ask clients for certificates of this CA."</b>" Whoever holds one can then sign in where the server maps certificates to users." }));
    }
    let anchors = |flags: TrustFlags| flags.ssl.trusted_ca;
    if anchors(stored) && !anchors(stores) {
        let whom = match issued {
            [] => "No certificate of this database depends on it directly.".to_owned(),
            [one] => [one.as_str(), " is no longer trusted by way of it."].concat(),
            [one, rest @ ..] => format!("{one} and {} more are no longer trusted by way of it.", rest.len()),
        };
        notes.push(callout("warn", view! { <b>"It no longer vouches for servers."</b>" "{whom} }));
    }
    if !anchors(stored) && anchors(stores) {
        notes.push(callout("warn", view! { <b>"Every server certificate it issues will be trusted."</b>" Grant this only to a CA whose key you know to be kept well." }));
    }
    if stores.is_distrusted() && !stored.is_distrusted() {
        notes.push(callout("bad", view! { <b>"It will be refused"</b>", and with it every chain that passes through it." }));
    }
    notes
}

fn stored_words(wanted: TrustFlags) -> &'static str {
    if wanted.email.trusted_client_ca || wanted.object_signing.trusted_client_ca {
        "outside SSL, T says no more than a valid CA"
    } else if (0..3).any(|column| fields(wanted)[column].trusted_peer && fields(wanted)[column].trusted_ca) {
        "one value per use, and a CA outweighs a peer"
    } else {
        "one value per use, the strongest wins"
    }
}
