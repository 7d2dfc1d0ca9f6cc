//! The socket: who may ask, one request for each connection, little time for it, and a line in the log for each.

use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Mutex, Semaphore};
use zeroize::Zeroizing;

use super::Refusal;
use super::answers::{self, Answered, Next};
use super::list::List;
use super::protocol::{self, Answer, LENGTHS, PROTOCOL, Reason, Request, Verb};
use super::shelf::Shelf;
use crate::deploy::control;
use crate::host::files::FileError;
use crate::host::{clock, listening, threads};

/// How long a request may take to come, and its answer to be taken.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most connections at once.
const MOST: usize = 32;

/// Why no helper serves.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There is no socket.
    #[error("there is no socket: systemd gives one as standard input, or say --socket")]
    NoSocket,
    /// The socket could not be made.
    #[error("the socket could not be made")]
    Socket(#[source] io::Error),
    /// What is replaced could not be kept.
    #[error(transparent)]
    Shelf(#[from] FileError),
}

/// The socket at a path, for the group of whoever may ask, or the one that somebody else listens at for us.
///
/// # Errors
/// `NoSocket`, and when it cannot be made.
pub fn listen(path: Option<&Path>, group: u32) -> Result<StdListener, ServeError> {
    match path {
        Some(path) => listening::at(path, group).map_err(ServeError::Socket),
        None => listening::given().map_err(ServeError::Socket)?.ok_or(ServeError::NoSocket),
    }
}

/// What every call needs.
struct Desk {
    list: List,
    shelf: Shelf,
    /// Changes come one after the other.
    changing: Mutex<()>,
}

/// Serves until the process ends.
///
/// # Errors
/// When it cannot begin.
pub async fn serve(list: List, listener: StdListener) -> Result<(), ServeError> {
    let shelf = Shelf::open(&list.kept)?;
    listener.set_nonblocking(true).map_err(ServeError::Socket)?;
    let listener = UnixListener::from_std(listener).map_err(ServeError::Socket)?;
    let desk = Arc::new(Desk { list, shelf, changing: Mutex::new(()) });
    let places = Arc::new(Semaphore::new(MOST));
    tracing::info!(user = %desk.list.caller.name, services = desk.list.services.len(), "the helper listens");
    loop {
        let connection = match listener.accept().await {
            Ok((connection, _)) => connection,
            Err(error) => {
                tracing::warn!(%error, "a connection was not taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            desk.attend(connection).await;
            drop(place);
        });
    }
}

impl Desk {
    async fn attend(&self, mut connection: UnixStream) {
        let Ok(peer) = socket_peercred(connection.as_fd()) else { return };
        let (user, process) = (peer.uid.as_raw(), peer.pid.as_raw_pid());
        if user != self.list.caller.user {
            tracing::warn!(user, process, "refused: only the console's user may ask");
            return;
        }
        let asked = match tokio::time::timeout(PATIENCE, read(&mut connection)).await {
            Ok(Ok(asked)) => asked,
            Ok(Err(error)) => {
                tracing::warn!(user, process, %error, "refused: no request");
                let answer = Answer::Refused { reason: Reason::NotUnderstood, words: error.to_string() };
                return send(&mut connection, &(answer, Zeroizing::default())).await;
            }
            Err(_) => {
                tracing::warn!(user, process, "refused: no request within ten seconds");
                return;
            }
        };
        let (request, content) = asked;
        let (verb, object) = told(&request.verb);
        let answered = match request.protocol {
            PROTOCOL => self.answer(request.begin_by, request.verb, content).await,
            other => Err(Refusal { reason: Reason::NotUnderstood, words: format!("protocol {other} is not spoken here, {PROTOCOL} is") }),
        };
        let answered = match answered {
            Ok(answered) => {
                let result = if let Answer::Ran { problem: Some(problem) } = &answered.0 { problem.as_str() } else { "done" };
                // What is only looked at comes by the hundred.
                match verb {
                    "look" | "list" | "try" | "room" | "variable" | "sockets" | "status" => {
                        tracing::debug!(user, process, verb, %object, result)
                    }
                    _ => tracing::info!(user, process, verb, %object, result),
                }
                answered
            }
            Err(Refusal { reason, words }) => {
                match verb {
                    // Asked of every process there is.
                    "sockets" => tracing::debug!(user, process, verb, %object, result = %words, "refused"),
                    _ => tracing::warn!(user, process, verb, %object, result = %words, "refused"),
                }
                (Answer::Refused { reason, words }, Zeroizing::default())
            }
        };
        send(&mut connection, &answered).await;
    }

    async fn answer(&self, begin_by: u64, verb: Verb, content: Zeroizing<Vec<u8>>) -> Result<Answered, Refusal> {
        // A program of one service holds up no file of another: who asks for that has less patience.
        let changing = match verb {
            Verb::Replace { .. } | Verb::PutBack { .. } | Verb::Directory { .. } | Verb::SetRights { .. } | Verb::Remove { .. } => {
                Some(self.changing.lock().await)
            }
            _ => None,
        };
        if clock::since_boot() > begin_by {
            return Err(Refusal::forbidden("it comes too late: whoever asked may have given it up"));
        }
        let (list, shelf) = (self.list.clone(), self.shelf.clone());
        let next = threads::blocking(move || answers::answer(&list, &shelf, &verb, &content)).await;
        let next = next.unwrap_or_else(|broken| Err(io::Error::other(broken).into()))?;
        let answered = match next {
            Next::Answered(answered) => answered,
            Next::Run(run) => {
                tracing::info!(arguments = ?run.arguments, "runs a program");
                (Answer::Ran { problem: control::run(&run).await }, Zeroizing::default())
            }
        };
        drop(changing);
        Ok(answered)
    }
}

async fn read(connection: &mut UnixStream) -> Result<(Request, Zeroizing<Vec<u8>>), Box<dyn std::error::Error + Send + Sync>> {
    let mut lengths = [0; LENGTHS];
    connection.read_exact(&mut lengths).await?;
    let (head, content) = protocol::lengths(lengths)?;
    let mut head = vec![0; head];
    connection.read_exact(&mut head).await?;
    let request = protocol::message(&head)?;
    let mut content = Zeroizing::new(vec![0; content]);
    connection.read_exact(&mut content).await?;
    Ok((request, content))
}

async fn send(connection: &mut UnixStream, (answer, content): &Answered) {
    let sending = async {
        let head = protocol::head(answer, content.len()).map_err(io::Error::other)?;
        connection.write_all(&head).await?;
        connection.write_all(content).await?;
        connection.shutdown().await
    };
    match tokio::time::timeout(PATIENCE, sending).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "an answer was not taken"),
        Err(_) => tracing::warn!("an answer was not taken within ten seconds"),
    }
}

