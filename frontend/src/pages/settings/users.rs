//! Accounts.

use crate::view::*;
use certdeck_shared::api::account::{NewUser, User, UserChange};
use certdeck_shared::api::role::{Grants, Role};
use certdeck_shared::password;

use super::grants::{Choice, Places};
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
    places: Places,
    slot: RwSignal<Load<Vec<User>>>,
    asked: RwSignal<Option<String>>,
    granting: RwSignal<Option<String>>,
    submission: Submission,
}

impl Users {
    fn read(self) {
        let reader = page_client();
        load(self.app, self.slot, async move { reader.users().await });
    }

    fn grant(self, name: String, grants: Grants) {
        let change = UserChange { grants: Some(grants), ..UserChange::default() };
        self.submission.run(async move { client().change_user(&name, &change).await }, move |_| {
            self.granting.set(None);
            self.app.announce("Roles changed");
            self.read();
        });
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
pub fn users(app: App, places: Places) -> View {
    let (asked, granting) = (RwSignal::new(None), RwSignal::new(None));
    let users = Users { app, places, slot: RwSignal::new(Load::Waiting), asked, granting, submission: Submission::new() };
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
    let label = format!("What {name} may do");
    let form = {
        let (name, grants) = (name.clone(), user.grants.clone());
        move || users.granting.with(|granting| granting.as_ref() == Some(&name)).then(|| granting_form(users, name.clone(), grants.clone()))
    };
    let begin = {
        let name = name.clone();
        move |_| users.granting.update(|granting| *granting = granting.take().is_none().then(|| name.clone()))
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
            <span class="row tight">{users.places.tags(user.grants)}<button class="btn plain icon" type="button" title="Roles" aria-label=label on:click=begin>{icon("edit")}</button>{remove}</span>
            {form}
            {question}
        </li>
    }
}

fn granting_form(users: Users, name: String, grants: Grants) -> View {
    let choice = Choice::new(users.places, grants);
    let said = name.clone();
    view! {
        <div class="ask">
            {choice.view()}
            <div class="row">
                <button class="btn primary" type="button" disabled=users.submission.busy on:click=move |_| users.grant(name.clone(), untrack(|| choice.grants()))>{icon("check")}"Keep these roles"</button>
                <button class="btn plain" type="button" on:click=move |_| users.granting.set(None)>"Cancel"</button>
            </div>
            {glass_of_form(move || Action::ChangeUser { user_name: said.clone(), body: UserChange { grants: Some(choice.grants()), ..UserChange::default() } })}
        </div>
    }
}

fn new_form(users: Users, adding: RwSignal<bool>) -> View {
    let name = RwSignal::new(String::new());
    let secret = RwSignal::new(String::new());
    let choice = Choice::new(users.places, Grants::everywhere(Role::Viewer));
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let user = NewUser {
            user_name: name.get_untracked().trim().to_owned(),
            password: secret.get_untracked(),
            grants: untrack(|| choice.grants()),
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
            {choice.view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("plus", "Make the account", ready)}<button class="btn plain" type="button" on:click=move |_| adding.set(false)>"Cancel"</button></div>
            {glass_of_form(move || Action::CreateUser { body: NewUser { user_name: name.get(), password: String::new(), grants: choice.grants() } })}
        </form>
    }
}
