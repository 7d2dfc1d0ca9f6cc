//! Accounts.

use crate::view::*;
use certdeck_shared::api::account::{NewUser, Scope, User, UserChange};
use certdeck_shared::password;

use super::page::{SCOPES, scope_of, scope_word};
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::ids;
use crate::state::{App, clock};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Users {
    app: App,
    slot: RwSignal<Load<Vec<User>>>,
    asked: RwSignal<Option<String>>,
    submission: Submission,
}

impl Users {
    fn read(self) {
        let reader = page_client();
        load(self.app, self.slot, async move { reader.users().await });
    }

    fn change(self, name: String, scope: Scope) {
        let change = UserChange { scope: Some(scope), ..UserChange::default() };
        self.submission.run(async move { client().change_user(&name, &change).await }, move |_| self.read());
    }

    fn delete(self, name: String) {
        self.submission.run(async move { client().delete_user(&name).await }, move |()| {
            self.asked.set(None);
            self.app.announce("Account removed");
            self.read();
        });
    }
}

/// The accounts, and a form for another one.
pub fn users(app: App) -> View {
    let users = Users { app, slot: RwSignal::new(Load::Waiting), asked: RwSignal::new(None), submission: Submission::new() };
    users.read();
    let adding = RwSignal::new(false);
    view! {
        <section class="sect stack">
            <div class="sect-head">
                <h3>"Accounts"</h3>
                <button class="btn push" type="button" aria-expanded=move || adding.get().to_string() on:click=move |_| adding.update(|adding| *adding = !*adding)>{icon("plus")}"Account"</button>
            </div>
            {move || adding.get().then(|| new_form(users, adding))}
            {users.submission.faults.callout()}
            {loaded(users.slot, 2, Callback::new(move |()| users.read()), move |list| {
                let rows: Vec<_> = list.into_iter().map(|user| row(users, user)).collect();
                view! { <ul class="people">{rows}</ul> }
            })}
        </section>
    }
}

fn row(users: Users, user: User) -> View {
    let name = user.user_name.clone();
    let own = users.app.session.with_untracked(|state| state.session().is_some_and(|session| session.user_name == name));
    let seen =
        user.last_sign_in_at.map_or_else(|| "never signed in".to_owned(), |at| format!("last in {}", clock::relative(at, clock::now())));
    let options: Vec<_> = SCOPES
        .iter()
        .map(|(scope, _)| view! { <option value=*scope selected=scope_word(user.scope) == *scope>{*scope}</option> })
        .collect();
    let label = format!("What {name} may do");
    let chosen = {
        let name = name.clone();
        move |event| users.change(name.clone(), scope_of(&event_target_value(&event)))
    };
    let question = {
        let name = name.clone();
        move || {
            let name = name.clone();
            users.asked.with(|asked| asked.as_ref() == Some(&name)).then(|| {
                view! {
                    <div class="ask">
                        <p>"The account and its sessions end. What it did stays in the log."</p>
                        <div class="row">
                            <button class="btn danger" type="button" on:click=move |_| users.delete(name.clone())>"Remove the account"</button>
                            <button class="btn plain" type="button" on:click=move |_| users.asked.set(None)>"Keep it"</button>
                        </div>
                    </div>
                }
            })
        }
    };
    let remove = {
        let name = name.clone();
        (!own).then(|| view! { <button class="btn plain icon danger" type="button" title="Remove" aria-label=format!("Remove {name}") on:click=move |_| users.asked.set(Some(name.clone()))>{icon("delete")}</button> })
    };
    view! {
        <li>
            {icon("user")}
            <span><b>{name}</b>{own.then(|| view! { " "<span class="tag">"you"</span> })}<span class="note">{seen}</span></span>
            <span class="row tight"><select class="in short" aria-label=label on:change=chosen>{options}</select>{remove}</span>
            {question}
        </li>
    }
}

fn new_form(users: Users, adding: RwSignal<bool>) -> View {
    let name = RwSignal::new(String::new());
    let secret = RwSignal::new(String::new());
    let scope = RwSignal::new("read".to_owned());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let user = NewUser {
            user_name: name.get_untracked().trim().to_owned(),
            password: secret.get_untracked(),
            scope: scope_of(&scope.get_untracked()),
        };
        submission.run(async move { client().create_user(&user).await }, move |_| {
            adding.set(false);
            users.app.announce("Account made");
            users.read();
        });
    };
    let judged = Signal::derive(move || {
        let secret = secret.get();
        let weakness = password::weakness(&secret, &name.get());
        (!secret.is_empty())
            .then(|| weakness.map_or_else(|| Note::ok(password::strength(&secret)), |weakness| Note::warn(weakness.to_string())))
    });
    let ready = Signal::derive(move || !name.get().trim().is_empty() && password::weakness(&secret.get(), &name.get()).is_none());
    view! {
        <form class="ask" on:submit=submit>
            {Field::text(ids::USER_NAME, "User name", name).faults(submission.faults, "/user_name").required().view()}
            {Field::password(ids::OTHER_PASSWORD, "First password", secret, "new-password").hint("Tell it in person; the account can change it here.").note(judged).faults(submission.faults, "/password").required().view()}
            {Field::select(ids::USER_SCOPE, "May", scope, SCOPES).faults(submission.faults, "/scope").view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("plus", "Make the account", ready)}<button class="btn plain" type="button" on:click=move |_| adding.set(false)>"Cancel"</button></div>
            {glass_of_form(move || Action::CreateUser { body: NewUser { user_name: name.get(), password: String::new(), scope: scope_of(&scope.get()) } })}
        </form>
    }
}
