//! The audit log goes to the log of the host as well, where whoever can write the console's files may not be able to write: entry by entry, in
//! order, each with its digest. What the host's log does not take waits, and is sent later.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use certdeck_shared::api::activity::AuditEntry;
use serde_json::json;

use super::console::Console;
use super::syslog::{self, Priority};
use crate::host::{datagram, process};
use crate::state::{StateError, Store};

/// How long an entry may wait to be sent.
const EVERY: Duration = Duration::from_secs(1);
/// How long the log of the host may take for one.
const LIMIT: Duration = Duration::from_secs(5);
/// Facility for audit logs, severity notice (RFC 5424 section 6.2.1).
const PRIORITY: Priority = Priority { facility: 13, severity: 5 };
/// Of a longer subject the beginning stands in the copy: the digest stands for all of it.
const SUBJECT: usize = 200;

/// Copies until the console ends.
pub async fn run(console: Arc<Console>, socket: PathBuf) {
    let host = process::host_name();
    let mut turn = tokio::time::interval(EVERY);
    let mut failing = false;
    loop {
        tokio::select! {
            () = console.tasks.ending() => return,
            _ = turn.tick() => {}
        }
        match copy(&console.store, &socket, &host).await {
            Ok(0) => {}
            Ok(count) => {
                failing = false;
                tracing::debug!(count, "audit entries copied to the log of the host");
            }
            Err(error) if !failing => {
                failing = true;
                tracing::error!(error = &error as &dyn std::error::Error, socket = %socket.display(), "the audit log is not copied to the log of the host");
            }
            Err(_) => {}
        }
    }
}

/// Why an entry was not copied.
#[derive(Debug, thiserror::Error)]
enum CopyError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error("the log of the host does not take it")]
    Log(#[from] std::io::Error),
}

/// Sends what was not sent yet, oldest first, and says how many entries that were. An entry is sent again when its sending could not be noted.
async fn copy(store: &Store, socket: &Path, host: &str) -> Result<usize, CopyError> {
    let waiting = store.audit().uncopied().await?;
    for entry in &waiting {
        let line = syslog::message(PRIORITY, entry.at, host, "audit", &told(entry));
        datagram::send(socket, line.as_bytes(), LIMIT).await?;
        store.audit().note_copied(entry.id).await?;
    }
    Ok(waiting.len())
}

/// An entry without what can be long: before, after and the command lines. The digest is over them as well.
fn told(entry: &AuditEntry) -> String {
    let subject = entry.subject.as_ref().map(|subject| subject.chars().take(SUBJECT).collect::<String>());
    json!({
        "id": entry.id, "actor": entry.actor, "credential": entry.credential, "peer": entry.peer, "request_id": entry.request_id,
        "action": entry.action, "database": entry.database, "subject": subject, "outcome": entry.outcome, "hash": entry.hash,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixDatagram;

    use super::*;
    use crate::host::Clock;
    use crate::state::AuditDraft;

    async fn told_to(receiver: &UnixDatagram) -> String {
        let mut buffer = [0; 4096];
        let received = tokio::time::timeout(Duration::from_secs(10), receiver.recv(&mut buffer)).await;
        String::from_utf8_lossy(&buffer[..received.expect("nothing came").unwrap()]).into_owned()
    }

    #[tokio::test]
    async fn entries_come_in_order_once_and_wait_for_a_log_that_is_away() {
        let room = tempfile::tempdir().unwrap();
        let socket = room.path().join("log");
        let store = Store::in_memory(Clock::system()).unwrap();
        store.audit().record(AuditDraft::success("ada", "before.it")).await.unwrap();
        assert_eq!(copy(&store, &socket, "host").await.unwrap(), 0, "what was there before is exported");
        for action in ["first\n<0>1 forged", "second"] {
            store.audit().record(AuditDraft::success("ada", action).subject("x".repeat(5000))).await.unwrap();
        }
        assert!(copy(&store, &socket, "host").await.is_err(), "nobody listens");
        let receiver = UnixDatagram::bind(&socket).unwrap();
        assert_eq!(copy(&store, &socket, "host").await.unwrap(), 2);
        let (first, second) = (told_to(&receiver).await, told_to(&receiver).await);
        assert!(first.starts_with("<109>1 ") && !first.contains('\n') && first.contains("first\\n<0>1 forged"), "{first}");
        let text: serde_json::Value = serde_json::from_str(second.split_once('\u{feff}').unwrap().1).unwrap();
        let head = store.audit().head().await.unwrap();
        assert_eq!((text["action"].as_str(), text["hash"].as_str()), (Some("second"), Some(head.hash.as_str())));
        assert_eq!(copy(&store, &socket, "host").await.unwrap(), 0);
    }
}
