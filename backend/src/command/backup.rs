//! `certdeck backup` and `certdeck restore`.

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use age::secrecy::{ExposeSecret as _, SecretString};
use clap::Args;

use super::{Place, data_dir};
use crate::domain::backup::{self, Decryption, Encryption, Fate, Manifest, Wishes};
use crate::host::clock::moment;
use crate::host::{files, terminal};

type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// The backup is there, or restored, and something is not in it.
const INCOMPLETE: u8 = 3;

/// The whole console in one file, while it runs: state, registered databases, snapshots, checkpoints of deployments, and with --config the
/// settings.
///
/// It holds private keys and the password of the console's own database. Ends with 3 when something could not be read and was left out.
#[derive(Args)]
pub(super) struct Backup {
    /// A new file, which is its owner's alone; `-` for standard output.
    file: PathBuf,
    /// Encrypted, for whoever has the identity: a public key of `age-keygen`, age1…, or a file with one in each line. May be repeated.
    #[arg(long, value_name = "RECIPIENT", conflicts_with = "passphrase")]
    encrypt_to: Vec<String>,
    /// Encrypted with a passphrase, which is asked, or the first line of standard input.
    #[arg(long)]
    passphrase: bool,
    #[command(flatten)]
    place: Place,
}

/// A backup into a data directory, whole or not at all.
///
/// Accounts, passwords and API tokens are those of the backup: what was revoked since is valid again. Sessions have ended. Ends with 3 when a
/// database could not be restored.
#[derive(Args)]
pub(super) struct Restore {
    /// The file; `-` for standard input.
    file: PathBuf,
    /// What `age-keygen` wrote, for a backup that was encrypted to its public key.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase")]
    identity: Option<PathBuf>,
    /// For a backup that was encrypted with one; it is asked, or the first line of standard input.
    #[arg(long)]
    passphrase: bool,
    /// Where the console will be: a new or an empty directory.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    /// In the place of the console that is there and does not run; its directory is kept beside.
    #[arg(long)]
    replace: bool,
    /// Also the registered databases that lie elsewhere, each in the place where it was; what stands there becomes a snapshot first. Without
    /// this, what the backup holds of them becomes a snapshot.
    #[arg(long)]
    databases: bool,
}

impl Backup {
    pub(super) async fn run(self) -> Outcome {
        let settings = self.place.settings(None, false)?;
        data_dir::prepare(&settings.data_dir)?;
        let config = self.place.config.as_deref();
        let encryption = if self.passphrase {
            Encryption::Passphrase(new_passphrase()?)
        } else if self.encrypt_to.is_empty() {
            Encryption::None
        } else {
            Encryption::to(&self.encrypt_to)?
        };
        let made = if self.file == Path::new("-") {
            if io::stdout().is_terminal() {
                return Err("a backup is not for a terminal to show; give a file, or lead standard output elsewhere".into());
            }
            backup::make(&settings.data_dir, config, encryption, "standard output", BufWriter::new(io::stdout())).await?
        } else {
            to_file(&settings.data_dir, config, encryption, &self.file).await?
        };
        for left in &made.left_out {
            eprintln!("certdeck: left out: {}: {}", left.path, left.reason);
        }
        Ok(if made.left_out.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(INCOMPLETE) })
    }
}

fn secret(question: &str) -> io::Result<SecretString> {
    Ok(SecretString::from(terminal::read_secret(question)?.as_str()))
}

/// Twice where somebody types it: a backup that nobody can open is found out too late.
fn new_passphrase() -> Result<SecretString, Box<dyn std::error::Error>> {
    let passphrase = secret("Passphrase")?;
    if passphrase.expose_secret().is_empty() {
        return Err("an empty passphrase keeps nobody out; choose another".into());
    }
    if io::stdin().is_terminal() && secret("The same again")?.expose_secret() != passphrase.expose_secret() {
        return Err("the second passphrase is not the first; nothing was written".into());
    }
    Ok(passphrase)
}

/// Appears under its name when it is whole.
async fn to_file(
    data_dir: &Path,
    config: Option<&Path>,
    encryption: Encryption,
    file: &Path,
) -> Result<Manifest, Box<dyn std::error::Error>> {
    let file = std::path::absolute(file)?;
    if file.symlink_metadata().is_ok() {
        return Err(format!("{} is there already; a backup never replaces one", file.display()).into());
    }
    let temporary = files::temporary_beside(&file);
    let out = files::create(&temporary, 0o600)?;
    let made = backup::make(data_dir, config, encryption, &file.display().to_string(), BufWriter::new(&out)).await;
    let made = made.map_err(Box::<dyn std::error::Error>::from).and_then(|made| {
        out.sync_all()?;
        files::rename_new(&temporary, &file)?;
        Ok(made)
    });
    if made.is_err() {
        let _ = files::remove(&temporary);
    }
    made
}

impl Restore {
    pub(super) async fn run(self) -> Outcome {
        let target = std::path::absolute(&self.data_dir)?;
        let wishes = Wishes { replace: self.replace, databases: self.databases };
        let from_input = self.file == Path::new("-");
        if from_input && self.passphrase {
            return Err("standard input cannot be the backup and its passphrase; give a file".into());
        }
        let key = match &self.identity {
            Some(file) => Decryption::by(file)?,
            None if self.passphrase => Decryption::Passphrase(secret("Passphrase")?),
            None => Decryption::None,
        };
        let restored = if from_input {
            backup::restore(io::stdin().lock(), key, &target, wishes).await?
        } else {
            backup::restore(io::BufReader::new(files::open(&self.file)?), key, &target, wishes).await?
        };
        let (mut out, mut failed) = (io::stdout(), false);
        writeln!(out, "restored: {} as it was on {} at {}", target.display(), restored.manifest.host, moment(restored.manifest.made_at))?;
        if let Some(kept) = restored.kept {
            writeln!(out, "what was there: {}", kept.display())?;
        }
        for database in restored.databases {
            let what = match database.fate {
                Fate::LeftAlone(snapshot) => format!("left alone; what the backup holds is its snapshot {snapshot}"),
                Fate::Restored(None) => "restored; nothing stood there".to_owned(),
                Fate::Restored(Some(snapshot)) => format!("restored; what stood there is its snapshot {snapshot}"),
                Fate::Files(directory) => format!("left alone; what the backup holds lies in {directory}"),
                Fate::Failed(why) => {
                    failed = true;
                    format!("NOT restored: {why}")
                }
            };
            writeln!(out, "database {} ({}): {what}", database.place, database.label)?;
        }
        for left in restored.manifest.left_out {
            writeln!(out, "not in the backup: {}: {}", left.path, left.reason)?;
        }
        Ok(if failed { ExitCode::from(INCOMPLETE) } else { ExitCode::SUCCESS })
    }
}
