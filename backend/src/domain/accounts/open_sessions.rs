//! The sessions that are open, and ending them from elsewhere.

use certdeck_shared::api::account::OpenSession;
use certdeck_shared::api::role::{Right, Subject};
use certdeck_shared::glass::Action;
use serde_json::json;

use super::sessions::session_id;
use super::{Access, AccountError, Accounts, Actor, Credential};
use crate::domain::command_lines::of_console;
use crate::state::{AuditDraft, SessionRecord};

impl Accounts {
    /// The open sessions, the last used first: of everybody for an administrator, else of the caller's own account. An API token without
    /// administration sees none.
    pub async fn open_sessions(&self, actor: &Actor<'_>) -> Result<Vec<OpenSession>, AccountError> {
        let present = match actor {
            Actor::Caller(Access { credential: Credential::Session(hash), .. }) => Some(*hash),
            Actor::Caller(_) | Actor::LocalAdministrator => None,
        };
        let open = self.visible_sessions(actor).await?;
        Ok(open.into_iter().map(|session| self.shown(session, present)).collect())
    }

    /// Ends one of them.
    ///
    /// # Errors
    /// [`AccountError::NotFound`] also for one that the caller may not see.
    pub async fn end_session(&self, actor: &Actor<'_>, id: &str) -> Result<(), AccountError> {
        let none = || AccountError::NotFound("session");
        let found = self.visible_sessions(actor).await?.into_iter().find(|session| session_id(&session.token_sha256) == id);
        let session = found.ok_or_else(none)?;
        let draft = AuditDraft::success(actor.name(), "session.end-other")
            .subject(&session.user_name)
            .before(json!({"session": id, "last_seen_from": session.last_seen_from}))
            .standing_for(of_console(&Action::EndSession { id: id.to_owned() }));
        if self.store.sessions().end(session.token_sha256, draft).await? { Ok(()) } else { Err(none()) }
    }

    async fn visible_sessions(&self, actor: &Actor<'_>) -> Result<Vec<SessionRecord>, AccountError> {
        let whose = match actor {
            Actor::LocalAdministrator => None,
            Actor::Caller(access) if access.grants.may(Right::Administrate, Subject::Console) => None,
            Actor::Caller(access) if matches!(access.credential, Credential::Session(_)) => Some(access.account.as_str()),
            // A script is not a browser of whoever made its token.
            Actor::Caller(_) => return Ok(Vec::new()),
        };
        let now = self.store.clock().now();
        let mut sessions = self.store.sessions().list(whose).await?;
        sessions.retain(|session| now < self.end_of(session));
        Ok(sessions)
    }

    fn shown(&self, session: SessionRecord, present: Option<[u8; 32]>) -> OpenSession {
        OpenSession {
            id: session_id(&session.token_sha256),
            present: present == Some(session.token_sha256),
            expires_at: self.end_of(&session),
            user_name: session.user_name,
            began_at: session.created_at,
            began_from: session.began_from,
            last_seen_at: session.last_seen_at,
            last_seen_from: session.last_seen_from,
            user_agent: session.user_agent,
        }
    }
}
