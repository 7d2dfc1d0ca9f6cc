//! The staged changes of all certificates as one bar: apply them at once, or discard them.

use crate::view::*;

use crate::chunks::{self, lazy_part};
use crate::components::feedback::callout;
use crate::components::icon::toned_glyph;
use crate::components::layout::unlock::unlock_form;
use crate::pages::certificates::actions;
use crate::place::Place;
use crate::state::App;

/// The bar; nothing while nothing is staged.
pub fn staged_bar(app: App) -> View {
    let staged = app.staged;
    let cells = Memo::new(move |_| staged.changes.with(|changes| changes.values().map(|change| change.cells()).sum::<usize>()));
    let certificates = Memo::new(move |_| staged.changes.with(std::collections::BTreeMap::len));
    let any = move || certificates.get() > 0;
    let lines = move || {
        let changes = staged.changes.get();
        let database = app.selected.get().unwrap_or_default();
        changes
            .into_iter()
            .map(|(fingerprint, change)| {
                let stores = change.wanted.with_user(false).stored().to_string();
                let was = change.before.replace('u', "");
                let href = Place::Certificate(database.clone(), fingerprint.clone()).path();
                view! {
                    <li><a class="cut" href=href>{change.name}</a><span class="ba"><del>{was}</del><span class="faint">"→"</span><ins>{stores}</ins></span>
                    <button class="btn plain icon" type="button" aria-label="Discard this change" on:click=move |_| staged.changes.update(|changes| { changes.remove(&fingerprint); })>{crate::components::icon::icon("close")}</button></li>
                }
            })
            .collect::<Vec<_>>()
    };
    let problem = move || {
        staged.problem.get().map(|words| {
            if staged.conflict.get() {
                let again = move |_| {
                    actions::rebase_staged(app);
                    app.certificates.refresh(app);
                };
                callout("bad", view! { <b>"Changed meanwhile. Nothing was stored."</b>" "{words}<div class="stage"><button class="btn" type="button" on:click=again>"Compare with what is stored now"</button></div> })
            } else if staged.locked.get() {
                callout("warn", view! { <b>"The database is locked."</b>" Trust is stored with a signature, which needs its password. The changes stay staged."{unlock_form(app, Callback::new(move |()| actions::apply_trust(app)))} })
            } else {
                callout("bad", view! { <b>"Nothing was stored."</b>" "{words} })
            }
        })
    };
    view! {
        {when(any, move || view! {
            <section class="staged-bar" aria-label="Staged changes of trust">
                <div class="row wrap">
                    <span class="state warn">{toned_glyph("soon", "warn")}{move || format!("{} staged for {}", actions::counted(cells.get(), "change"), actions::counted(certificates.get(), "certificate"))}</span>
                    <span class="push row tight">
                        <button class="btn primary" type="button" disabled=move || staged.busy.get() || !app.may_write() on:click=move |_| actions::apply_trust(app)>
                            {move || if staged.busy.get() { "Storing".to_owned() } else { format!("Apply {}", actions::counted(cells.get(), "change")) }}" "<kbd>"Ctrl ↵"</kbd>
                        </button>
                        <button class="btn plain" type="button" on:click=move |_| staged.clear()>"Discard"</button>
                        <button class="btn plain icon" type="button" aria-label="Command line" title="What it stands for (`)" on:click=move |_| app.glass.update(|open| *open = !*open)>{crate::components::icon::icon("terminal")}</button>
                    </span>
                </div>
                <ul class="staged-list">{lines}</ul>
                {lazy_part(move || chunks::staged_effects(app))}
                {problem}
            </section>
         })}
    }
}
