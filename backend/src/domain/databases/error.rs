//! Why an operation on a database was refused or failed, and the problem it becomes.

use certdeck_shared::api::problem::{FieldError, Problem, ProblemCode};
use certdeck_shared::modules_file::ModulesFileError;
use certdeck_shared::request::Weakness;
use thiserror::Error;

use crate::domain::approvals::ApprovalError;
use crate::domain::deployment::DeploymentRefused;
use crate::host::directory::DirectoryError;
use crate::host::files::FileError;
use crate::keystore::KeyFileError;
use crate::nss::listing::ListingError;
use crate::nss::password_journal::JournalError;
use crate::nss::recognise::RecogniseError;
use crate::nss::snapshots::SnapshotError;
use crate::state::StateError;
use crate::token::TokenError;

/// Why an operation was refused or failed.
#[derive(Debug, Error)]
pub enum OperationError {
    /// Fields are missing, malformed or out of range.
    #[error("some fields are not valid")]
    Invalid(Vec<FieldError>),
    /// No such thing.
    #[error("there is no {what} {id:?} here")]
    NotFound {
        /// `certificate`, `database`, `key`, `request`, `snapshot`, `token`.
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// The console knows this directory already.
    #[error("{path} is registered already")]
    AlreadyRegistered {
        /// The directory.
        path: String,
    },
    /// There are database files where one is to be made.
    #[error("{path} already holds {file}; nothing was changed")]
    DatabaseExists {
        /// The directory.
        path: String,
        /// The file that is there.
        file: String,
    },
    /// There are database files, and they are none.
    #[error("{0}")]
    NotADatabase(String),
    /// Old format: read, never written.
    #[error("the old format (cert8.db, key3.db) is read, never written; convert the database first")]
    OldFormat,
    /// The password does not pass the quality check.
    #[error("the password is too weak")]
    PasswordWeak {
        /// The field.
        pointer: &'static str,
        /// Why.
        why: String,
    },
    /// A change of the password was cut short, and nobody knows yet how far it came.
    #[error("a change of the password was cut short and can neither be completed nor taken back now ({0})")]
    PasswordChangeUnfinished(String),
    /// Too many wrong passwords.
    #[error("too many wrong passwords")]
    TooManyAttempts {
        /// Seconds until the next try is looked at.
        retry_after: u32,
    },
    /// The password was set by an NSS whose way of hashing the console's NSS does not know.
    #[error("NSS 3.118 or later set the password of this database, and NSS {version} here takes every password for a wrong one")]
    NssTooOld {
        /// The console's NSS.
        version: String,
    },
    /// One more wrong password locks a token.
    #[error("one more wrong password locks the token {label}; unlock it with the right one first, which sets its count back")]
    PinFinalTry {
        /// Its label.
        label: String,
    },
    /// The password of a token, entered again for a key to leave, is wrong.
    #[error("the password of the token {label} is wrong; the key is on it, and its password is needed here")]
    TokenPasswordIncorrect {
        /// Its label.
        label: String,
    },
    /// It needs a token of another module unlocked.
    #[error("the token {label} is locked; unlock it with its PIN, then try again")]
    TokenLocked {
        /// Its label.
        label: String,
    },
    /// It needs the token unlocked.
    #[error("the database is locked")]
    Locked,
    /// The trust of a certificate on a token needs the internal database unlocked, whose password is another one.
    #[error("the database is locked, which keeps the trust of certificates on tokens")]
    LockedForTrust,
    /// The thing changed since the caller read it.
    #[error("changed meanwhile")]
    RevisionMismatch(String),
    /// Items of an import are refused, and so the import.
    #[error("the import is refused; nothing was written")]
    ImportRefused {
        /// Code of the first refusal.
        code: ProblemCode,
        /// One for each refused item.
        errors: Vec<FieldError>,
    },
    /// The bytes hold nothing to be used.
    #[error("nothing usable in what was sent")]
    Unreadable(String),
    /// No certificate of the reply is for the key.
    #[error("no certificate for this key")]
    ReplyDoesNotMatch(String),
    /// What was to be signed is not a request for that key.
    #[error("not a request for this key")]
    NotSignable(String),
    /// A revocation list that NSS would not heed, or older than the one that is there.
    #[error("the revocation list is refused; nothing was written")]
    ListRefused(String),
    /// The request has weaknesses that were not accepted.
    #[error("the request is weak; nothing was made")]
    WeakRequest(Vec<Weakness>),
    /// Another certificate answered the request before.
    #[error("the request has an answer")]
    RequestAnswered(String),
    /// A CA that may not sign this, or whose key is not here.
    #[error("the issuer cannot sign this")]
    IssuerUnfit(String),
    /// The CA's policy refuses a request.
    #[error("the request is refused; nothing was signed")]
    RequestRefused(Vec<FieldError>),
    /// The console's own database cannot be given up.
    #[error("the console's own database stays")]
    EmbeddedStays,
    /// It asks again who one is, because of what it would break.
    #[error("certificates would stop being valid by this: {broken}; {cure}")]
    ConfirmationRequired {
        /// The certificates that would stop being valid.
        broken: String,
        /// What to do first.
        cure: &'static str,
    },
    /// It asks again who one is, because no snapshot brings back what is on a token.
    #[error("no snapshot brings back what is on a token: {what}; {cure}")]
    LossConfirmationRequired {
        /// What would be gone.
        what: String,
        /// What to do first.
        cure: &'static str,
    },
    /// A second person has to approve it.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// The password of the database, entered again for a key to leave, is wrong.
    #[error("the password of the database is wrong")]
    DatabasePasswordIncorrect,
    /// The password of the database that is taken from is wrong.
    #[error("the password of the source is wrong")]
    SourcePasswordIncorrect,
    /// A file of a program that the program would not read either.
    #[error("{0}")]
    NotUnderstood(String),
    /// A directory that gives no answer.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A file that holds keys.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// Keys of a file belong to no certificate.
    #[error("no certificate belongs to the key")]
    KeyWithoutCertificate(String),
    /// The private key of a certificate is not in the database.
    #[error("the private key of {nickname} is not in this database")]
    KeyMissing {
        /// Nickname of the certificate.
        nickname: String,
    },
    /// Somebody stopped it.
    #[error("stopped on request; nothing was changed")]
    Cancelled,
    /// The token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The files.
    #[error(transparent)]
    Listing(#[from] ListingError),
    /// The directory.
    #[error(transparent)]
    Recognise(#[from] RecogniseError),
    /// A snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The files of a change of the password.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The list of modules.
    #[error(transparent)]
    Modules(#[from] ModulesFileError),
    /// The console's state.
    #[error(transparent)]
    State(#[from] StateError),
    /// Another file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A deployment that is not begun, or failed.
    #[error(transparent)]
    Deployment(#[from] DeploymentRefused),
    /// A task of the console broke off.
    #[error("a task of the console broke off")]
    BrokeOff,
}

impl OperationError {
    /// One wrong field.
    #[must_use]
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.into(), message: message.into() }])
    }

    /// No such thing.
    #[must_use]
    pub fn not_found(what: &'static str, id: &str) -> Self {
        let id: String = id.chars().take(100).collect();
        Self::NotFound { what, id }
    }

    /// The problem that tells it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        match self {
            Self::Invalid(errors) => {
                let detail = errors.first().map_or_else(|| self.to_string(), |error| error.message.clone());
                Problem { errors: errors.clone(), ..Problem::new(ProblemCode::InvalidInput, detail) }
            }
            Self::NotFound { .. } => Problem::new(ProblemCode::NotFound, sentence(self)),
            Self::AlreadyRegistered { .. } => Problem::new(ProblemCode::AlreadyExists, sentence(self)),
            Self::DatabaseExists { .. } => {
                Problem::new(ProblemCode::DatabaseExists, format!("{} Register the directory instead, or choose another.", sentence(self)))
            }
            Self::NotADatabase(_) => Problem::new(ProblemCode::DatabaseUnusable, sentence(self)),
            Self::OldFormat => Problem::new(ProblemCode::DatabaseReadOnly, sentence(self)),
            Self::PasswordWeak { pointer, why } => Problem::new(ProblemCode::PasswordWeak, why.clone()).with_field(*pointer, why.clone()),
            Self::PasswordChangeUnfinished(_) => Problem::new(ProblemCode::PasswordChangeUnfinished, sentence(self)),
            Self::TooManyAttempts { retry_after } => Problem {
                retry_after: Some(*retry_after),
                ..Problem::new(ProblemCode::TooManyAttempts, format!("Wait {retry_after} s, then try again."))
            },
            Self::NssTooOld { .. } => Problem::new(
                ProblemCode::NssTooOld,
                format!(
                    "{} Give the console a newer softoken (CERTDECK_SOFTOKEN), or set the password again with NSS 3.117 or earlier.",
                    sentence(self)
                ),
            ),
            Self::Locked => locked(),
            Self::PinFinalTry { .. } => Problem::new(ProblemCode::PinFinalTry, sentence(self)),
            Self::TokenPasswordIncorrect { .. } => {
                Problem::new(ProblemCode::PinIncorrect, sentence(self)).with_field("/database_password", sentence(self))
            }
            Self::TokenLocked { .. } => Problem::new(ProblemCode::TokenLocked, sentence(self)),
            Self::LockedForTrust => Problem::new(
                ProblemCode::TokenLocked,
                "The trust of a certificate on a token is kept in the internal database, which is locked: its password is another one than \
                 the token's. Unlock both, then try again; or ask for no trust (\",,\").",
            ),
            Self::RevisionMismatch(what) => Problem::new(ProblemCode::RevisionMismatch, what.clone()),
            Self::ImportRefused { code, errors } => {
                let detail = errors.first().map_or_else(|| sentence(self), |first| format!("{} {}", sentence(self), first.message));
                Problem { errors: errors.clone(), ..Problem::new(*code, detail) }
            }
            Self::Unreadable(why) => Problem::new(ProblemCode::Unreadable, why.clone()),
            Self::ReplyDoesNotMatch(why) => Problem::new(ProblemCode::ReplyDoesNotMatch, why.clone()),
            Self::ListRefused(why) => Problem::new(ProblemCode::ListRefused, why.clone()),
            Self::NotSignable(why) => Problem::new(ProblemCode::NotSignable, why.clone()),
            Self::WeakRequest(weaknesses) => {
                let named =
                    |weakness: &Weakness| FieldError { pointer: format!("/accept/{}", weakness.id), message: weakness.words.clone() };
                let ids: Vec<&str> = weaknesses.iter().map(|weakness| weakness.id.as_str()).collect();
                let detail = format!("The request is weak: {}. To make it nevertheless name these in “accept”.", ids.join(", "));
                Problem { errors: weaknesses.iter().map(named).collect(), ..Problem::new(ProblemCode::WeakRequest, detail) }
            }
            Self::RequestAnswered(why) => Problem::new(ProblemCode::RequestAnswered, why.clone()),
            Self::IssuerUnfit(why) => Problem::new(ProblemCode::IssuerUnfit, why.clone()),
            Self::RequestRefused(errors) => {
                let detail = errors.first().map_or_else(|| sentence(self), |first| format!("{} {}", sentence(self), first.message));
                Problem { errors: errors.clone(), ..Problem::new(ProblemCode::RequestRefused, detail) }
            }
            Self::ConfirmationRequired { broken, .. } => Problem::new(ProblemCode::ConfirmationRequired, sentence(self))
                .with_field("", format!("Certificates would stop being valid by this: {broken}.")),
            Self::LossConfirmationRequired { what, .. } => Problem::new(ProblemCode::ConfirmationRequired, sentence(self))
                .with_field("", format!("No snapshot brings back what is on a token: {what}.")),
            Self::Approval(error) => error.problem(),
            Self::EmbeddedStays => Problem::new(ProblemCode::InvalidInput, "The console's own database cannot be forgotten."),
            Self::DatabasePasswordIncorrect => {
                Problem::new(ProblemCode::PinIncorrect, sentence(self)).with_field("/database_password", sentence(self))
            }
            Self::SourcePasswordIncorrect => {
                Problem::new(ProblemCode::PinIncorrect, sentence(self)).with_field("/source_password", sentence(self))
            }
            Self::NotUnderstood(why) => Problem::new(ProblemCode::ConfigurationNotUnderstood, why.clone()),
            Self::Directory(error) => of_directory_asked(error),
            Self::KeyFile(error) => of_key_file(error),
            Self::KeyWithoutCertificate(why) => Problem::new(ProblemCode::KeyWithoutCertificate, why.clone()),
            Self::KeyMissing { .. } => Problem::new(ProblemCode::KeyMissing, sentence(self)),
            Self::Cancelled => Problem::new(ProblemCode::Cancelled, sentence(self)),
            Self::Token(error) => of_token(error),
            Self::Listing(error) => of_listing(error),
            Self::Recognise(error) => of_directory(error),
            Self::Snapshot(error) => of_snapshot(error),
            Self::Journal(JournalError::File(error)) => of_file(error),
            Self::Journal(JournalError::Damaged(_)) => Problem::new(ProblemCode::Internal, sentence(self)),
            Self::Modules(error) => of_modules(error),
            Self::State(error) => of_state(error),
            Self::File(error) => of_file(error),
            Self::Deployment(refused) => refused.problem(),
            Self::BrokeOff => Problem::new(ProblemCode::Internal, sentence(self)),
        }
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        let problem = error.problem();
        if problem.status >= 500 {
            tracing::warn!(error = chain(&error), code = problem.code.name(), "an operation on a database failed");
        }
        problem
    }
}

