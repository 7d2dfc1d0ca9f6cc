//! What a console and its helper say to each other: one request and one answer for each connection. A frame is two lengths of four octets (big
//! endian), a head in JSON, and a content that is no part of it, so that a key is never inside a text that is copied about. What is not known is
//! refused by name. Pure: no socket, no file.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Number of this protocol. Both sides have to speak the same.
pub const PROTOCOL: u16 = 1;
/// Octets of the two lengths.
pub const LENGTHS: usize = 8;
/// Longest head.
pub const LONGEST_HEAD: usize = 256 << 10;
/// Longest content: more than any certificate, key store or configuration that a plan changes.
pub const LONGEST_CONTENT: usize = 4 << 20;

/// Whether a variable of a process may be told: those that say where a configuration is.
#[must_use]
pub fn tells_where(variable: &str) -> bool {
    variable == "MAIL_CONFIG" || variable.starts_with("APACHE_")
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Request {
    /// Number of the protocol.
    pub protocol: u16,
    /// Until when it may be begun, in milliseconds since the machine began. A request waits in the queue of the socket while there is no
    /// helper; done when whoever asked has given up, and put back what was, it would leave half of each.
    pub begin_by: u64,
    /// What shall be done.
    pub verb: Verb,
}

/// Everything that can be asked. No verb has a command line, and each path is judged by the helper's own list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Verb {
    /// Who the helper is and which services it knows.
    Status {},
    /// What is at a path.
    Look {
        /// Absolute.
        path: PathBuf,
        /// Whether a link there is followed.
        follow: bool,
    },
    /// Names in a directory.
    List {
        /// Absolute.
        directory: PathBuf,
    },
    /// Whether the user that reads the keys of a service can open a file, or search a directory.
    Try {
        /// Its name.
        user: String,
        /// Absolute.
        path: PathBuf,
        /// Whether a directory is searched instead of a file opened.
        search: bool,
    },
    /// The room where a directory is.
    Room {
        /// Absolute.
        directory: PathBuf,
    },
    /// A variable that a process of a service was started with.
    Variable {
        /// Its number.
        process: u32,
        /// Name of the variable.
        name: String,
    },
    /// The sockets that a process of a service holds open.
    Sockets {
        /// Its number.
        process: u32,
    },
    /// Puts the content of the frame to a path.
    Replace {
        /// Absolute.
        path: PathBuf,
        /// What must be there now.
        before: Standing,
        /// Whose it becomes.
        rights: Rights,
    },
    /// Puts back what the helper itself replaced at a path.
    PutBack {
        /// Absolute.
        path: PathBuf,
        /// What must be there now.
        before: Standing,
        /// What was there then.
        then: Standing,
    },
    /// Makes a directory, or sets owner and mode of one.
    Directory {
        /// Absolute.
        path: PathBuf,
        /// What must be there now.
        before: Standing,
        /// Whose it becomes.
        rights: Rights,
    },
    /// Sets owner and mode of a file.
    SetRights {
        /// Absolute.
        path: PathBuf,
        /// What must be there now.
        before: Standing,
        /// Whose it becomes.
        rights: Rights,
    },
    /// Takes a file or link away, or a directory when it is empty.
    Remove {
        /// Absolute.
        path: PathBuf,
        /// What must be there now.
        before: Standing,
    },
    /// Runs a program of a service, which the helper finds out by itself.
    Run {
        /// The service.
        service: Service,
        /// Which of its programs.
        program: Program,
    },
    /// A signal to the first process of a service.
    Signal {
        /// The service.
        service: Service,
        /// Which signal.
        signal: Signal,
    },
}

/// What is at a path, as far as it must be known again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing.
    Absent {},
    /// A file.
    File {
        /// SHA-256 of its content, lower-case hex.
        sha256: String,
        /// Whose it is.
        rights: Rights,
    },
    /// A directory.
    Directory {
        /// Whose it is.
        rights: Rights,
    },
    /// A symbolic link.
    Link {
        /// What it points to.
        target: PathBuf,
    },
}

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rights {
    /// User.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Permission bits.
    pub mode: u32,
}

/// A service, by what the helper's list has of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Which adapter reads it: `apache`.
    pub kind: String,
    /// Its configuration.
    pub config: PathBuf,
}

/// Programs of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// Its own check of its configuration.
    Check,
    /// What makes it read its files anew.
    Reload,
    /// What starts it again.
    Restart,
}

/// Signals that make a service read its files anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// SIGHUP.
    Hup,
    /// SIGUSR1.
    Usr1,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Answer {
    /// It is done.
    Done {},
    /// It is not, and why.
    Refused {
        /// Of which kind the reason is.
        reason: Reason,
        /// The reason in words.
        words: String,
    },
    /// Who it is.
    Status(Status),
    /// What is at a path. The content of the frame is that of a file, as far as it is given away.
    Looked {
        /// What.
        what: Looked,
    },
    /// Names in a directory.
    Listed {
        /// In the order of their bytes.
        names: Vec<String>,
    },
    /// What became of a trial: why it is not possible, when it is not.
    Tried {
        /// In the system's words.
        problem: Option<String>,
    },
    /// The room where a directory is.
    Room {
        /// Bytes that are free.
        bytes: u64,
        /// Files that can be made; absent without a limit.
        files: Option<u64>,
        /// Why nothing can be made there.
        closed: Option<String>,
    },
    /// A variable; absent when the process does not have it.
    Variable {
        /// Its value.
        value: Option<String>,
    },
    /// The sockets of a process.
    Sockets {
        /// Numbers that the kernel tells them by.
        inodes: Vec<u64>,
    },
    /// How a program ended.
    Ran {
        /// Why it did not end well, as a sentence; absent when it did.
        problem: Option<String>,
    },
}

