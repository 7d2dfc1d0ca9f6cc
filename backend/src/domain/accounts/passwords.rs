//! Hashing and checking passwords: argon2id, few at once, the same work whether or not the account exists.

use std::sync::Arc;

use argon2::password_hash::{Error, PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OnceCell, Semaphore};
use zeroize::Zeroizing;

use crate::config::HashingCost;
use crate::host::{randomness, threads};

/// How many are hashed at once: each takes the memory of the parameters and a core.
const AT_ONCE: usize = 2;
/// How many may wait for that; more are turned away, so that a flood of sign-ins stays small.
const WAITING: usize = 64;

pub(super) struct Passwords {
    argon2: Argon2<'static>,
    hashing: Arc<Semaphore>,
    waiting: Semaphore,
    /// Hash of a password that nobody knows, to be compared for accounts that are not there.
    nobody: OnceCell<String>,
}

/// Why a password was neither right nor wrong.
pub(super) enum Trouble {
    /// Too many are waiting.
    Crowded,
    /// A hash is malformed.
    Hash(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Hash(error)
    }
}

impl Passwords {
    pub(super) fn new(cost: HashingCost) -> Self {
        // One lane: the cores are for other calls.
        let params = Params::new(cost.memory_kib, cost.iterations, 1, None).unwrap_or(Params::DEFAULT);
        Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            hashing: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Semaphore::new(WAITING),
            nobody: OnceCell::new(),
        }
    }

    /// Hash of a new password, PHC text.
    pub(super) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Trouble> {
        let argon2 = self.argon2.clone();
        self.work(move || {
            let salt = SaltString::encode_b64(&randomness::bytes::<16>())?;
            Ok(argon2.hash_password(password.as_bytes(), &salt)?.to_string())
        })
        .await
    }

    /// Whether the password has this hash; without a hash the same work is done and the answer is no.
    pub(super) async fn verify(&self, password: Zeroizing<String>, hash: Option<String>) -> Result<bool, Trouble> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.nobody.get_or_try_init(|| self.hash(randomness::secret_text())).await?.clone(),
        };
        let argon2 = self.argon2.clone();
        let right = self
            .work(move || match argon2.verify_password(password.as_bytes(), &PasswordHash::new(&hash)?) {
                Ok(()) => Ok(true),
                Err(Error::Password) => Ok(false),
                Err(error) => Err(error),
            })
            .await?;
        Ok(right && known)
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Trouble> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Trouble::Crowded)?;
        let permit = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| Trouble::Crowded)?;
        threads::blocking(move || {
            // Held by the work itself: a caller that goes away does not make room for another hash.
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| Trouble::Crowded)?
        .map_err(Trouble::Hash)
    }
}