/// An error and its causes, each after the other.
pub(in crate::domain) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// An error as a sentence.
fn sentence(error: &dyn std::error::Error) -> String {
    let text = chain(error);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str().trim_end_matches('.')),
        None => text,
    }
}

fn locked() -> Problem {
    Problem::new(ProblemCode::TokenLocked, "The database is locked. Unlock it with its password, then try again.")
}

fn of_token(error: &TokenError) -> Problem {
    if *error == TokenError::PinRefused {
        return Problem::new(ProblemCode::InvalidInput, sentence(error)).with_field("/new_password", sentence(error));
    }
    let code = match error {
        TokenError::PinIncorrect => ProblemCode::PinIncorrect,
        TokenError::PinRefused => ProblemCode::InvalidInput,
        TokenError::NotLoggedIn => return locked(),
        TokenError::Busy => ProblemCode::TokenBusy,
        TokenError::Timeout => ProblemCode::TokenTimeout,
        TokenError::Crashed { .. } => ProblemCode::TokenCrashed,
        TokenError::Cancelled => ProblemCode::Cancelled,
        TokenError::WriteProtected { .. } => ProblemCode::DatabaseReadOnly,
        TokenError::DatabaseLocked => ProblemCode::DatabaseBusy,
        TokenError::Unusable { .. } => ProblemCode::DatabaseUnusable,
        TokenError::ModuleUnusable { .. } => ProblemCode::ModuleUnusable,
        TokenError::TokenAbsent => ProblemCode::TokenAbsent,
        TokenError::PinLocked => ProblemCode::PinLocked,
        TokenError::DiskFull => ProblemCode::DiskFull,
        TokenError::NicknameTaken { .. } => ProblemCode::NicknameTaken,
        TokenError::SerialNumberReused { .. } => ProblemCode::SerialNumberReused,
        TokenError::NotFound { .. } => ProblemCode::NotFound,
        TokenError::NotACertificate { .. } => ProblemCode::Unreadable,
        TokenError::NotSignable { .. } => ProblemCode::NotSignable,
        TokenError::NotAKey { .. } => ProblemCode::KeyNotUsable,
        TokenError::KeyUnextractable => {
            let cure = "Use the certificate where the token is (token:nickname), or make a new key elsewhere and have the certificate issued \
                        again for it: re-key.";
            return Problem::new(ProblemCode::KeyUnextractable, format!("{} {cure}", sentence(error)));
        }
        TokenError::DatabaseExists { .. } => ProblemCode::DatabaseExists,
        TokenError::NotPutBack { .. } | TokenError::Pkcs11 { .. } => ProblemCode::TokenError,
    };
    Problem::new(code, sentence(error))
}