/// A verb and what it is about, for the log.
fn told(verb: &Verb) -> (&'static str, String) {
    let path = |path: &Path| path.display().to_string();
    match verb {
        Verb::Status {} => ("status", String::new()),
        Verb::Look { path: at, .. } => ("look", path(at)),
        Verb::List { directory } => ("list", path(directory)),
        Verb::Try { user, path: at, .. } => ("try", format!("{} as {user}", path(at))),
        Verb::Room { directory } => ("room", path(directory)),
        Verb::Variable { process, name } => ("variable", format!("{name} of {process}")),
        Verb::Sockets { process } => ("sockets", process.to_string()),
        Verb::Replace { path: at, rights, .. } => ("replace", format!("{} {:04o} {}:{}", path(at), rights.mode, rights.user, rights.group)),
        Verb::PutBack { path: at, .. } => ("put-back", path(at)),
        Verb::Directory { path: at, rights, .. } => {
            ("directory", format!("{} {:04o} {}:{}", path(at), rights.mode, rights.user, rights.group))
        }
        Verb::SetRights { path: at, rights, .. } => {
            ("set-rights", format!("{} {:04o} {}:{}", path(at), rights.mode, rights.user, rights.group))
        }
        Verb::Remove { path: at, .. } => ("remove", path(at)),
        Verb::Run { service, program } => ("run", format!("{program:?} of {} {}", service.kind, path(&service.config))),
        Verb::Signal { service, signal } => ("signal", format!("{signal:?} to {} {}", service.kind, path(&service.config))),
    }
}
