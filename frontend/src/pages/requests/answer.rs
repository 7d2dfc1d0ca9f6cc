//! What the CA sent: pasted or dropped, read here at once, installed by the console.

use crate::view::*;
use certdeck_shared::api::request::{Reply, ReplyInstalled, Request, RequestAnswer, RequestKeyPlace, RequestState};
use certdeck_shared::detect;
use certdeck_shared::x509::life::date;
use certdeck_shared::x509::parse;

use super::browser_held;
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note};
use crate::components::form::submission::{Load, Submission};
use crate::components::icon::{glyph, icon, toned_glyph};
use crate::components::layout::unlock::unlock_form;
use crate::ids;
use crate::place::Place;
use crate::state::{App, browser, clock};
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
        return view! { {result(&db, &reply)}{browser_held::section(app, &db, request)} };
    }
    if request.state == RequestState::Answered {
        let another = form(app, at, request, slot, installed);
        return view! {
            {request.answers.iter().map(|answer| answered(&db, answer)).collect::<Vec<_>>()}
            {browser_held::section(app, &db, request)}
            <details class="sect more"><summary>"Another answer came"</summary>{another}</details>
        };
    }
    form(app, at, request, slot, installed)
}

/// An answer that was there before.
fn answered(db: &str, answer: &RequestAnswer) -> View {
    let when = clock::exact(answer.answered_at);
    if answer.installed {
        let href = Place::Certificate(db.to_owned(), answer.fingerprint_sha256.clone()).path();
        return view! {
            <section class="sect stack">
                <p class="verdict ok">{glyph("ok")}<span><b>"Installed"</b>" as "{answer.nickname.clone()}", with its private key here."</span></p>
                <p class="note">{when}" by "{answer.answered_by.clone()}</p>
                <a class="btn primary" href=href>{icon("certificate")}"Open the certificate"</a>
            </section>
        };
    }
    let (pem, name) = (answer.pem.clone(), browser::file_name(&answer.nickname, "pem"));
    view! {
        <section class="sect stack">
            <p class="verdict ok">{glyph("ok")}<span><b>"Answered"</b>". The certificate and its chain are kept with the request."</span></p>
            <p class="note">{when}" by "{answer.answered_by.clone()}</p>
            <button class="btn" type="button" on:click=move |_| browser::download(&name, "application/x-pem-file", pem.as_bytes())>{icon("export")}"Download the chain"</button>
        </section>
    }
}

/// The form of an answer to this request.
fn form(
    app: App,
    (db, id): (String, String),
    request: &Request,
    slot: RwSignal<Load<Request>>,
    installed: RwSignal<Option<ReplyInstalled>>,
) -> View {
    let target = Target {
        db,
        id: Some(id),
        nickname: request.nickname.clone(),
        // Whoever opens the form of a second answer means it.
        additional: request.state == RequestState::Answered,
        key_place: request.key_place,
    };
    target.form(app, move |reply| {
        // Both panes say it: the request is answered, and what came with the answer.
        installed.set(Some(reply.clone()));
        if let Some(request) = reply.request {
            slot.set(Load::Ready(request));
        }
    })
}

/// The form of an answer to whichever request or key it is for; afterwards the request shows itself, or else what was installed.
pub fn any_answer(app: App, db: String) -> View {
    let installed = RwSignal::new(None::<ReplyInstalled>);
    let content = move || {
        if let Some(reply) = installed.get() {
            return result(&db, &reply);
        }
        let target = Target { db: db.clone(), id: None, nickname: String::new(), additional: false, key_place: RequestKeyPlace::Database };
        let db = db.clone();
        target.form(app, move |reply| match &reply.request {
            Some(request) => app.go(&Place::Request(db.clone(), request.id.clone())),
            None => installed.set(Some(reply)),
        })
    };
    view! { {content} }
}

/// Whether an answer goes where the key is, instead of being kept with the request.
fn installs(place: RequestKeyPlace) -> bool {
    matches!(place, RequestKeyPlace::Database | RequestKeyPlace::Token)
}

/// What an answer is for.
struct Target {
    db: String,
    /// The request; none when it is to be found by its key.
    id: Option<String>,
    /// Nickname for the certificate.
    nickname: String,
    additional: bool,
    key_place: RequestKeyPlace,
}