fn of_key_file(error: &KeyFileError) -> Problem {
    let (code, detail) = match error {
        KeyFileError::PasswordRequired => (ProblemCode::FilePasswordRequired, format!("{} Give it.", sentence(error))),
        KeyFileError::PasswordIncorrect => (ProblemCode::FilePasswordIncorrect, sentence(error)),
        KeyFileError::KeyPasswordIncorrect { .. } => {
            let detail = format!("{} Give it as the password of the keys.", sentence(error));
            return Problem::new(ProblemCode::FilePasswordIncorrect, detail).with_field("/key_password", sentence(error));
        }
        KeyFileError::Damaged(_) => (ProblemCode::FileDamaged, sentence(error)),
        KeyFileError::Unsupported(_) => (ProblemCode::Unreadable, sentence(error)),
        KeyFileError::KeyNotUsable(_) => (ProblemCode::KeyNotUsable, sentence(error)),
        KeyFileError::Openssl(_) => (ProblemCode::Internal, sentence(error)),
    };
    let pointer = match error {
        KeyFileError::PasswordRequired | KeyFileError::PasswordIncorrect => "/password",
        _ => "/file",
    };
    Problem::new(code, detail).with_field(pointer, sentence(error))
}

fn of_listing(error: &ListingError) -> Problem {
    let code = match error {
        ListingError::Busy { .. } => ProblemCode::DatabaseBusy,
        ListingError::NeedsRepair | ListingError::Missing { .. } | ListingError::Forbidden { .. } | ListingError::NotADatabase { .. } => {
            ProblemCode::DatabaseUnusable
        }
    };
    Problem::new(code, sentence(error))
}

