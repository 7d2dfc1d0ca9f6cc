//! The sessions that are open: one's own, and for an administrator everybody's.

use crate::view::*;
use certdeck_shared::api::account::OpenSession;
use certdeck_shared::user_agent;

use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::icon;
use crate::state::{App, clock};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Sessions {
    app: App,
    slot: RwSignal<Load<Vec<OpenSession>>>,
    submission: Submission,
}

impl Sessions {
    fn read(self) {
        let reader = page_client();
        load(self.app, self.slot, async move { reader.open_sessions().await });
    }

    fn end(self, id: String) {
        self.submission.run(async move { client().end_session(&id).await }, move |()| {
            self.app.announce("Session ended");
            self.read();
        });
    }
}

/// The sessions, each with the way to end it.
pub fn sessions(app: App) -> View {
    let sessions = Sessions { app, slot: RwSignal::new(Load::Waiting), submission: Submission::new() };
    sessions.read();
    view! {
        <section class="sect stack">
            <h3>"Open sessions"</h3>
            {sessions.submission.faults.callout()}
            {loaded(sessions.slot, 1, Callback::new(move |()| sessions.read()), move |list| {
                let rows: Vec<_> = list.into_iter().map(|session| row(sessions, session)).collect();
                view! { <ul class="people">{rows}</ul> }
            })}
        </section>
    }
}

fn row(sessions: Sessions, session: OpenSession) -> View {
    let now = sessions.app.now.get_untracked();
    let program = session.user_agent.as_deref().map_or_else(|| "unknown program".to_owned(), user_agent::words);
    let from = session.last_seen_from.map(|from| [" from ", &from].concat()).unwrap_or_default();
    let words = format!("used {}{from}, signed in {}", clock::relative(session.last_seen_at, now), clock::relative(session.began_at, now));
    let exact = format!("Signed in {}. {}", clock::exact(session.began_at), session.user_agent.unwrap_or_default());
    let name = format!("End the session of {} with {program}", session.user_name);
    // One's own is ended by signing out.
    let id = session.id;
    let end = (!session.present).then(|| {
        view! { <button class="btn plain icon danger" type="button" title="End" aria-label=name on:click=move |_| sessions.end(id.clone())>{icon("out")}</button> }
    });
    view! {
        <li title=exact>
            {icon("user")}
            <span><b>{session.user_name}</b>" with "{program}{session.present.then(|| view! { " "<span class="tag">"here"</span> })}<span class="note">{words}</span></span>
            <span class="row tight">{end}</span>
        </li>
    }
}
