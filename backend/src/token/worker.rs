//! The child process: reads requests from its standard input, a socket, and performs them one after the other.

use std::{
    io::{self, Read as _, Write as _},
    os::{fd::AsFd as _, unix::net::UnixStream},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use rustix::fs::Mode;
use zeroize::Zeroizing;

use super::{
    confine,
    desk::Desk,
    error::TokenError,
    frame,
    progress::Progress,
    protocol::{FromWorker, Request, ToWorker},
};
use crate::host::confinement;

/// How long the call at hand may go on putting things back after the server is gone: longer than softoken waits for the lock of another
/// writer, which is half a minute.
const LAST_WORDS: Duration = Duration::from_secs(45);

/// Number that no call has: everything is cancelled.
const ALL_CALLS: u64 = u64::MAX;

/// Main function of `certdeck token-worker`.
#[must_use]
pub fn run() -> ExitCode {
    // Files of a database are nobody else's business, whatever the server's own mask is.
    rustix::process::umask(Mode::from_bits_truncate(0o077));
    confinement::of_worker();
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "token-worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> io::Result<()> {
    let mut socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut writer = socket.try_clone()?;
    let cancelled = Arc::new(AtomicU64::new(0));
    let (sender, calls) = mpsc::channel();
    let flag = Arc::clone(&cancelled);
    // The first one says what is served: nothing of it is done, and no thread is there, before the rest is given up.
    let Ok(ToWorker::Call { id, request }) = read_request(&mut socket) else { return Ok(()) };
    let mut desk = Desk::new(confine::confine(&request));
    let _ = sender.send((id, request));
    thread::Builder::new().name("requests".to_owned()).spawn(move || read_requests(socket, sender, &flag))?;
    while let Ok((id, request)) = calls.recv() {
        let is_cancelled = || matches!(cancelled.load(Ordering::Relaxed), number if number == id || number == ALL_CALLS);
        let mut report = |advance| {
            // A server that is gone cancels by the flag, which keeps what to put back in one place.
            let _ = send(&mut writer, &FromWorker::Progress(advance));
            Ok(())
        };
        let mut progress = Progress { report: &mut report, done: 0, is_cancelled: &is_cancelled };
        let answer = match desk.perform(request, &mut progress) {
            Ok(response) => FromWorker::Done(response),
            Err(error) => FromWorker::Failed(error),
        };
        if let Err(error) = send(&mut writer, &answer) {
            if error.kind() != io::ErrorKind::InvalidData {
                return Ok(());
            }
            send(&mut writer, &FromWorker::Failed(TokenError::unusable(error.to_string())))?;
        }
    }
    Ok(())
}

fn send(writer: &mut UnixStream, message: &FromWorker) -> io::Result<()> {
    writer.write_all(&frame::encode(message)?)
}

/// Reads on while a call is performed, so that it can be cancelled. The end of the socket is the end of the server: the call at hand puts
/// back what it did, and the process goes.
fn read_requests(mut socket: UnixStream, calls: mpsc::Sender<(u64, Request)>, cancelled: &AtomicU64) {
    while let Ok(message) = read_request(&mut socket) {
        match message {
            ToWorker::Call { id, request } => {
                if calls.send((id, request)).is_err() {
                    return;
                }
            }
            ToWorker::Cancel { id } => cancelled.store(id, Ordering::Relaxed),
        }
    }
    cancelled.store(ALL_CALLS, Ordering::Relaxed);
    // Without a sender an idle worker ends by itself; this thread stays to end a busy one.
    drop(calls);
    thread::sleep(LAST_WORDS);
    std::process::exit(1);
}

fn read_request(socket: &mut UnixStream) -> io::Result<ToWorker> {
    let mut header = [0; frame::HEADER];
    socket.read_exact(&mut header)?;
    let mut octets = Zeroizing::new(vec![0; frame::announced(header)?]);
    socket.read_exact(&mut octets)?;
    frame::decode(&octets)
}
