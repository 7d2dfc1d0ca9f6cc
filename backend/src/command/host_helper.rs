//! `certdeck host-helper`: does for a console without rights what needs them, from its own list.

use std::path::PathBuf;

use clap::Args;

use crate::helper::{self, List};
use crate::host::log::LogFormat;
use crate::host::{confinement, owners};

type Failure = Box<dyn std::error::Error>;

/// Does for a console that runs as an ordinary user what needs root, for the services of its own list.
///
/// systemd starts it (certdeck-helper.socket) with the socket as its standard input. Each call is in the log: who, what, and what became of it.
#[derive(Args)]
pub(super) struct HostHelper {
    /// Its list: who may ask, which services there are, where their files may be put. It and all directories above it are root's alone.
    #[arg(long, value_name = "FILE", default_value = "/etc/certdeck/helper.toml")]
    list: PathBuf,
    /// Makes the socket itself, for the group of whoever may ask; without it standard input is one that somebody else listens at.
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// How the log on standard error is written; text when absent.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

impl HostHelper {
    pub(super) fn log_format(&self) -> LogFormat {
        self.log_format.unwrap_or_default()
    }

    pub(super) async fn run(self) -> Result<(), Failure> {
        if owners::own_user() != 0 {
            return Err("the helper is for what needs root, and does not run as root here".into());
        }
        confinement::of_server();
        let list = List::read(&self.list)?;
        let listener = helper::listen(self.socket.as_deref(), list.caller.group)?;
        Ok(helper::serve(list, listener).await?)
    }
}