fn of_directory(error: &RecogniseError) -> Problem {
    let code = match error {
        RecogniseError::NoDirectory(_) | RecogniseError::NotADirectory(_) => ProblemCode::InvalidInput,
        RecogniseError::Unreadable { .. } => ProblemCode::DatabaseUnusable,
    };
    Problem::new(code, sentence(error)).with_field("/path", sentence(error))
}

fn of_modules(error: &ModulesFileError) -> Problem {
    match error {
        ModulesFileError::NameTaken(_) => Problem::new(ProblemCode::AlreadyExists, sentence(error)).with_field("/name", sentence(error)),
        ModulesFileError::NotFound(_) => Problem::new(ProblemCode::NotFound, sentence(error)),
        ModulesFileError::Unwritable { field, .. } => {
            Problem::new(ProblemCode::InvalidInput, sentence(error)).with_field(format!("/{field}"), sentence(error))
        }
    }
}

fn of_snapshot(error: &SnapshotError) -> Problem {
    match error {
        SnapshotError::NotFound => Problem::new(ProblemCode::NotFound, sentence(error)),
        SnapshotError::Source(source) => of_listing(source),
        SnapshotError::File(source) => of_file(source),
        SnapshotError::Copy { .. } if error.is_disk_full() => Problem::new(ProblemCode::DiskFull, sentence(error)),
        SnapshotError::Copy { .. } | SnapshotError::Damaged(_) => Problem::new(ProblemCode::Internal, sentence(error)),
    }
}

