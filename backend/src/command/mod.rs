//! The command line.

mod accounts;
mod approvals;
mod audit;
mod backup;
mod data_dir;
mod doctor;
mod host_helper;
mod msgcert;
mod serve;
mod sessions;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::config::{ConfigFile, Settings};
use crate::host::log::LogFormat;
use crate::host::owners;
use crate::http::problem::chain;
use crate::state::Origin;

/// A browser console for the certificates of a server.
#[derive(Parser)]
#[command(name = "certdeck", version, about)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the console until SIGTERM or Ctrl-C.
    Serve(Serve),
    /// Accounts, for whoever owns the data directory.
    #[command(subcommand)]
    User(accounts::UserCommand),
    /// Sessions of browsers, for whoever owns the data directory.
    #[command(subcommand)]
    Session(sessions::SessionCommand),
    /// API tokens, for whoever owns the data directory.
    #[command(subcommand)]
    ApiToken(accounts::ApiTokenCommand),
    /// What waits for a second person's approval, for whoever owns the data directory.
    #[command(subcommand)]
    Approval(approvals::ApprovalCommand),
    /// The audit log, for whoever owns the data directory or has an export of it.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Doctor(doctor::Doctor),
    HostHelper(host_helper::HostHelper),
    /// The Messaging Server's certificate command, over REST.
    Msgcert(Box<msgcert::Msgcert>),
    /// Internal: serves one database over the socket on standard input.
    #[command(hide = true)]
    TokenWorker,
}

/// Where the console keeps its things.
#[derive(Args, Clone)]
struct Place {
    /// Data directory; made when absent, private to its owner.
    #[arg(long, value_name = "DIR", env = "CERTDECK_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Settings in TOML; the command line wins.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address and port; port 0 takes a free one. 127.0.0.1:8443 when absent.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Plain HTTP, on loopback only.
    #[arg(long)]
    http: bool,
    /// How the log on standard error is written; text when absent.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

impl Place {
    fn settings(&self, listen: Option<SocketAddr>, http: bool) -> Result<Settings, crate::config::ConfigError> {
        let file = self.config.as_deref().map(ConfigFile::read).transpose()?.unwrap_or_default();
        let data_dir = self.data_dir.clone().or_else(|| file.data_dir.clone()).unwrap_or_else(default_data_dir);
        let mut settings = Settings::new(std::path::absolute(&data_dir).unwrap_or(data_dir));
        settings.listen = listen.or(file.listen).unwrap_or(settings.listen);
        settings.http = http || file.http.unwrap_or(false);
        settings.log_format = file.log_format.unwrap_or_default();
        file.apply(&mut settings)?;
        Ok(settings)
    }
}

impl Serve {
    fn settings(&self) -> Result<Settings, crate::config::ConfigError> {
        let mut settings = self.place.settings(self.listen, self.http)?;
        settings.log_format = self.log_format.unwrap_or(settings.log_format);
        Ok(settings)
    }
}

fn default_data_dir() -> PathBuf {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let user = || std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(home).map(|data| data.join("certdeck"));
    let system = PathBuf::from("/var/lib/certdeck");
    if owners::own_user() == 0 { system } else { user().unwrap_or(system) }
}

/// The command line as clap knows it: what manual pages and completions of shells are made from.
#[must_use]
pub fn definition() -> clap::Command {
    Line::command()
}

/// The status of a command that could not do what it was to do.
const FAILED: u8 = 1;
/// That of one that was to find something out and could not: 1 says there what it found.
const NOT_FOUND_OUT: u8 = 2;

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let line = Line::parse_from(arguments());
    let outcome = match line.command {
        // The worker has its own process, its own log and no runtime.
        Command::TokenWorker => return crate::token::worker::run(),
        // Nobody's log: what it finds is its answer, and its exit status has a third value.
        Command::Audit(command) => return ended(command.run(), NOT_FOUND_OUT),
        // No log either: it asks a console of its own, which has nothing to tell.
        Command::Doctor(doctor) => return ended(run_to_the_end(doctor.run()), NOT_FOUND_OUT),
        Command::Serve(serve) => serve.settings().map_err(Box::from).and_then(|settings| {
            settings.log_format.begin();
            run_to_the_end(async { serve::run(settings).await.map(succeeded) })
        }),
        Command::HostHelper(helper) => {
            helper.log_format().begin();
            run_to_the_end(async { helper.run().await.map(succeeded) })
        }
        Command::User(command) => start(|| async { by_hand(command.run()).await.map(succeeded) }),
        Command::Approval(command) => start(|| async { by_hand(command.run()).await.map(succeeded) }),
        Command::Session(command) => start(|| async { by_hand(command.run()).await.map(succeeded) }),
        Command::ApiToken(command) => start(|| async { by_hand(command.run()).await.map(succeeded) }),
        Command::Backup(backup) => start(|| by_hand(backup.run())),
        Command::Restore(restore) => start(|| by_hand(restore.run())),
        Command::Msgcert(line) => start(|| async { msgcert::run(*line).await.map(succeeded) }),
    };
    ended(outcome, FAILED)
}

/// How the program ends: an error is told, and gives this status.
fn ended(outcome: Outcome, failed: u8) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("certdeck: {}", chain(error.as_ref()));
        ExitCode::from(failed)
    })
}

fn succeeded((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Whatever it records was done by the user of the system who gave the command.
fn by_hand<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let user = owners::own_user();
    Origin::of_command_line(&owners::user_name(user).unwrap_or_else(|| user.to_string())).scope(work)
}

/// The command line. Called by the name `msgcert`, as through a link, the program is that command.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let name = arguments.first().and_then(|program| Path::new(program).file_name());
    if name.is_some_and(|name| name == "msgcert") {
        arguments.insert(1, "msgcert".into());
    }
    arguments
}

type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// A command with a log for people.
fn start<F: Future<Output = Outcome>>(work: impl FnOnce() -> F) -> Outcome {
    LogFormat::Text.begin();
    run_to_the_end(work())
}

fn run_to_the_end(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
