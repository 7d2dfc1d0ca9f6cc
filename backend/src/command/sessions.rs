//! `certdeck session`: the open sessions, and ending them, beside a running console.

use std::io::Write as _;

use clap::Subcommand;

use super::Place;
use super::accounts::{Outcome, accounts};
use crate::domain::accounts::{AccountError, Actor};
use crate::host::clock::moment;

#[derive(Subcommand)]
pub(super) enum SessionCommand {
    /// Lists the open sessions, the last used first.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Ends sessions: whoever has them must sign in again.
    End {
        /// Identifiers, from the list.
        #[arg(required_unless_present = "user")]
        ids: Vec<String>,
        /// All of this account instead.
        #[arg(long, value_name = "NAME", conflicts_with = "ids")]
        user: Option<String>,
        #[command(flatten)]
        place: Place,
    },
}

impl SessionCommand {
    pub(super) async fn run(self) -> Outcome {
        let mut out = std::io::stdout();
        let actor = Actor::LocalAdministrator;
        match self {
            Self::List { place } => {
                for session in accounts(&place)?.open_sessions(&actor).await? {
                    let (from, program) = (session.last_seen_from.unwrap_or_default(), session.user_agent.unwrap_or_default());
                    writeln!(out, "{}\t{}\t{}\t{from}\t{program}", session.id, session.user_name, moment(session.last_seen_at))?;
                }
            }
            Self::End { ids, user: None, place } => {
                let accounts = accounts(&place)?;
                for id in ids {
                    accounts.end_session(&actor, &id).await?;
                }
            }
            Self::End { user: Some(user), place, .. } => {
                let accounts = accounts(&place)?;
                let known = accounts.users().await?.into_iter().find(|known| known.user_name.eq_ignore_ascii_case(&user));
                let known = known.ok_or(AccountError::NotFound("account"))?.user_name;
                for session in accounts.open_sessions(&actor).await?.into_iter().filter(|session| session.user_name == known) {
                    accounts.end_session(&actor, &session.id).await?;
                }
            }
        }
        Ok(())
    }
}
