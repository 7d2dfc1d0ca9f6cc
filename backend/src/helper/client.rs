//! The console's side: asks the helper for what the system refused, and for the programs of services that the helper knows.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use certdeck_shared::x509::fingerprint::sha256_hex;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::protocol::{
    self, Answer, FrameError, LENGTHS, Looked, PROTOCOL, Program, Reason, Request, Rights, Service, Signal, Standing, Status, Verb,
};
use crate::host::beyond::{Beyond, Seen, SeenFile, Withheld};
use crate::host::clock;
use crate::host::entry::Entry;
use crate::host::files::{Attributes, Owner};
use crate::host::room::Room;

/// How long the helper may take to answer what it only looks at or writes: much longer than it has to begin.
const PATIENCE: Duration = Duration::from_secs(20);
/// Milliseconds that a request may wait until it is begun.
const BEGIN: u64 = 8000;
/// How long it may take to run a program, which has a limit of its own there.
const LONG: Duration = Duration::from_secs(600);

/// Why the helper did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody is there, or ended in the middle.
    #[error("the helper at {} does not answer", socket.display())]
    Gone {
        /// Where it should be.
        socket: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What it said is not understood.
    #[error("the helper's answer is not understood")]
    Answer(#[from] FrameError),
    /// It answered something else than was asked.
    #[error("the helper answered something else")]
    Other,
    /// It refuses.
    #[error("the helper refuses it: {words}")]
    Refused {
        /// Of which kind the reason is.
        reason: Reason,
        /// The reason.
        words: String,
    },
}

impl From<ClientError> for io::Error {
    fn from(error: ClientError) -> Self {
        let kind = match &error {
            ClientError::Refused { reason: Reason::Absent, .. } => io::ErrorKind::NotFound,
            ClientError::Refused { reason: Reason::Forbidden, .. } => io::ErrorKind::PermissionDenied,
            ClientError::Refused { reason: Reason::Full, .. } => io::ErrorKind::StorageFull,
            _ => io::ErrorKind::Other,
        };
        let words = match &error {
            ClientError::Gone { source, .. } => format!("{error}: {source}"),
            ClientError::Answer(source) => format!("{error}: {source}"),
            _ => error.to_string(),
        };
        Self::new(kind, words)
    }
}

/// A helper that is asked at a socket.
#[derive(Debug, Clone)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// The one at this socket.
    #[must_use]
    pub fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// Who it is and what it knows. Blocks.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn status(&self) -> Result<Status, ClientError> {
        match self.ask(Verb::Status {}, &[], PATIENCE)? {
            (Answer::Status(status), _) => Ok(status),
            _ => Err(ClientError::Other),
        }
    }

    /// Whether its list has a service. Blocks.
    #[must_use]
    pub fn knows(&self, kind: &str, config: &Path) -> bool {
        let is_it = |known: &protocol::Known| known.service.kind == kind && known.service.config == config && known.problem.is_none();
        self.status().is_ok_and(|status| status.services.iter().any(is_it))
    }

    /// Runs a program of a service. Blocks until it has ended.
    ///
    /// # Errors
    /// Why it did not end well, as a sentence.
    pub fn run(&self, kind: &str, config: &Path, program: Program) -> Result<(), String> {
        let service = Service { kind: kind.to_owned(), config: config.to_owned() };
        match self.ask(Verb::Run { service, program }, &[], LONG) {
            Ok((Answer::Ran { problem }, _)) => problem.map_or(Ok(()), Err),
            Ok(_) => Err(sentence(&ClientError::Other.into())),
            Err(error) => Err(sentence(&error.into())),
        }
    }

    /// Sends a signal to the first process of a service. Blocks.
    ///
    /// # Errors
    /// Why it was not sent, as a sentence.
    pub fn signal(&self, kind: &str, config: &Path, signal: Signal) -> Result<(), String> {
        let service = Service { kind: kind.to_owned(), config: config.to_owned() };
        self.done(Verb::Signal { service, signal }, &[]).map_err(|error| sentence(&error))
    }

    fn done(&self, verb: Verb, content: &[u8]) -> io::Result<()> {
        match self.ask(verb, content, PATIENCE)? {
            (Answer::Done {}, _) => Ok(()),
            _ => Err(ClientError::Other.into()),
        }
    }

    fn ask(&self, verb: Verb, content: &[u8], patience: Duration) -> Result<(Answer, Zeroizing<Vec<u8>>), ClientError> {
        let head = protocol::head(&Request { protocol: PROTOCOL, begin_by: clock::since_boot() + BEGIN, verb }, content.len())?;
        let gone = |source: io::Error| {
            let source = match source.kind() {
                io::ErrorKind::UnexpectedEof => io::Error::new(source.kind(), "it ended before it had answered"),
                _ => source,
            };
            ClientError::Gone { socket: self.socket.clone(), source }
        };
        let (head, content) = self.exchange(&head, content, patience).map_err(gone)?;
        match protocol::message(&head)? {
            Answer::Refused { reason, words } => Err(ClientError::Refused { reason, words }),
            answer => Ok((answer, content)),
        }
    }

    fn exchange(&self, head: &[u8], content: &[u8], patience: Duration) -> io::Result<(Vec<u8>, Zeroizing<Vec<u8>>)> {
        let mut connection = UnixStream::connect(&self.socket)?;
        connection.set_write_timeout(Some(PATIENCE))?;
        connection.set_read_timeout(Some(patience))?;
        connection.write_all(head)?;
        connection.write_all(content)?;
        let mut lengths = [0; LENGTHS];
        connection.read_exact(&mut lengths)?;
        let (head, content) = protocol::lengths(lengths).map_err(io::Error::other)?;
        let mut head = vec![0; head];
        connection.read_exact(&mut head)?;
        let mut content = Zeroizing::new(vec![0; content]);
        connection.read_exact(&mut content)?;
        Ok((head, content))
    }
}

