//! What the CA sent: pasted or dropped, read here at once, installed by the console.

use crate::view::*;
use certdeck_shared::api::request::{Reply, ReplyInstalled, Request, RequestState};
use certdeck_shared::detect;
use certdeck_shared::x509::parse;

use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::{Load, Submission};
use crate::components::icon::{glyph, icon};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::App;
use crate::transport::client;

/// The form, or what the answer installed.
pub fn answer(
    app: App,
    at: (String, String),
    request: &Request,
    slot: RwSignal<Load<Request>>,
    installed: RwSignal<Option<ReplyInstalled>>,
) -> View {
    let db = at.0.clone();
    if let Some(reply) = installed.get_untracked() {
        return result(&db, &reply);
    }
    if let (RequestState::Answered, Some(fingerprint)) = (request.state, &request.certificate_fingerprint_sha256) {
        let href = Place::Certificate(db, fingerprint.clone()).path();
        return view! {
            <section class="sect stack">
                <p class="verdict ok">{glyph("ok")}<span><b>"Installed"</b>" as "{request.nickname.clone()}", with its private key here."</span></p>
                <a class="btn primary" href=href>{icon("certificate")}"Open the certificate"</a>
            </section>
        };
    }
    let content = RwSignal::new(String::new());
    let nickname = RwSignal::new(request.nickname.clone());
    let submission = Submission::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (db, id) = at.clone();
        let nickname = Some(nickname.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
        let reply = Reply { content: content.get_untracked(), nickname, ..Reply::default() };
        submission.run(async move { client().reply(&db, &id, &reply).await }, move |reply| {
            app.announce("Installed");
            app.refresh_databases();
            app.certificates.refresh(app);
            // Both panes say it: the request is answered, and what came with the answer.
            installed.set(Some(reply.clone()));
            slot.set(Load::Ready(reply.request));
        });
    };
    let read = Signal::derive(move || content.with(|content| if content.trim().is_empty() { None } else { Some(seen(content)) }));
    let ready = Signal::derive(move || content.with(|content| !content.trim().is_empty()));
    let locked = move || app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked);
    let form = view! {
        <form on:submit=submit>
            <section class="sect stack">
                <p class="muted">"Paste whatever the CA sent: PEM, PKCS#7 or bare base64, with any text around it. The key is found by itself."</p>
                {Field::area(ids::REPLY, "Answer", content, 10).placeholder("-----BEGIN CERTIFICATE-----").note(read).faults(submission.faults, "/content").view()}
                {Field::text(ids::REPLY_NICKNAME, "Nickname", nickname).hint("Under which certutil and the servers find it.").faults(submission.faults, "/nickname").view()}
                {submission.faults.callout()}
                <div class="row">{submission.button("import", "Install", ready)}</div>
            </section>
        </form>
        {move || locked().then(|| view! { <section class="sect stack"><h3>"The database is locked"</h3>{unlock_form(app, Callback::new(|()| ()))}</section> })}
    };
    form
}

/// What this page sees in the pasted text before anything is sent.
fn seen(content: &str) -> Note {
    let detected = detect::read(content.as_bytes());
    let names: Vec<String> = detected
        .certificates
        .iter()
        .filter_map(|found| parse::certificate(&found.der).ok())
        .map(|view| view.subject.common_name().unwrap_or("no common name").to_owned())
        .collect();
    match names.as_slice() {
        [] if detected.requests.is_empty() => Note::warn("No certificate is in it yet."),
        [] => Note::warn("This is a request, not the answer to one."),
        [one] => Note::ok(format!("One certificate: {one}.")),
        many => Note::ok(format!("{} certificates: {}.", many.len(), many.join(", "))),
    }
}

fn result(db: &str, reply: &ReplyInstalled) -> View {
    let href = Place::Certificate(db.to_owned(), reply.fingerprint_sha256.clone()).path();
    let issuers = match reply.added_issuers.len() {
        0 => None,
        1 => Some("The CA certificate that came along was added, without trust.".to_owned()),
        count => Some(format!("{count} CA certificates that came along were added, without trust.")),
    };
    let missing = reply
        .missing_issuer
        .clone()
        .map(|issuer| callout("warn", format!("The chain ends before {issuer}. Import its certificate; servers must send it along.")));
    view! {
        <section class="sect stack" role="status">
            <p class="verdict ok">{glyph("ok")}<span><b>"Installed"</b>" as "{reply.nickname.clone()}", with its private key here."</span></p>
            {issuers.map(|words| view! { <p class="note">{words}</p> })}
            {missing}
            <div class="row wrap">
                <a class="btn primary" href=href>{icon("certificate")}"Open the certificate"</a>
                {reply.snapshot.is_some().then(|| view! { <a class="btn" href=Place::Snapshots(db.to_owned()).path()>{icon("undo")}"Snapshot before it"</a> })}
            </div>
        </section>
    }
}