fn of_state(error: &StateError) -> Problem {
    match error {
        StateError::DiskFull => Problem::new(ProblemCode::DiskFull, sentence(error)),
        StateError::Exists => Problem::new(ProblemCode::AlreadyExists, sentence(error)),
        StateError::File(source) => of_file(source),
        StateError::Corrupt { .. }
        | StateError::Newer { .. }
        | StateError::NotChained(_)
        | StateError::NotKept { .. }
        | StateError::Sqlite(_)
        | StateError::Value(_)
        | StateError::Ending => {
            Problem::new(ProblemCode::Internal, "The console's own state could not be read or written; the log has more.")
        }
    }
}

fn of_directory_asked(error: &DirectoryError) -> Problem {
    match error {
        DirectoryError::Address(why) => Problem::new(ProblemCode::InvalidInput, sentence(error)).with_field("/directory/url", why.clone()),
        DirectoryError::Trust(why) => Problem::new(ProblemCode::InvalidInput, sentence(error)).with_field("/directory/ca", why.clone()),
        DirectoryError::PasswordInClear => {
            Problem::new(ProblemCode::InvalidInput, sentence(error)).with_field("/directory/password", sentence(error))
        }
        _ => Problem::new(ProblemCode::DirectoryUnreachable, sentence(error)),
    }
}

fn of_file(error: &FileError) -> Problem {
    if error.is_disk_full() {
        return Problem::new(ProblemCode::DiskFull, sentence(error));
    }
    match error.source.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            Problem::new(ProblemCode::DatabaseReadOnly, sentence(error))
        }
        _ => Problem::new(ProblemCode::Internal, sentence(error)),
    }
}
