//! Which console, who asks, and which database.

use std::path::{Path, PathBuf};

use certdeck_shared::api::account::SignIn;
use certdeck_shared::api::client::{Client, ClientError};
use certdeck_shared::api::database::{Database, TokenLogin};
use certdeck_shared::api::module::Token;
use clap::Args;
use zeroize::Zeroizing;

use super::passwords::{self, read_line};
use super::transport::{Http, Trust};
use super::{Failure, tell};
use crate::host::{files, terminal};

/// Largest file that is read whole.
pub(super) const LARGEST_FILE: u64 = 32 * 1024 * 1024;
const INTERNAL: &str = "internal";

/// Where the console is and who asks.
#[derive(Args)]
pub(in crate::command) struct Connection {
    #[arg(long, env = "CERTDECK_URL", default_value = "https://127.0.0.1:8443", global = true, hide = true)]
    url: String,
    #[arg(long, env = "CERTDECK_CACERT", conflicts_with = "fingerprint", global = true, hide = true)]
    cacert: Option<PathBuf>,
    #[arg(long, env = "CERTDECK_FINGERPRINT", global = true, hide = true)]
    fingerprint: Option<String>,
    #[arg(long, env = "CERTDECK_TOKEN_FILE", global = true, hide = true)]
    token_file: Option<PathBuf>,
    #[arg(long, env = "CERTDECK_USER", conflicts_with = "token_file", global = true, hide = true)]
    user: Option<String>,
    #[arg(long, env = "CERTDECK_USER_PASSWORD_FILE", requires = "user", global = true, hide = true)]
    user_password_file: Option<PathBuf>,
    #[arg(long, env = "CERTDECK_DATABASE", global = true, hide = true)]
    database: Option<String>,
}

/// A database of a console that answers.
pub(super) struct Place {
    /// The console.
    pub(super) client: Client<Http>,
    /// The database.
    pub(super) database: Database,
}

impl Connection {
    /// The console, signed in.
    pub(super) async fn client(&self) -> Result<Client<Http>, Failure> {
        let trust = match (&self.cacert, &self.fingerprint) {
            (Some(file), _) => Trust::Certificates(files::read_limited(file, LARGEST_FILE)?),
            (None, Some(fingerprint)) => Trust::fingerprint(fingerprint)?,
            (None, None) => Trust::System,
        };
        if let Some(user_name) = &self.user {
            let client = Client::new(Http::new(&self.url, trust, None)?);
            let password = match &self.user_password_file {
                Some(file) => read_line(file)?,
                None => terminal::read_secret(&format!("Password of {user_name}"))?,
            };
            let sign_in = SignIn { user_name: user_name.clone(), password: password.as_str().to_owned(), ..SignIn::default() };
            client.sign_in(&sign_in).await.map_err(said)?;
            return Ok(client);
        }
        let secret = match &self.token_file {
            Some(file) => read_line(file)?,
            None => Zeroizing::new(std::env::var("CERTDECK_TOKEN").unwrap_or_default()),
        };
        if secret.is_empty() {
            return Err(
                "who are you? Set CERTDECK_TOKEN_FILE to a file with an API token (certdeck api-token create), or give --user".into()
            );
        }
        Ok(Client::new(Http::new(&self.url, trust, Some(secret))?))
    }

    /// The directory of a database to be made.
    pub(super) fn new_directory(&self) -> Result<&str, Failure> {
        match self.database.as_deref() {
            Some(directory) if Path::new(directory).is_absolute() => Ok(directory),
            _ => Err("where? Give --database with the absolute path of the directory".into()),
        }
    }
}

impl Place {
    /// Reaches the console and finds the database.
    pub(super) async fn reach(connection: &Connection) -> Result<Self, Failure> {
        let client = connection.client().await?;
        let all = client.databases().await.map_err(said)?;
        let database = choose(all, connection.database.as_deref())?;
        Ok(Self { client, database })
    }

