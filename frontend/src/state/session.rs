//! Who is signed in, and the way to the gate.

use crate::view::*;
use certdeck_shared::api::account::Session;
use certdeck_shared::api::role::{Grants, Right, Subject};
use leptos::task::spawn_local;

use super::{App, browser};
use crate::place::Place;
use crate::transport::client;

/// What is known about the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// Not asked yet.
    Unknown,
    /// Nobody is signed in.
    Absent,
    /// Somebody is.
    Present(Session),
}

impl SessionState {
    /// The session, if there is one.
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Present(session) => Some(session),
            Self::Unknown | Self::Absent => None,
        }
    }
}

impl App {
    /// Asks the server who this is; without a session the gate opens.
    pub fn resume(self) {
        spawn_local(async move {
            match client().session().await {
                Ok(session) => self.session.set(SessionState::Present(session)),
                Err(_) => self.session.set(SessionState::Absent),
            }
        });
    }

    /// Whether the console answers nothing until the account has a second factor. Tracked.
    pub fn second_factor_missing(self) -> bool {
        self.session.with(|state| state.session().is_some_and(|session| session.second_factor_missing))
    }

    /// Whether the caller may do something everywhere; nothing as long as nobody is known to be signed in. Tracked, as those that follow.
    pub fn may(self, right: Right) -> bool {
        self.may_to(right, Subject::Console)
    }

    /// Whether the caller may do something to something.
    pub fn may_to(self, right: Right, subject: Subject<'_>) -> bool {
        self.granted(|grants| grants.may(right, subject))
    }

    /// Whether the caller may do it to anything at all: the server knows to what.
    pub fn may_somewhere(self, right: Right) -> bool {
        self.granted(|grants| grants.may_somewhere(right))
    }

    /// Whether the caller may change the database that was chosen.
    pub fn may_write(self) -> bool {
        self.selected.with(|id| self.may_to(Right::Prepare, id.as_deref().map_or(Subject::Console, Subject::Database)))
    }

    fn granted(self, asked: impl FnOnce(&Grants) -> bool) -> bool {
        self.session.with(|state| state.session().is_some_and(|session| asked(&session.grants)))
    }

    /// Ends the session.
    pub fn sign_out(self) {
        spawn_local(async move {
            let _ = client().sign_out().await;
            self.session.set(SessionState::Absent);
        });
    }

    /// Follows the session: loads what a signed-in user sees, and sends everybody else to the gate.
    pub fn follow_session(self) {
        let mut begun = false;
        effect(move || {
            begun = match self.session.get() {
                SessionState::Unknown => false,
                SessionState::Present(session) if session.second_factor_missing => {
                    if !matches!(self.place.get(), Place::Settings | Place::Viewer) {
                        self.go(&Place::Settings);
                    }
                    false
                }
                SessionState::Present(_) => {
                    if !begun {
                        self.refresh_databases();
                        super::events::listen(self);
                    }
                    true
                }
                SessionState::Absent => {
                    self.databases.set(None);
                    self.certificates.clear();
                    self.staged.clear();
                    self.urgent.set(0);
                    let place = self.place.get_untracked();
                    if !place.is_gate() && place != Place::Viewer {
                        browser::remember("return-to", Some(&place.path()));
                        self.to_gate();
                    }
                    false
                }
            };
        });
    }

    /// To set-up when the console has no account yet, else to sign-in.
    fn to_gate(self) {
        spawn_local(async move {
            let required = client().setup_status().await.is_ok_and(|status| status.required);
            self.go(if required { &Place::Setup } else { &Place::SignIn });
        });
    }
}
