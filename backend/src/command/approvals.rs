//! `certdeck approval`: what waits for a second person, decided by whoever owns the data directory, beside a running console.

use std::io::Write as _;
use std::sync::Arc;

use certdeck_shared::api::approval::{ApprovalDecision, ApprovalState, Verdict};
use clap::Subcommand;

use super::accounts::Outcome;
use super::{Place, data_dir};
use crate::domain::approvals::{Approvals, Decider};
use crate::domain::events::Events;
use crate::host::Clock;
use crate::host::clock::moment;
use crate::host::log::visible;
use crate::state::Store;

#[derive(Subcommand)]
pub(super) enum ApprovalCommand {
    /// Lists what waits for approval, the newest first.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Lets a call go through, once.
    Approve {
        /// Identifier, from the list.
        id: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
    /// Says no to a call.
    Refuse {
        /// Identifier, from the list.
        id: String,
        /// Why, for whoever asked and for the audit log.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        place: Place,
    },
}

impl ApprovalCommand {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::List { place } => list(&place).await,
            Self::Approve { id, reason, place } => decide(&place, &id, Verdict::Approve, reason).await,
            Self::Refuse { id, reason, place } => decide(&place, &id, Verdict::Refuse, reason).await,
        }
    }
}

async fn list(place: &Place) -> Outcome {
    let mut out = std::io::stdout();
    for approval in approvals(place)?.all().await?.into_iter().filter(|approval| approval.state == ApprovalState::Waiting) {
        let until = approval.ends_at.map(moment).unwrap_or_default();
        let (by, words, reason) = (visible(&approval.requested_by), visible(&approval.words), visible(&approval.reason));
        writeln!(out, "{}\t{until}\t{by}\t{words}\t{reason}", approval.id)?;
        for field in &approval.fields {
            writeln!(out, "\t{}\t{}", visible(&field.pointer), visible(&field.value))?;
        }
        if !approval.breaks.is_empty() {
            writeln!(out, "\tstop being valid\t{}", visible(&approval.breaks.join(", ")))?;
        }
    }
    Ok(())
}

async fn decide(place: &Place, id: &str, verdict: Verdict, reason: String) -> Outcome {
    approvals(place)?.decide(Decider::LocalAdministrator, id, &ApprovalDecision { verdict, reason }).await?;
    Ok(())
}

fn approvals(place: &Place) -> Result<Approvals, Box<dyn std::error::Error>> {
    let settings = Arc::new(place.settings(None, false)?);
    data_dir::prepare(&settings.data_dir)?;
    let store = Store::open(&settings.data_dir.join("state.sqlite"), Clock::system())?;
    Ok(Approvals::new(store, Events::default(), settings))
}