    /// Proves the password of the database, as the manual's command asks for it each time, and unlocks the database for this command.
    pub(super) async fn unlock(&self, file: Option<&Path>) -> Result<Unlocked<'_>, Failure> {
        let password = passwords::of_database(file)?;
        if self.database.token.login_required {
            let login = TokenLogin { password: Some(password.as_str().to_owned()), password_file: None };
            self.client.unlock(&self.database.id, INTERNAL, &login).await.map_err(said)?;
        }
        Ok(Unlocked { place: self, password, token: None })
    }

    /// The same, and where an alias is `token:nickname` the token as well: by its own line of the file, else asked for.
    pub(super) async fn unlock_for(&self, alias: &str, file: Option<&Path>) -> Result<Unlocked<'_>, Failure> {
        let mut unlocked = self.unlock(file).await?;
        let Some(token) = self.token_of(alias).await? else { return Ok(unlocked) };
        let outcome = async {
            let password = passwords::of_token(file, &[&token.label, &token.module])?;
            if token.login_required {
                let login = TokenLogin { password: Some(password.as_str().to_owned()), password_file: None };
                self.client.unlock(self.id(), &token.id, &login).await.map_err(said)?;
            }
            Ok(password)
        };
        match outcome.await {
            Ok(password) => {
                unlocked.token = Some(UnlockedToken { token, password });
                Ok(unlocked)
            }
            Err(failure) => unlocked.leave(Err(failure)).await,
        }
    }

    /// The token that an alias names; nothing for one in the database.
    pub(super) async fn token_of(&self, alias: &str) -> Result<Option<Token>, Failure> {
        if !alias.contains(':') {
            return Ok(None);
        }
        let tokens = self.client.tokens(self.id()).await.map_err(said)?;
        let names = |token: &Token| alias.strip_prefix(token.label.as_str()).is_some_and(|rest| rest.starts_with(':'));
        Ok(tokens.into_iter().find(|token| token.id != INTERNAL && !token.label.is_empty() && names(token)))
    }

    /// Identifier of the database.
    pub(super) fn id(&self) -> &str {
        &self.database.id
    }
}

/// A database that was unlocked for a command.
pub(super) struct Unlocked<'place> {
    place: &'place Place,
    /// Its password.
    password: Zeroizing<String>,
    /// The token of the alias, where it names one.
    token: Option<UnlockedToken>,
}

/// A token as it was before it was unlocked for a command.
struct UnlockedToken {
    token: Token,
    password: Zeroizing<String>,
}

impl Unlocked<'_> {
    /// The password that a private key is given for: that of the token it is on.
    pub(super) fn password(&self) -> &str {
        self.token.as_ref().map_or(&self.password, |unlocked| &unlocked.password)
    }

    /// Leaves the database, and the token, as they were: locked, unless somebody had unlocked them before.
    pub(super) async fn leave<T>(self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        let database = &self.place.database;
        if let Some(UnlockedToken { token, .. }) = &self.token
            && token.login_required
            && !token.unlocked
            && let Err(error) = self.place.client.lock(&database.id, &token.id).await
        {
            tell(&format!("The token {} could not be locked again: {error}", token.label))?;
        }
        if database.token.login_required
            && !database.token.unlocked
            && let Err(error) = self.place.client.lock(&database.id, INTERNAL).await
        {
            tell(&format!("The database could not be locked again: {error}"))?;
        }
        outcome
    }
}

/// The database that is meant: by identifier, path or label; the only one where none is named.
fn choose(all: Vec<Database>, wanted: Option<&str>) -> Result<Database, Failure> {
    let listed = |all: &[Database]| all.iter().map(|one| format!("  {}  {}", one.path, one.label)).collect::<Vec<_>>().join("\n");
    let Some(wanted) = wanted else {
        let mut others: Vec<Database> = all.into_iter().filter(|database| !database.embedded).collect();
        return match others.len() {
            1 => Ok(others.remove(0)),
            0 => Err("the console has no database yet; msgcert --database DIRECTORY generate-certDB makes one".into()),
            _ => Err(format!("which database? Give --database with one of\n{}", listed(&others)).into()),
        };
    };
    let path = std::fs::canonicalize(wanted).ok().and_then(|path| path.to_str().map(str::to_owned));
    let is_meant = |one: &Database| one.id == wanted || one.path == wanted || Some(&one.path) == path.as_ref() || one.label == wanted;
    let mut meant: Vec<Database> = all.iter().filter(|one| is_meant(one)).cloned().collect();
    match meant.len() {
        1 => Ok(meant.remove(0)),
        0 => Err(format!("the console has no database {wanted}; it has\n{}", listed(&all)).into()),
        _ => Err(format!("several databases are called {wanted}; give the path of one of\n{}", listed(&meant)).into()),
    }
}

/// What the console said, with the fields it named.
pub(super) fn said(error: ClientError) -> Failure {
    let Some(problem) = error.problem() else { return error.into() };
    let fields = problem.errors.iter().map(|field| field.message.as_str()).filter(|message| !problem.detail.contains(message));
    std::iter::once(problem.detail.as_str()).chain(fields).collect::<Vec<_>>().join("\n").into()
}