fn sentence(error: &io::Error) -> String {
    let words = error.to_string();
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn attributes(rights: Rights, length: u64, directory: bool) -> Attributes {
    let owner = Owner { user: rights.user, group: rights.group };
    Attributes { owner, mode: rights.mode, length, directory, regular: !directory }
}

fn moment((seconds, nanoseconds): (i64, u32)) -> io::Result<OffsetDateTime> {
    let moment = OffsetDateTime::from_unix_timestamp(seconds).map_err(io::Error::other)?;
    Ok(moment + time::Duration::nanoseconds(nanoseconds.into()))
}

fn rights(rights: &crate::host::entry::Rights) -> Rights {
    Rights { user: rights.owner.user, group: rights.owner.group, mode: rights.mode }
}

fn standing(entry: &Entry) -> Standing {
    match entry {
        Entry::Absent => Standing::Absent {},
        Entry::File { content, rights: of } => Standing::File { sha256: sha256_hex(content), rights: rights(of) },
        Entry::Held { sha256, rights: of, .. } => Standing::File { sha256: sha256.clone(), rights: rights(of) },
        Entry::Directory(of) => Standing::Directory { rights: rights(of) },
        Entry::Link { target, .. } => Standing::Link { target: target.clone() },
    }
}

impl Beyond for Client {
    fn look(&self, path: &Path, follow: bool) -> io::Result<Seen> {
        let (answer, content) = self.ask(Verb::Look { path: path.to_owned(), follow }, &[], PATIENCE)?;
        let Answer::Looked { what } = answer else { return Err(ClientError::Other.into()) };
        Ok(match what {
            Looked::Absent {} => Seen::Absent,
            Looked::Directory { rights, changed } => {
                Seen::Directory { attributes: attributes(rights, 0, true), changed_at: moment(changed)? }
            }
            Looked::Link { target, user, group } => Seen::Link { target, owner: Owner { user, group } },
            Looked::File { rights, length, changed, sha256, withheld } => {
                let withheld = withheld.map(|withheld| Withheld {
                    public_key: withheld.public_key,
                    encrypted: withheld.encrypted,
                    key_store: withheld.key_store,
                });
                let attributes = attributes(rights, length, false);
                Seen::File(Box::new(SeenFile { attributes, changed_at: moment(changed)?, sha256, content, withheld }))
            }
        })
    }

    fn names(&self, directory: &Path) -> io::Result<Vec<String>> {
        match self.ask(Verb::List { directory: directory.to_owned() }, &[], PATIENCE)? {
            (Answer::Listed { names }, _) => Ok(names),
            _ => Err(ClientError::Other.into()),
        }
    }

    fn try_as(&self, user: &str, path: &Path, search: bool) -> io::Result<io::Result<()>> {
        match self.ask(Verb::Try { user: user.to_owned(), path: path.to_owned(), search }, &[], PATIENCE)? {
            (Answer::Tried { problem }, _) => Ok(problem.map_or(Ok(()), |words| Err(io::Error::other(words)))),
            _ => Err(ClientError::Other.into()),
        }
    }

    fn room(&self, directory: &Path) -> io::Result<Room> {
        match self.ask(Verb::Room { directory: directory.to_owned() }, &[], PATIENCE)? {
            (Answer::Room { bytes, files, closed }, _) => Ok(Room { bytes, files, closed }),
            _ => Err(ClientError::Other.into()),
        }
    }

    fn variable(&self, process: u32, name: &str) -> Option<String> {
        if !protocol::tells_where(name) {
            return None;
        }
        match self.ask(Verb::Variable { process, name: name.to_owned() }, &[], PATIENCE) {
            Ok((Answer::Variable { value }, _)) => value,
            _ => None,
        }
    }

    fn sockets(&self, process: u32) -> io::Result<Vec<u64>> {
        match self.ask(Verb::Sockets { process }, &[], PATIENCE)? {
            (Answer::Sockets { inodes }, _) => Ok(inodes),
            _ => Err(ClientError::Other.into()),
        }
    }

    fn put(&self, path: &Path, before: &Entry, after: &Entry) -> io::Result<()> {
        let (path, before, then) = (path.to_owned(), standing(before), standing(after));
        match after {
            Entry::Absent => self.done(Verb::Remove { path, before }, &[]),
            Entry::Held { .. } | Entry::Link { .. } => self.done(Verb::PutBack { path, before, then }, &[]),
            Entry::Directory(of) => self.done(Verb::Directory { path, before, rights: rights(of) }, &[]),
            Entry::File { content, rights: of } => {
                let rights = rights(of);
                match (&before, &then) {
                    (Standing::File { sha256: now, .. }, Standing::File { sha256: wanted, .. }) if now == wanted => {
                        self.done(Verb::SetRights { path, before, rights }, &[])
                    }
                    _ => self.done(Verb::Replace { path, before, rights }, content),
                }
            }
        }
    }
}