impl Target {
    fn form(self, app: App, then: impl Fn(ReplyInstalled) + Clone + 'static) -> View {
        let Self { db, id, nickname, additional, key_place } = self;
        let content = RwSignal::new(String::new());
        let named = id.is_some();
        let nickname = RwSignal::new(nickname);
        let submission = Submission::new();
        let plan = RwSignal::new(None::<Load<ReplyInstalled>>);
        let asked = (db.clone(), id.clone());
        effect(move || {
            let reply = Reply { content: content.get(), nickname: None, additional };
            if detect::read(reply.content.as_bytes()).certificates.is_empty() {
                plan.set(None);
                return;
            }
            let asked = asked.clone();
            let ask = move || {
                // Typed on meanwhile: the later text is asked about.
                if content.try_get_untracked().is_some_and(|now| now == reply.content) {
                    leptos::task::spawn_local(foretell(asked, reply, content, plan));
                }
            };
            set_timeout(ask, std::time::Duration::from_millis(300));
        });
        let submit = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            let (db, id, then) = (db.clone(), id.clone(), then.clone());
            let nickname = Some(nickname.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
            let reply = Reply { content: content.get_untracked(), nickname, additional };
            let call = async move {
                match &id {
                    Some(id) => client().reply(&db, id, &reply).await,
                    None => client().reply_to_any(&db, &reply, false).await,
                }
            };
            submission.run(call, move |reply| {
                app.announce(if installs(reply.key_place) { "Installed" } else { "Kept with the request" });
                app.refresh_databases();
                app.certificates.refresh(app);
                then(reply);
            });
        };
        let read = Signal::derive(move || content.with(|content| if content.trim().is_empty() { None } else { Some(seen(content)) }));
        let ready = Signal::derive(move || content.with(|content| !content.trim().is_empty()));
        let locked = move || app.database().is_some_and(|database| database.token.login_required && !database.token.unlocked);
        let words = if installs(key_place) { "Install" } else { "Keep with the request" };
        view! {
            <form on:submit=submit>
                <section class="sect stack">
                    <p class="muted">"Paste whatever the CA sent: PEM, PKCS#7 or bare base64, with any text around it, or the mail itself. The key is found by itself."</p>
                    {Field::area(ids::REPLY, "Answer", content, 10).placeholder("-----BEGIN CERTIFICATE-----").note(read).faults(submission.faults, "/content").view()}
                    {when(move || named || plan.with(untracked), move || {
                        let hint = if named { "Under which certutil and the servers find it." } else { "Left empty it is the one told below." };
                        Field::text(ids::REPLY_NICKNAME, "Nickname", nickname).hint(hint).faults(submission.faults, "/nickname").view()
                    })}
                    {submission.faults.callout()}
                    <div class="row">{submission.button("import", words, ready)}</div>
                </section>
                {move || plan.get().map(|plan| planned(&plan))}
            </form>
            {move || locked().then(|| view! { <section class="sect stack"><h3>"The database is locked"</h3>{unlock_form(app, Callback::new(|()| ()))}</section> })}
        }
    }
}

/// Whether an answer is for a key whose request nobody told the console of.
fn untracked(plan: &Option<Load<ReplyInstalled>>) -> bool {
    matches!(plan, Some(Load::Ready(told)) if told.request.is_none())
}

/// Asks what an answer would do.
async fn foretell(
    (db, id): (String, Option<String>),
    reply: Reply,
    content: RwSignal<String>,
    plan: RwSignal<Option<Load<ReplyInstalled>>>,
) {
    let told = match &id {
        Some(id) => client().preview_reply(&db, id, &reply).await,
        None => client().reply_to_any(&db, &reply, true).await,
    };
    let told = match told {
        Ok(told) => Load::Ready(told),
        Err(error) => Load::Failed(error.to_string()),
    };
    // What was pasted meanwhile has a plan of its own.
    if content.try_get_untracked().is_some_and(|now| now == reply.content) {
        plan.try_set(Some(told));
    }
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

/// What will happen, before it does.
fn planned(plan: &Load<ReplyInstalled>) -> View {
    match plan {
        Load::Waiting => View::nothing(),
        Load::Failed(words) => view! { <section class="sect">{callout("bad", words.clone())}</section> },
        Load::Ready(told) => {
            let whose = match &told.request {
                Some(request) => ["It answers the request ", &request.nickname, "."].concat(),
                None => ["It is installed as ", &told.nickname, "."].concat(),
            };
            view! { <section class="sect stack"><h3>"What will happen"</h3><p class="note">{whose}</p>{chain(told)}</section> }
        }
    }
}

/// The chain from the leaf up, what is missing and what is worth knowing.
fn chain(told: &ReplyInstalled) -> View {
    let steps: Vec<View> = told
        .chain
        .iter()
        .map(|link| {
            let word = match (link.in_database, told.key_place) {
                (true, _) => "is here",
                (false, place) if installs(place) => "new",
                (false, _) => "kept",
            };
            let until = [" · until ", &date(link.not_after)].concat();
            view! { <li>{toned_glyph("ok", "ok")}<span>{link.subject.clone()}<span class="note">{until}</span></span><span class="w">{word}</span></li> }
        })
        .collect();
    let missing = told.missing.as_ref().map(|missing| {
        let place = if missing.ca_issuers.is_empty() {
            "The certificate does not say where it is; ask the CA.".to_owned()
        } else {
            ["The certificate says that it is at ", &missing.ca_issuers.join(", "), "."].concat()
        };
        callout("warn", ["The chain ends before ", &missing.subject, ". ", &place, " Import it; servers must send it along."].concat())
    });
    let remarks: Vec<View> = told.remarks.iter().map(|words| callout("live", words.clone())).collect();
    let left_out = (!told.left_out.is_empty())
        .then(|| view! { <p class="note">{["Left out, they do not belong to it: ", &told.left_out.join("; ")].concat()}</p> });
    view! { <ul class="checks">{steps}</ul>{missing}{remarks}{left_out} }
}

fn result(db: &str, reply: &ReplyInstalled) -> View {
    if !installs(reply.key_place) {
        return view! {
            <section class="sect stack" role="status">
                <p class="verdict ok">{glyph("ok")}<span><b>"Kept"</b>" with the request."</span></p>
                {chain(reply)}
            </section>
        };
    }
    let href = Place::Certificate(db.to_owned(), reply.fingerprint_sha256.clone()).path();
    let issuers = match reply.added_issuers.len() {
        0 => None,
        1 => Some("The CA certificate that came along was added, without trust.".to_owned()),
        count => Some(format!("{count} CA certificates that came along were added, without trust.")),
    };
    view! {
        <section class="sect stack" role="status">
            <p class="verdict ok">{glyph("ok")}<span><b>"Installed"</b>" as "{reply.nickname.clone()}", with its private key here."</span></p>
            {issuers.map(|words| view! { <p class="note">{words}</p> })}
            {chain(reply)}
            <div class="row wrap">
                <a class="btn primary" href=href>{icon("certificate")}"Open the certificate"</a>
                {reply.snapshot.is_some().then(|| view! { <a class="btn" href=Place::Snapshots(db.to_owned()).path()>{icon("undo")}"Snapshot before it"</a> })}
            </div>
        </section>
    }
}
