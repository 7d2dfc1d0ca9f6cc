//! What will happen, certificate by certificate; nickname and trust can still be changed.

use crate::view::*;
use certdeck_shared::api::import::{Disposition, ImportOutcome};
use certdeck_shared::trust::TrustFlags;

use super::plan::{EDITABLE, Item, Plan};
use crate::components::icon::{glyph, state};

/// Trusts that are usual, with what they mean.
const PRESETS: [(&str, &str); 5] = [
    (",,", "None: its issuer decides"),
    ("C,,", "CA for servers"),
    ("C,C,", "CA for servers and mail"),
    ("CT,C,C", "CA for everything"),
    ("P,,", "Trusted peer"),
];

/// The table, and a choice of trust for all at once.
pub fn table(plan: Plan, items: &[Item]) -> View {
    let rows: Vec<_> = items.iter().take(EDITABLE).cloned().enumerate().map(|(position, item)| row(plan, position, item)).collect();
    let more = items.len().saturating_sub(EDITABLE);
    let all: Vec<RwSignal<String>> = items.iter().map(|item| item.trust).collect();
    let set_all = move |event| {
        let chosen = event_target_value(&event);
        if !chosen.is_empty() {
            for trust in &all {
                trust.set(chosen.clone());
            }
            plan.changed();
        }
    };
    view! {
        <table class="grid rows imports">
            <thead><tr>
                <th scope="col"><span class="sr">"Import"</span></th>
                <th scope="col">"What happens"</th>
                <th scope="col">"Certificate"</th>
                <th scope="col">"Nickname"</th>
                <th scope="col"><span class="row tight">"Trust S,E,O"<select class="in short push" aria-label="Trust for all" on:change=set_all><option value="">"for all …"</option>{options()}</select></span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {(more > 0).then(|| view! { <p class="sect note">{format!("{more} more go in with the nicknames proposed. Only the first {EDITABLE} can be edited here.")}</p> })}
    }
}

fn options() -> Vec<View> {
    PRESETS.iter().map(|(letters, words)| view! { <option value=*letters>{format!("{letters}  {words}")}</option> }).collect()
}

fn row(plan: Plan, position: usize, item: Item) -> View {
    let Item { name, about, source, wanted, nickname, trust, ca, .. } = item;
    let outcome = Memo::new(move |_| plan.outcomes.with(|outcomes| outcomes.get(position).cloned().flatten()));
    let parsed = Memo::new(move |_| trust.with(|trust| TrustFlags::parse(trust)));
    let fixed = move || {
        outcome.with(|outcome| {
            matches!(
                outcome.as_ref().map(|outcome| &outcome.disposition),
                Some(Disposition::Present { .. } | Disposition::SubjectHasNickname { .. })
            )
        })
    };
    let wrong = move || parsed.with(|parsed| parsed.as_ref().err().map(ToString::to_string));
    let words = move || {
        wrong().unwrap_or_else(|| parsed.with(|parsed| parsed.as_ref().map_or_else(|_| String::new(), |flags| trust_words(*flags))))
    };
    let trust_note = format!("import-trust-{position}");
    let state_note = format!("import-state-{position}");
    view! {
        <tr class=move || if wanted.get() { "" } else { "is-out" }>
            <td class="i-check"><input class="cb" type="checkbox" aria-label=format!("Import {name}") prop:checked=wanted on:change=move |event| { wanted.set(event_target_checked(&event)); plan.changed(); }/></td>
            <td class="i-state" id=state_note.clone()>{move || happening(wanted.get(), outcome.get().as_ref())}</td>
            <td class="i-name"><b title=source>{name.clone()}</b>{ca.then(|| view! { " "<span class="tag">"CA"</span> })}<span class="note">{about}</span></td>
            <td class="i-nick"><input class="in" aria-label=format!("Nickname of {name}") aria-describedby=state_note autocomplete="off" spellcheck="false" prop:value=nickname
                disabled=fixed on:input=move |event| { nickname.set(event_target_value(&event)); plan.changed(); }/></td>
            <td class="i-trust">
                <span class="row tight">
                    <input class=move || if wrong().is_some() { "in mono is-bad" } else { "in mono" } aria-label=format!("Trust of {name}") aria-describedby=trust_note.clone() aria-invalid=move || wrong().map(|_| "true")
                        placeholder=",," autocomplete="off" spellcheck="false" prop:value=trust on:input=move |event| { trust.set(event_target_value(&event)); plan.changed(); }/>
                    <select class="in" aria-label=format!("Usual trusts for {name}") on:change=move |event| { trust.set(event_target_value(&event)); event_target::<web_sys::HtmlSelectElement>(&event).set_value(""); plan.changed(); }><option value="">"usual …"</option>{options()}</select>
                </span>
                <span class=move || if wrong().is_some() { "note bad" } else { "note" } id=trust_note>{words}</span>
            </td>
        </tr>
    }
}

fn trust_words(flags: TrustFlags) -> String {
    let stored = flags.stored();
    let words = stored.words().join("; ");
    if stored == flags.with_user(false) { words } else { format!("NSS stores {stored}. {words}") }
}

/// What becomes of it, as shape, word and colour, with the reason beneath.
fn happening(wanted: bool, outcome: Option<&ImportOutcome>) -> View {
    if !wanted {
        return state("none", "off", "Left out");
    }
    let Some(outcome) = outcome else {
        return view! { <span class="state off"><span class="spin">{glyph("running")}</span>"Asking"</span> };
    };
    let (view, words) = disposition(outcome);
    view! { {view}<span class="note">{words}</span> }
}

/// State and reason of an outcome.
pub fn disposition(outcome: &ImportOutcome) -> (View, String) {
    match &outcome.disposition {
        Disposition::New if outcome.private_key_here => (state("ok", "ok", "New"), "its private key is here".to_owned()),
        Disposition::New => (state("ok", "ok", "New"), String::new()),
        Disposition::Present { nickname } => (
            state("dot", "off", "Already there"),
            nickname.as_ref().map_or_else(String::new, |nickname| format!("as {nickname}; left alone")),
        ),
        Disposition::Repeated => (state("dot", "off", "Repeated"), "listed twice; the first counts".to_owned()),
        Disposition::SerialNumberReused { other_nickname, .. } => (
            state("expired", "bad", "Refused"),
            format!(
                "its issuer gave the same serial number to {}, which is another certificate. Leave it out, or delete that one.",
                other_nickname.as_deref().unwrap_or("one without a nickname")
            ),
        ),
        Disposition::SubjectHasNickname { nickname } => {
            (state("ok", "ok", "New"), format!("its subject is called {nickname} here; NSS keeps one nickname a subject"))
        }
        Disposition::NicknameTaken { .. } => {
            (state("expired", "bad", "Refused"), "another subject has this nickname. Choose another.".to_owned())
        }
        Disposition::Unreadable { reason } => (state("expired", "bad", "Refused"), reason.clone()),
    }
}
