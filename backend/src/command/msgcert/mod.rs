//! `certdeck msgcert`: the command of Sun's Messaging Server, with its subcommands, options, prompts and tables, over the REST interface.
//!
//! It asks a console that runs, on this machine or elsewhere, and touches no database itself.

mod certificates;
mod connection;
mod details;
mod help;
mod install;
mod inventory;
mod options;
mod own;
mod passwords;
mod pinned;
mod pkcs12;
mod request;
mod table;
mod transport;

use std::io::Write as _;

pub(super) use options::Msgcert;
use options::Subcommand;

use connection::Place;

/// What ends a command.
pub(super) type Failure = Box<dyn std::error::Error>;

/// Does what the command line says.
pub(super) async fn run(line: Msgcert) -> Result<(), Failure> {
    let Msgcert { connection, subcommand, .. } = line;
    if let Subcommand::GenerateCertDb(options) = subcommand {
        return own::generate(&connection, &options).await;
    }
    let place = Place::reach(&connection).await?;
    match subcommand {
        Subcommand::GenerateCertDb(_) => Ok(()),
        Subcommand::AddCert(options) => install::add(&place, &options).await,
        Subcommand::AddSelfsignCert(options) => own::add_self_signed(&place, &options).await,
        Subcommand::ExportCert(options) => pkcs12::export(&place, &options).await,
        Subcommand::ImportCert(options) | Subcommand::ImportSelfsignCert(options) => pkcs12::import(&place, &options).await,
        Subcommand::ListCerts(options) => certificates::list(&place, &options).await,
        Subcommand::RemoveCert(options) => certificates::remove(&place, &options).await,
        Subcommand::RenewCert(options) => install::renew(&place, &options).await,
        Subcommand::RenewSelfsignCert(options) => own::renew_self_signed(&place, &options).await,
        Subcommand::RequestCert(options) => request::request(&place, &options).await,
        Subcommand::ShowCert(options) => certificates::show(&place, &options).await,
    }
}

/// Tells the person at the terminal, without disturbing what a script reads.
fn tell(text: &str) -> Result<(), Failure> {
    writeln!(std::io::stderr(), "{text}")?;
    Ok(())
}
