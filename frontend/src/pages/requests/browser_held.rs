//! The key of a request in this browser: joined with the answer and saved, or forgotten.

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::request::{Request, RequestKeyPlace};
use certdeck_shared::detect;
use certdeck_shared::request;

use super::outside;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::Submission;
use crate::components::icon::icon;
use crate::ids;
use crate::state::{App, browser, browser_key};

/// What is known of the key: whether it is here, and whether it may leave.
type Found = Option<Option<bool>>;

/// The section; nothing for keys of the database or of a token.
pub fn section(app: App, db: &str, request: &Request) -> View {
    let (db, place) = (StoredValue::new(db.to_owned()), request.key_place);
    let request = StoredValue::new(request.clone());
    match place {
        RequestKeyPlace::Database | RequestKeyPlace::Token => return View::nothing(),
        RequestKeyPlace::Elsewhere if request.with_value(|request| request.answers.is_empty()) => return View::nothing(),
        RequestKeyPlace::Elsewhere => {
            return view! { <section class="sect stack"><h3>"Key outside the database"</h3>{outside::join(app, db, request)}</section> };
        }
        RequestKeyPlace::Browser => {}
    }
    let found = RwSignal::new(None::<Option<bool>>);
    leptos::task::spawn_local(async move {
        let key = browser_key::of_request(&request.with_value(|request| request.id.clone())).await;
        found.try_set(Some(key.map(|key| key.may_leave())));
    });
    let content = move || match found.get() as Found {
        None => View::nothing(),
        Some(None) => view! {
            <p class="muted">"Its key is not in this browser: it left as a file, or another browser made it."</p>
            {outside::join(app, db, request)}
        },
        Some(Some(false)) => view! { <p class="muted">"Its key is in this browser and can never be taken out."</p>{forget(app, request)} },
        Some(Some(true)) => view! { {save(app, request)}{forget(app, request)} },
    };
    view! { <section class="sect stack"><h3>"Key in this browser"</h3>{content}</section> }
}

fn refused(words: impl Into<String>) -> ClientError {
    Problem::new(ProblemCode::NotSignable, words).into()
}

/// Key, certificate and chain as one encrypted file.
async fn file(request: Request, password: String) -> Result<Vec<u8>, ClientError> {
    let key = browser_key::of_request(&request.id).await.ok_or_else(|| refused("The key is no longer in this browser."))?;
    let info = key.encrypted(&password).await.map_err(refused)?;
    let Some(answer) = request.answers.last() else { return Ok(request::encrypted_key_pem(&info).into_bytes()) };
    let chain: Vec<Vec<u8>> = detect::read(answer.pem.as_bytes()).certificates.into_iter().map(|found| found.der).collect();
    let bags = request::certificate_bags(&chain, &request.nickname);
    let (protection, encrypted) = browser_key::encrypt(&bags, &password).await.map_err(refused)?;
    let salt = browser_key::salt().map_err(refused)?;
    Ok(request::pkcs12(&info, (&protection, &encrypted), &chain, &request.nickname, (&password, &salt)))
}

fn save(app: App, request: StoredValue<Request>) -> View {
    let password = RwSignal::new(String::new());
    let submission = Submission::new();
    let answered = request.with_value(|request| !request.answers.is_empty());
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let request = request.get_value();
        let extension = if answered { "p12" } else { "key.pem" };
        let name = browser::file_name(&request.nickname, extension);
        submission.run(file(request, password.get_untracked()), move |file| {
            browser::download(&name, "application/octet-stream", &file);
            app.announce("Saved");
        });
    };
    let ready = Signal::derive(move || password.with(|password| password.chars().count() >= 8));
    let short =
        Signal::derive(move || (!ready.get()).then(|| Note::warn("At least 8 characters. The file is worth what its password is worth.")));
    let words = if answered { "Save as PKCS#12" } else { "Save as encrypted PKCS#8" };
    view! {
        <form class="stack" on:submit=submit>
            <p class="muted">{if answered { "Key, certificate and chain as one file for the machine that needs them." } else { "The key alone; with the answer it can be saved as PKCS#12." }}</p>
            {Field::password(ids::REQUEST_PASSWORD, "Password of the file", password, "new-password").note(short).view()}
            {submission.faults.callout()}
            <div class="row">{submission.button("export", words, ready)}</div>
        </form>
    }
}

fn forget(app: App, request: StoredValue<Request>) -> View {
    let asked = RwSignal::new(false);
    let submission = Submission::new();
    let delete = move |_| {
        let id = request.with_value(|request| request.id.clone());
        submission.run(async move { browser_key::forget(&id).await.map_err(refused) }, move |()| {
            app.announce("Key forgotten");
            asked.set(false);
        });
    };
    let content = move || {
        if !asked.get() {
            return view! { <button class="btn danger" type="button" on:click=move |_| asked.set(true)>{icon("delete")}"Forget the key"</button> };
        }
        view! {
            <div class="ask">
                <p>"Without it the certificate is good for nothing, unless the key was saved as a file."</p>
                {submission.faults.callout()}
                <div class="row">
                    <button class="btn danger" type="button" disabled=submission.busy on:click=delete>"Forget it"</button>
                    <button class="btn plain" type="button" on:click=move |_| asked.set(false)>"Keep it"</button>
                </div>
            </div>
        }
    };
    view! { {content} }
}
