//! `certdeck user` and `certdeck api-token`: directly on the state, also while the console runs. Who may read the data directory is
//! its administrator anyway. Passwords come from standard input, never from the arguments.

use std::io::Write as _;
use std::sync::Arc;

use certdeck_shared::api::account::{ApiTokenRotation, NewApiToken, NewUser, UserChange};
use certdeck_shared::api::role::{Grant, Grants};
use clap::Subcommand;

use super::{Place, data_dir};
use crate::domain::accounts::{Accounts, Actor};
use crate::host::{Clock, terminal};
use crate::state::Store;

pub(super) type Outcome = Result<(), Box<dyn std::error::Error>>;

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Makes an account; the password is read from standard input.
    Add {
        /// User name.
        user_name: String,
        /// What it may do: viewer, operator, deployer, auditor or administrator, for one thing with @database:ID or @service:ID behind it.
        /// May be given several times.
        #[arg(long = "grant", value_name = "GRANT", default_value = "viewer")]
        grants: Vec<Grant>,
        #[command(flatten)]
        place: Place,
    },
    /// Lists the accounts.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Sets a new password, read from standard input, and ends the sessions of the account.
    Password {
        /// User name.
        user_name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Says anew what an account may do, whole.
    Grant {
        /// User name.
        user_name: String,
        /// What it may do from now on, as in `user add`.
        #[arg(long = "grant", value_name = "GRANT", required = true)]
        grants: Vec<Grant>,
        #[command(flatten)]
        place: Place,
    },
    /// The second factor of an account whose owner lost it.
    #[command(subcommand)]
    SecondFactor(SecondFactorCommand),
    /// Removes an account with its sessions and API tokens.
    Remove {
        /// User name.
        user_name: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
pub(super) enum SecondFactorCommand {
    /// Takes it away, passkeys and recovery codes included: the password alone signs in.
    Remove {
        /// User name.
        user_name: String,
        #[command(flatten)]
        place: Place,
    },
}

impl UserCommand {
    pub(super) async fn run(self) -> Outcome {
        let mut out = std::io::stdout();
        match self {
            Self::Add { user_name, grants, place } => {
                let accounts = accounts(&place)?;
                let password = new_password()?;
                accounts.add_user(&Actor::LocalAdministrator, NewUser { user_name, password, grants: Grants(grants) }).await?;
            }
            Self::List { place } => {
                for user in accounts(&place)?.users().await? {
                    writeln!(out, "{}\t{}", user.user_name, user.grants)?;
                }
            }
            Self::Password { user_name, place } => {
                let accounts = accounts(&place)?;
                let change = UserChange { password: Some(new_password()?), ..UserChange::default() };
                accounts.change_user(&Actor::LocalAdministrator, &user_name, change).await?;
            }
            Self::Grant { user_name, grants, place } => {
                let change = UserChange { grants: Some(Grants(grants)), ..UserChange::default() };
                accounts(&place)?.change_user(&Actor::LocalAdministrator, &user_name, change).await?;
            }
            Self::SecondFactor(SecondFactorCommand::Remove { user_name, place }) => {
                accounts(&place)?.forget_second_factor(&Actor::LocalAdministrator, &user_name).await?;
            }
            Self::Remove { user_name, place } => accounts(&place)?.remove_user(&Actor::LocalAdministrator, &user_name).await?,
        }
        Ok(())
    }
}

#[derive(Subcommand)]
pub(super) enum ApiTokenCommand {
    /// Makes a token and prints its secret, once.
    Create {
        /// What it is for.
        label: String,
        /// What it may do: viewer, operator, deployer, auditor or administrator, for one thing with @database:ID or @service:ID behind it.
        /// May be given several times.
        #[arg(long = "grant", value_name = "GRANT", default_value = "viewer")]
        grants: Vec<Grant>,
        /// Days until it expires; without, it does not.
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u16>,
        /// It may do what asks a person again, such as exporting a key.
        #[arg(long)]
        unattended: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Lists the tokens.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Gives a token a new secret and prints it, once.
    Rotate {
        /// Identifier, from the list.
        id: String,
        /// For how many hours the present secret stays good as well, 0 to 720.
        #[arg(long, value_name = "HOURS", default_value_t = ApiTokenRotation::default().overlap_hours)]
        overlap_hours: u16,
        /// Days from now until the token expires; without, when it does anyhow.
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u16>,
        #[command(flatten)]
        place: Place,
    },
    /// Revokes a token.
    Revoke {
        /// Identifier, from the list.
        id: String,
        #[command(flatten)]
        place: Place,
    },
}

impl ApiTokenCommand {
    pub(super) async fn run(self) -> Outcome {
        let mut out = std::io::stdout();
        let actor = Actor::LocalAdministrator;
        match self {
            Self::Create { label, grants, expires_in_days, unattended, place } => {
                let new = NewApiToken { label, grants: Grants(grants), expires_in_days, unattended };
                let created = accounts(&place)?.create_api_token(&actor, new).await?;
                writeln!(out, "{}", created.secret)?;
            }
            Self::List { place } => {
                for token in accounts(&place)?.api_tokens().await? {
                    let end = token.expires_at.map_or_else(|| "never".to_owned(), |end| end.date().to_string());
                    writeln!(out, "{}\t{}\t{end}\t{}\t{}", token.id, token.grants, token.created_by, token.label)?;
                }
            }
            Self::Rotate { id, overlap_hours, expires_in_days, place } => {
                let rotation = ApiTokenRotation { overlap_hours, expires_in_days };
                let rotated = accounts(&place)?.rotate_api_token(&actor, &id, rotation).await?;
                writeln!(out, "{}", rotated.secret)?;
            }
            Self::Revoke { id, place } => accounts(&place)?.revoke_api_token(&actor, &id).await?,
        }
        Ok(())
    }
}

pub(super) fn accounts(place: &Place) -> Result<Accounts, Box<dyn std::error::Error>> {
    let settings = Arc::new(place.settings(None, false)?);
    data_dir::prepare(&settings.data_dir)?;
    let store = Store::open(&settings.data_dir.join("state.sqlite"), Clock::system())?;
    Ok(Accounts::new(store, &settings))
}

fn new_password() -> std::io::Result<String> {
    Ok(terminal::read_secret("New password")?.as_str().to_owned())
}
