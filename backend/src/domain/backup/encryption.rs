//! Backups that only some can read: files of age (<https://age-encryption.org/v1>), which the program `age` opens as well.

use std::io::{self, BufRead as _, BufReader, Cursor, Read, Write};
use std::path::Path;

use age::secrecy::SecretString;
use age::x25519::Recipient;
use age::{DecryptError, Decryptor, Encryptor, IdentityFile, NoCallbacks, scrypt};

use super::BackupError;
use crate::host::files;

/// What such a file begins with, in every version of the format.
const INTRODUCTION: &[u8] = b"age-encryption.org/";
/// Lists of recipients, and files of identities.
const LIST_LIMIT: u64 = 1 << 20;

/// Who can read a backup.
#[derive(Default)]
pub enum Encryption {
    /// Whoever can read the file.
    #[default]
    None,
    /// Whoever has the identity of one of them.
    Recipients(Vec<Recipient>),
    /// Whoever knows this.
    Passphrase(SecretString),
}

/// What a restore was given to read a backup by.
#[derive(Default)]
pub enum Decryption {
    /// Nothing.
    #[default]
    None,
    /// Identities, as `age-keygen` writes them.
    Identities(Vec<Box<dyn age::Identity>>),
    /// What the backup was encrypted with.
    Passphrase(SecretString),
}

impl Encryption {
    /// To each of these: a recipient (`age1…`), or a file with one in each line.
    ///
    /// # Errors
    /// What is neither.
    pub fn to(recipients: &[String]) -> Result<Self, BackupError> {
        let mut all = Vec::new();
        for text in recipients {
            if text.starts_with("age1") {
                all.push(recipient(text, "the command line")?);
                continue;
            }
            let path = Path::new(text);
            let list = files::read_limited(path, LIST_LIMIT)?;
            let lines = String::from_utf8_lossy(&list);
            let before = all.len();
            for line in lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                all.push(recipient(line, text)?);
            }
            if all.len() == before {
                return Err(BackupError::NoRecipient(text.clone()));
            }
        }
        Ok(Self::Recipients(all))
    }

    /// For the record; nothing when it is not encrypted.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        match self {
            Self::None => None,
            Self::Recipients(all) => Some(all.iter().map(ToString::to_string).collect()),
            Self::Passphrase(_) => Some(vec!["a passphrase".to_owned()]),
        }
    }

    /// Lets something be written, and closes the file behind it: one that was not closed is no backup.
    pub(super) fn around<W: Write, T>(
        self,
        mut out: W,
        write: impl FnOnce(&mut dyn Write) -> Result<T, BackupError>,
    ) -> Result<T, BackupError> {
        let encryptor = match self {
            Self::None => {
                let written = write(&mut out)?;
                out.flush().map_err(BackupError::Write)?;
                return Ok(written);
            }
            Self::Recipients(all) => Encryptor::with_recipients(all.iter().map(|one| one as &dyn age::Recipient))
                .map_err(|error| BackupError::Write(io::Error::other(error)))?,
            Self::Passphrase(passphrase) => Encryptor::with_user_passphrase(passphrase),
        };
        let mut sealed = encryptor.wrap_output(out).map_err(BackupError::Write)?;
        let written = write(&mut sealed)?;
        sealed.finish().and_then(|mut out| out.flush()).map_err(BackupError::Write)?;
        Ok(written)
    }
}

fn recipient(text: &str, place: &str) -> Result<Recipient, BackupError> {
    text.parse().map_err(|_| BackupError::NotARecipient { text: text.to_owned(), place: place.to_owned() })
}

impl Decryption {
    /// By what `age-keygen` wrote into a file.
    ///
    /// # Errors
    /// When the file cannot be read, or is another one.
    pub fn by(file: &Path) -> Result<Self, BackupError> {
        let content = zeroize::Zeroizing::new(files::read_limited(file, LIST_LIMIT)?);
        let not_one = || BackupError::NotAnIdentity(file.to_owned());
        let identities = IdentityFile::<NoCallbacks>::from_buffer(content.as_slice()).map_err(|_| not_one())?;
        let identities = identities.into_identities().map_err(|_| not_one())?;
        if identities.is_empty() { Err(not_one()) } else { Ok(Self::Identities(identities)) }
    }

    /// The archive itself. What follows its first 64 KiB is proved as it is read.
    pub(super) fn of<'a>(self, archive: impl Read + 'a) -> Result<Box<dyn Read + 'a>, BackupError> {
        let mut archive = BufReader::new(archive);
        let mut beginning = Vec::with_capacity(INTRODUCTION.len());
        archive.by_ref().take(INTRODUCTION.len() as u64).read_to_end(&mut beginning).map_err(BackupError::Read)?;
        let encrypted = beginning == INTRODUCTION;
        let archive = Cursor::new(beginning).chain(archive);
        if !encrypted {
            // A key in the hand and an archive that needs none: somebody else may have put it there.
            return if matches!(self, Self::None) { Ok(Box::new(archive)) } else { Err(BackupError::NotEncrypted) };
        }
        let decryptor = Decryptor::new_buffered(BufReader::new(archive)).map_err(BackupError::Undeciphered)?;
        let by_passphrase = decryptor.is_scrypt();
        let opened = match self {
            Self::Identities(all) if !by_passphrase => decryptor.decrypt(all.iter().map(AsRef::as_ref)),
            Self::Passphrase(passphrase) if by_passphrase => {
                decryptor.decrypt(std::iter::once(&scrypt::Identity::new(passphrase) as &dyn age::Identity))
            }
            _ => return Err(BackupError::KeyWanted(if by_passphrase { "--passphrase" } else { "--identity FILE" })),
        };
        let mut archive = BufReader::new(opened.map_err(BackupError::Undeciphered)?);
        archive.fill_buf().map_err(|error| BackupError::Undeciphered(DecryptError::Io(error)))?;
        Ok(Box::new(archive))
    }
}
