//! Accounts, sessions, API tokens and the first run: who may do what.

mod api_tokens;
mod backoff;
mod client_certificate;
mod confirmation;
mod grants;
mod open_sessions;
mod passkeys;
mod passwords;
mod second_factor;
mod sessions;
mod setup;
mod users;

use std::sync::{Arc, Mutex};

use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::second_factor::SecondFactorOffer;
use certdeck_shared::password::Weakness;
use sha2::{Digest as _, Sha256};
use time::Duration;

pub use client_certificate::{CertificateRefusal, ClientCertificates, ClientCertificatesError};
pub use confirmation::Standing;
pub use passkeys::{NoPasskeys, Party, PasskeyRefusal, RelyingParty};
pub use second_factor::GivenFactor;
pub use sessions::{Access, Credential, Factors, NewSession, Use};
pub use users::Actor;

use crate::config::{ClientCertificateSettings, Settings};
use crate::state::{AuditDraft, StateError, Store};

/// Who made something on the command line.
pub const LOCAL_ADMINISTRATOR: &str = "local-administrator";

/// Why something with accounts was refused.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Wrong user name or password.
    #[error("the user name or the password is wrong")]
    CredentialsIncorrect,
    /// The password that confirms is wrong.
    #[error("the password is wrong")]
    PasswordIncorrect,
    /// The password is right, and there is a second factor.
    #[error("{}", of_offer(.0))]
    SecondFactorRequired(Box<SecondFactorOffer>),
    /// The code is wrong, or was good once.
    #[error("the code is wrong, too old or used; wait for the next one")]
    CodeIncorrect,
    /// The passkey, or its answer, is not good.
    #[error("the passkey is refused: {0}")]
    PasskeyRefused(#[from] PasskeyRefusal),
    /// There can be none here.
    #[error("there are no passkeys at this address: {0}")]
    PasskeysUnavailable(NoPasskeys),
    /// Some account has this very one.
    #[error("this passkey is there already")]
    PasskeyPresent,
    /// The account has as many as it may.
    #[error("the account has {0} passkeys, which is as many as it may have; remove one first")]
    PasskeysFull(usize),
    /// It is all there is, and something has to stay.
    #[error("the console wants every account to have a second factor, and this is the only one; add another one first")]
    LastSecondFactor,
    /// There is an authenticator program already.
    #[error("the account has an authenticator program already; remove it first")]
    SecondFactorPresent,
    /// There is none.
    #[error("the account has no second factor")]
    SecondFactorAbsent,
    /// The certificate of the connection signs nobody in.
    #[error("{0}")]
    CertificateRefused(CertificateRefusal),
    /// The console wants a second factor, and the account has none.
    #[error("the console wants every account to have a second factor; set one up first (POST /api/v1/session/second-factor, or a passkey)")]
    SecondFactorMissing,
    /// It asks again who one is.
    #[error("this asks again who you are; {0}")]
    ConfirmationRequired(&'static str),
    /// Too many wrong passwords.
    #[error("too many wrong passwords; try again in {} s", wait.whole_seconds().max(1))]
    TooManyAttempts {
        /// How long to wait.
        wait: Duration,
    },
    /// The setup token is wrong, used or too old.
    #[error("the setup link is wrong, used or older than 15 minutes; start the console again for a new one")]
    SetupTokenIncorrect,
    /// There is an account already.
    #[error("the console has an account already; sign in")]
    SetupDone,
    /// The password is refused.
    #[error("the password is too weak: {0}")]
    PasswordWeak(#[source] Weakness),
    /// A field is wrong.
    #[error("{pointer}: {message}")]
    Invalid {
        /// JSON pointer of the field.
        pointer: &'static str,
        /// What is wrong, the limit and the cure.
        message: String,
    },
    /// The name is taken.
    #[error("there is an account of this name already")]
    Exists,
    /// There is no such account or token.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Nobody would be left to administer the console.
    #[error("this is the last administrator; make another one first")]
    LastAdministrator,
    /// The caller may not.
    #[error("{0}")]
    ScopeInsufficient(String),
    /// A hash could not be made or read.
    #[error("the password could not be hashed")]
    Hashing(#[source] argon2::password_hash::Error),
    /// A code could not be computed.
    #[error("the code could not be computed")]
    Code(#[from] openssl::error::ErrorStack),
    /// An address is too long to be drawn.
    #[error("the QR code could not be drawn")]
    QrCode(#[from] qrcodegen::DataTooLong),
    /// The state could not be read or written.
    #[error(transparent)]
    State(#[from] StateError),
}

impl AccountError {
    /// The stable code, for the audit log and the answer.
    #[must_use]
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::CredentialsIncorrect | Self::PasswordIncorrect | Self::CodeIncorrect => ProblemCode::CredentialsIncorrect,
            Self::SecondFactorRequired(_) => ProblemCode::SecondFactorRequired,
            Self::ConfirmationRequired(_) => ProblemCode::ConfirmationRequired,
            Self::TooManyAttempts { .. } => ProblemCode::TooManyAttempts,
            Self::SetupTokenIncorrect => ProblemCode::SetupTokenIncorrect,
            Self::SetupDone => ProblemCode::SetupDone,
            Self::PasswordWeak(_) => ProblemCode::PasswordWeak,
            Self::Invalid { .. } => ProblemCode::InvalidInput,
            Self::CertificateRefused(_) => ProblemCode::CertificateRefused,
            Self::SecondFactorMissing => ProblemCode::SecondFactorMissing,
            Self::PasskeyRefused(_) => ProblemCode::PasskeyRefused,
            Self::PasskeysUnavailable(_) => ProblemCode::PasskeysUnavailable,
            Self::LastSecondFactor => ProblemCode::LastSecondFactor,
            Self::Exists | Self::SecondFactorPresent | Self::PasskeyPresent | Self::PasskeysFull(_) => ProblemCode::AlreadyExists,
            Self::NotFound(_) | Self::SecondFactorAbsent => ProblemCode::NotFound,
            Self::LastAdministrator => ProblemCode::LastAdministrator,
            Self::ScopeInsufficient(_) => ProblemCode::ScopeInsufficient,
            Self::State(StateError::DiskFull) => ProblemCode::DiskFull,
            Self::Hashing(_) | Self::Code(_) | Self::QrCode(_) | Self::State(_) => ProblemCode::Internal,
        }
    }
}

/// Accounts, sessions and API tokens.
pub struct Accounts {
    store: Store,
    passwords: passwords::Passwords,
    attempts: Mutex<backoff::Attempts>,
    setup: Mutex<Option<setup::SetupToken>>,
    session_idle: Duration,
    session_absolute: Duration,
    confirmation: Duration,
    second_factor_required: bool,
    client_certificates: Option<ClientCertificateSettings>,
    ceremonies: Mutex<passkeys::Ceremonies>,
}

impl Accounts {
    /// The accounts of this state.
    #[must_use]
    pub fn new(store: Store, settings: &Arc<Settings>) -> Self {
        Self {
            store,
            passwords: passwords::Passwords::new(settings.hashing),
            attempts: Mutex::default(),
            setup: Mutex::default(),
            session_idle: settings.session_idle,
            session_absolute: settings.session_absolute,
            confirmation: settings.confirmation,
            second_factor_required: settings.second_factor_required,
            client_certificates: settings.client_certificates.clone(),
            ceremonies: Mutex::default(),
        }
    }

    /// Records a refusal. What was done is recorded in the transaction that did it.
    async fn record_refusal<T>(&self, mut draft: AuditDraft, outcome: Result<T, AccountError>) -> Result<T, AccountError> {
        if let Err(error) = &outcome {
            error.code().name().clone_into(&mut draft.outcome);
            (draft.before, draft.after, draft.command_lines) = (None, None, None);
            self.store.audit().record(draft).await?;
        }
        outcome
    }
}

fn of_offer(offer: &SecondFactorOffer) -> String {
    let ways = match (offer.one_time_code, &offer.passkey, &offer.no_passkey) {
        (true, None, _) => "a code of your authenticator program is needed as well, or a recovery code",
        (true, Some(_), _) => "a passkey is needed as well, a code of your authenticator program, or a recovery code",
        (false, Some(_), _) => "a passkey is needed as well, or a recovery code",
        (false, None, Some(why)) => return format!("a recovery code is needed as well; passkeys are of no use here: {why}"),
        (false, None, None) => "a recovery code is needed as well",
    };
    ways.to_owned()
}

/// What is kept of a secret of 256 random bits: no slow hash is needed for one that cannot be guessed.
fn sha256(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
