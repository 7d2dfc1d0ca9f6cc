//! Whether the database is locked, and unlocking it where one stands.

use crate::view::*;
use certdeck_shared::api::database::TokenLogin;
use leptos::task::spawn_local;

use crate::components::icon::{glyph, icon};
use crate::ids;
use crate::state::{App, browser};
use crate::transport::client;

/// The lock in the bar: says the state; opens a field when locked, locks again when not.
pub fn lock_state(app: App) -> View {
    let token = Memo::new(move |_| app.database().map(|database| (database.id, database.token)));
    let open = RwSignal::new(false);
    let content = move || {
        token.get().map(|(id, token)| {
            if !token.login_required {
                return view! { <span class="wide muted small row tight">{icon("unlocked")}{[&token.label, ", no password"].concat()}</span> };
            }
            if token.unlocked {
                let words = [token.label.as_str(), " unlocked"].concat();
                return view! { <button class="lock wide" type="button" title="Lock it again" on:click=move |_| lock(app, id.clone())>{icon("unlocked")}{words}</button> };
            }
            view! {
                <span class="menu-of">
                    <button class="lock is-locked" type="button" aria-expanded=move || open.get().to_string() on:click=move |_| { open.update(|open| *open = !*open); browser::focus_soon(ids::UNLOCK); }>
                        {icon("locked")}<span>"Locked"</span>
                    </button>
                    {when(move || open.get(), move || view! {
                        <div class="menu menu-form">{unlock_form(app, Callback::new(move |()| open.set(false)))}</div>
                    })}
                </span>
            }
        })
    };
    view! { {content} }
}

fn lock(app: App, id: String) {
    spawn_local(async move {
        let _ = client().lock(&id, "internal").await;
        app.refresh_databases();
    });
}

/// Asks for the password of the database one works in; `done` runs when it was right.
pub fn unlock_form(app: App, done: Callback<()>) -> View {
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(id) = app.selected.get_untracked() else { return };
        busy.set(true);
        let login = TokenLogin { password: Some(password.get_untracked()), password_file: None };
        spawn_local(async move {
            let answer = client().unlock(&id, "internal", &login).await;
            busy.set(false);
            match answer {
                Ok(_) => {
                    password.set(String::new());
                    error.set(None);
                    app.announce("Unlocked");
                    app.refresh_databases();
                    done.run(());
                }
                Err(problem) => error.set(Some(problem.to_string())),
            }
        });
    };
    view! {
        <form class="unlock" on:submit=submit>
            <div class="field">
                <label for=ids::UNLOCK>"Password of the database"</label>
                <span class="row tight">
                    <input class="in" id=ids::UNLOCK type="password" autocomplete="off" prop:value=move || password.get() on:input=move |event| password.set(event_target_value(&event))/>
                    <button class="btn primary" disabled=move || busy.get()>"Unlock"</button>
                </span>
                {move || error.get().map(|words| view! { <p class="note bad row tight" role="alert">{glyph("expired")}{words}</p> })}
                <p class="note">"Kept in memory until you lock it. Reading needs no password."</p>
            </div>
        </form>
    }
}
