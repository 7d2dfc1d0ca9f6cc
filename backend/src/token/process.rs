//! One worker process, seen from the server.

use std::{fmt, io, os::unix::net::UnixStream as StdUnixStream, path::Path, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    process::Child,
    sync::mpsc,
    time::timeout,
};
use zeroize::Zeroizing;

use super::{
    frame,
    protocol::{FromWorker, Request},
};
use crate::host;

/// How long a worker may take to end by itself after its socket was closed.
const FAREWELL: Duration = Duration::from_secs(5);

/// How a worker was lost.
#[derive(Debug)]
pub(crate) enum Lost {
    /// No message in time.
    Silent,
    /// The socket is closed.
    Gone,
    /// It speaks another language.
    Nonsense(String),
}

impl fmt::Display for Lost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => formatter.write_str("no answer in time"),
            Self::Gone => formatter.write_str("its socket is closed"),
            Self::Nonsense(reason) => formatter.write_str(reason),
        }
    }
}

/// A running worker.
pub(crate) struct WorkerProcess {
    child: Child,
    writer: OwnedWriteHalf,
    messages: mpsc::Receiver<Result<FromWorker, Lost>>,
    call: u64,
    place: Option<(u64, u64)>,
}

impl WorkerProcess {
    /// Starts `program token-worker` with a socket as its standard input. The directory of its database is the only one that it will reach, so
    /// SQLite has its temporary files there, nameless.
    pub(crate) fn start(program: &Path, directory: Option<&Path>) -> io::Result<Self> {
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let child = host::process::spawn_on_socket(program, &["token-worker"], directory.map(|path| ("SQLITE_TMPDIR", path)), theirs)?;
        let (reader, writer) = UnixStream::from_std(ours)?.into_split();
        let (sender, messages) = mpsc::channel(16);
        // A task of its own, because reading half a frame must survive the cancellation of whoever waits for it.
        tokio::spawn(read_messages(reader, sender));
        Ok(Self { child, writer, messages, call: 0, place: directory.and_then(host::files::identity) })
    }

    /// Process id, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether this is still the directory that it is confined to, and not another one that took its place or was mounted over it.
    pub(crate) fn reaches(&self, directory: Option<&Path>) -> bool {
        self.place == directory.and_then(host::files::identity)
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None)) && !self.messages.is_closed()
    }

    /// Sends a request.
    pub(crate) async fn begin(&mut self, request: &Request) -> Result<(), Lost> {
        self.call += 1;
        self.send(&ToWorkerRef::Call { id: self.call, request }).await
    }

    /// Takes the current call back.
    pub(crate) async fn cancel(&mut self) -> Result<(), Lost> {
        self.send(&ToWorkerRef::Cancel { id: self.call }).await
    }

    async fn send(&mut self, message: &ToWorkerRef<'_>) -> Result<(), Lost> {
        let octets = frame::encode(message).map_err(|error| Lost::Nonsense(error.to_string()))?;
        // A stopped worker does not read; the limit keeps a full socket from holding the queue for ever.
        match timeout(Duration::from_secs(30), self.writer.write_all(&octets)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Lost::Gone),
            Err(_) => Err(Lost::Silent),
        }
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Result<FromWorker, Lost> {
        self.messages.recv().await.unwrap_or(Err(Lost::Gone))
    }

    /// Ends it at once and says how it ended.
    pub(crate) async fn kill(mut self) -> String {
        let already = self.child.try_wait().ok().flatten();
        let _ = self.child.start_kill();
        match (already, self.child.wait().await) {
            (Some(status), _) | (None, Ok(status)) => status.to_string(),
            (None, Err(error)) => error.to_string(),
        }
    }

    /// Lets it end by itself, for a while.
    pub(crate) async fn end(mut self) {
        drop(self.writer);
        if timeout(FAREWELL, self.child.wait()).await.is_err() {
            let _ = self.child.start_kill();
            let _ = self.child.wait().await;
        }
    }
}

/// [`super::protocol::ToWorker`] with a borrowed request; the same octets.
#[derive(serde::Serialize)]
enum ToWorkerRef<'a> {
    Call { id: u64, request: &'a Request },
    Cancel { id: u64 },
}

async fn read_messages(mut reader: OwnedReadHalf, sender: mpsc::Sender<Result<FromWorker, Lost>>) {
    loop {
        let message = read_message(&mut reader).await;
        let last = message.is_err();
        if sender.send(message).await.is_err() || last {
            return;
        }
    }
}

async fn read_message(reader: &mut OwnedReadHalf) -> Result<FromWorker, Lost> {
    let mut header = [0; frame::HEADER];
    reader.read_exact(&mut header).await.map_err(|_| Lost::Gone)?;
    let length = frame::announced(header).map_err(|error| Lost::Nonsense(error.to_string()))?;
    let mut octets = Zeroizing::new(vec![0; length]);
    reader.read_exact(&mut octets).await.map_err(|_| Lost::Gone)?;
    frame::decode(&octets).map_err(|error| Lost::Nonsense(error.to_string()))
}
