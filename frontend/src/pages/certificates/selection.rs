//! The bar that floats while rows are checked, and the confirmation of a deletion.

use std::sync::Arc;

use crate::view::*;
use certdeck_shared::trust::TrustFlags;

use super::actions;
use crate::components::feedback::callout;
use crate::components::icon::icon;
use crate::ids;
use crate::state::App;
use crate::state::row::Row;

/// What can be done with what is checked.
pub fn selection_bar(app: App, deleting: RwSignal<bool>, trusting: RwSignal<bool>) -> View {
    let list = app.list;
    let count = Memo::new(move |_| list.checked.with(std::collections::HashSet::len));
    let rows = move || list.targets(app.certificates);
    let any = move || count.get() > 0;
    view! {
        {when(any, move || view! {
            <div class="float" role="toolbar" aria-label=move || format!("{} selected", count.get())>
                <strong>{move || count.get()}" selected"</strong>
                <button class="btn" type="button" on:click=move |_| actions::export_pem(app, &rows())>{icon("export")}"Export PEM"</button>
                <button class="btn" type="button" disabled=move || !app.may_write() on:click=move |_| trusting.set(true)>"Trust"</button>
                <button class="btn opt" type="button" on:click=move |_| actions::copy_rows(app, &rows())>{icon("copy")}"Copy"</button>
                <button class="btn danger" type="button" disabled=move || !app.may_write() on:click=move |_| deleting.set(true)>{icon("delete")}"Delete"</button>
                <button class="btn plain" type="button" on:click=move |_| list.checked.update(std::collections::HashSet::clear)>"Clear "<kbd>"Esc"</kbd></button>
            </div>
         })}
    }
}

/// Asks before deleting, in the pane: what goes, and whether the keys go too.
pub fn confirm_deletion(app: App, rows: Vec<Arc<Row>>, open: RwSignal<bool>, after: Callback<()>) -> View {
    let with_keys = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let keys = rows.iter().filter(|row| row.has_key()).count();
    let issued: usize = app.list.issued.with_untracked(|issued| rows.iter().map(|row| crate::state::list::issued_by(row, issued)).sum());
    let names: Vec<String> = rows.iter().take(6).map(|row| row.name.clone()).collect();
    let more = rows.len().saturating_sub(6);
    let count = actions::counted(rows.len(), "certificate");
    let done = Callback::new(move |()| {
        busy.set(false);
        open.set(false);
        after.run(());
    });
    let act = move |_| {
        busy.set(true);
        problem.set(None);
        actions::delete(app, rows.clone(), with_keys.get_untracked(), problem, done);
    };
    view! {
        <section class="sect confirm" role="group" aria-label="Delete">
            <h3>{["Delete ", &count, "?"].concat()}</h3>
            <ul class="names">{names.into_iter().map(|name| view! { <li class="cut">{name}</li> }).collect::<Vec<_>>()}{(more > 0).then(|| view! { <li class="faint">{format!("+{more}")}</li> })}</ul>
            {(issued > 0).then(|| callout("warn", format!("{} here lose their issuer: their chains end before the root.", actions::counted(issued, "certificate"))))}
            {(keys > 0).then(|| view! {
                <label class="row tight"><input type="checkbox" class="cb" prop:checked=move || with_keys.get() on:change=move |event| with_keys.set(event_target_checked(&event))/>
                    {format!("Delete {} too", if keys == 1 { "its private key".to_owned() } else { format!("{keys} private keys") })}</label>
                <p class="note">{move || if with_keys.get() { "A deleted key comes back only with the snapshot." } else { "The keys stay, listed under Keys as belonging to nothing." }}</p>
            })}
            {move || problem.get().map(|words| { busy.set(false); callout("bad", words) })}
            <div class="stage">
                <button class="btn danger" type="button" disabled=move || busy.get() on:click=act>{icon("delete")}"Delete"</button>
                <button class="btn plain" type="button" on:click=move |_| open.set(false)>"Keep"</button>
                <span class="note">"Snapshot first, undo after"</span>
            </div>
        </section>
    }
}

/// What many certificates are given at once most often.
const PRESETS: [(&str, &str); 5] =
    [("Servers", "C,,"), ("Servers and e-mail", "C,C,"), ("Everything", "CT,C,C"), ("No trust of its own", ",,"), ("Distrust", "p,p,p")];

/// Stages the same trust for everything that is checked. Nothing is stored before Apply.
pub fn trust_many(app: App, rows: Vec<Arc<Row>>, open: RwSignal<bool>) -> View {
    let text = RwSignal::new(String::from("C,,"));
    let parsed = Memo::new(move |_| TrustFlags::parse(&text.get()).map_err(|error| error.to_string()));
    let presets: Vec<View> = PRESETS
        .into_iter()
        .map(|(words, flags)| {
            view! {
                <button class="chip" type="button" aria-pressed=move || (text.get() == flags).to_string() on:click=move |_| text.set(flags.to_owned())>{words}" "<span class="mono">{flags}</span></button>
            }
        })
        .collect();
    let count = actions::counted(rows.len(), "certificate");
    let title = ["Trust of ", &count].concat();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Ok(flags) = parsed.get_untracked() {
            for row in &rows {
                app.staged.stage(&row.entry.fingerprint_sha256, &row.name, &row.entry.trust, flags.with_user(row.trust.ssl.user));
            }
            open.set(false);
        }
    };
    let says = move || match parsed.get() {
        Ok(flags) => {
            let stores = flags.with_user(false).stored();
            let words = stores.words().join(". ");
            view! { <p class="note">"NSS stores "<code>{stores.to_string()}</code>": "{words}"."</p> }
        }
        Err(problem) => view! { <p class="note bad" role="alert">{problem}</p> },
    };
    view! {
        <form class="confirm" on:submit=submit>
            <h3>{title}</h3>
            <div class="row wrap">{presets}</div>
            <div class="field">
                <label for=ids::TRUST_MANY>"Flags for SSL, e-mail, object signing"</label>
                <input class="in mono" id=ids::TRUST_MANY autocomplete="off" spellcheck="false" prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))/>
                {says}
            </div>
            <div class="stage">
                <button class="btn primary" disabled=move || parsed.with(Result::is_err)>"Stage for all"</button>
                <button class="btn plain" type="button" on:click=move |_| open.set(false)>"Keep"</button>
                <span class="note">"Nothing is stored before Apply"</span>
            </div>
        </form>
    }
}