/// Kinds of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The helper's list does not have it, or its rules forbid it.
    Forbidden,
    /// There is nothing.
    Absent,
    /// Something else is there than there must be.
    Changed,
    /// No room is left.
    Full,
    /// The request is not understood.
    NotUnderstood,
    /// The system said something else.
    Failed,
}

/// Who a helper is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// The services of its list.
    pub services: Vec<Known>,
}

/// A service of the helper's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Known {
    /// The service.
    pub service: Service,
    /// Why the helper does nothing for it, as a sentence; absent when it does.
    pub problem: Option<String>,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Looked {
    /// Nothing.
    Absent {},
    /// A file.
    File {
        /// Whose it is.
        rights: Rights,
        /// Bytes of the whole.
        length: u64,
        /// When it became what it is: seconds and nanoseconds.
        changed: (i64, u32),
        /// SHA-256 of the whole, lower-case hex.
        sha256: String,
        /// What is not in the content of the frame; absent when all is.
        withheld: Option<Withheld>,
    },
    /// A directory.
    Directory {
        /// Whose it is.
        rights: Rights,
        /// When it became what it is.
        changed: (i64, u32),
    },
    /// A symbolic link.
    Link {
        /// What it points to.
        target: PathBuf,
        /// User.
        user: u32,
        /// Group.
        group: u32,
    },
}

/// What is not given away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Withheld {
    /// Public key of the first private key, SubjectPublicKeyInfo in DER.
    pub public_key: Option<Vec<u8>>,
    /// Whether that is encrypted.
    pub encrypted: bool,
    /// Whether the file is a key store.
    pub key_store: bool,
}

/// Why a frame is not taken.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// One of its parts is longer than any.
    #[error("a frame of {0} and {1} octets is longer than any")]
    TooLong(usize, usize),
    /// Its head is no message.
    #[error("a message is not understood: {0}")]
    NotUnderstood(#[from] serde_json::Error),
}

/// The lengths of head and content that a frame begins with.
///
/// # Errors
/// `TooLong`.
pub fn lengths(octets: [u8; LENGTHS]) -> Result<(usize, usize), FrameError> {
    let [a, b, c, d, e, f, g, h] = octets;
    let length = |octets: [u8; 4]| usize::try_from(u32::from_be_bytes(octets)).unwrap_or(usize::MAX);
    let (head, content) = (length([a, b, c, d]), length([e, f, g, h]));
    if head > LONGEST_HEAD || content > LONGEST_CONTENT { Err(FrameError::TooLong(head, content)) } else { Ok((head, content)) }
}

/// A head with the lengths before it; `content` octets follow it.
///
/// # Errors
/// `TooLong`.
pub fn head<M: Serialize>(message: &M, content: usize) -> Result<Vec<u8>, FrameError> {
    let json = serde_json::to_vec(message)?;
    if json.len() > LONGEST_HEAD || content > LONGEST_CONTENT {
        return Err(FrameError::TooLong(json.len(), content));
    }
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    Ok([length(json.len()).as_slice(), length(content).as_slice(), &json].concat())
}

/// The message of a head.
///
/// # Errors
/// `NotUnderstood`: no JSON, an unknown verb, a field too many or too few.
pub fn message<M: DeserializeOwned>(head: &[u8]) -> Result<M, FrameError> {
    Ok(serde_json::from_slice(head)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_comes_back_as_it_was_and_a_long_one_not_at_all() {
        let request = Request { protocol: PROTOCOL, begin_by: 7, verb: Verb::Look { path: "/etc/ssl/mail.pem".into(), follow: true } };
        let frame = head(&request, 7).unwrap();
        let (length, content) = lengths(frame[..LENGTHS].try_into().unwrap()).unwrap();
        assert_eq!((length, content), (frame.len() - LENGTHS, 7));
        assert_eq!(message::<Request>(&frame[LENGTHS..]).unwrap(), request);
        assert!(lengths([0, 4, 0, 1, 0, 0, 0, 0]).is_err());
        assert!(lengths([0, 0, 0, 1, 0, 64, 0, 1]).is_err());
        assert!(head(&request, LONGEST_CONTENT + 1).is_err());
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for wrong in [
            r#"{"protocol":1,"begin-by":9999999999999,"verb":{"shell":{"line":"id"}}}"#,
            r#"{"protocol":1,"begin-by":9999999999999,"verb":{"status":{"more":1}}}"#,
            r#"{"protocol":1,"begin-by":9999999999999,"verb":{"status":{}},"as":"root"}"#,
            r#"{"protocol":1,"begin-by":9999999999999,"verb":{"run":{"service":{"kind":"apache","config":"/a"},"program":["/bin/sh"]}}}"#,
            r#"{"protocol":1,"begin-by":9999999999999,"verb":{"run":{"service":{"kind":"apache","config":"/a"},"program":"check","arguments":["-f"]}}}"#,
            "",
        ] {
            assert!(message::<Request>(wrong.as_bytes()).is_err(), "{wrong}");
        }
        assert!(message::<Request>(br#"{"protocol":1,"begin-by":9999999999999,"verb":{"status":{}}}"#).is_ok());
    }
}
