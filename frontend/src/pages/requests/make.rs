//! Making the request: with a new key in the database, with one that is there, or with one of this browser.

use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::key::{CreatedKey, KeyAlgorithm, NewKey};
use certdeck_shared::api::problem::{Problem, ProblemCode};
use certdeck_shared::api::request::{NewRequest, Request, RequestKeyPlace, Tracking};
use certdeck_shared::request::{self, RequestForm, SignatureAlgorithm};

use crate::state::browser_key;
use crate::transport::client;
use crate::view::RwSignal;

fn refused(words: impl Into<String>) -> ClientError {
    Problem::new(ProblemCode::NotSignable, words).into()
}

/// A new key in the database, unless an earlier try made it; assembled here, signed there.
pub async fn with_new_key(
    db: &str,
    algorithm: KeyAlgorithm,
    form: &RequestForm,
    tracking: Tracking,
    made: RwSignal<Option<CreatedKey>>,
) -> Result<Request, ClientError> {
    let key = match made.get_untracked() {
        Some(key) => key,
        None => client().create_key(db, &NewKey { algorithm, label: Some(tracking.nickname.clone()) }).await?,
    };
    made.try_set(Some(key.clone()));
    let info = request::to_be_signed(form, &key.subject_public_key_info.0).map_err(|error| refused(error.to_string()))?;
    let body = NewRequest::ToBeSigned { key_id: key.id, certification_request_info: Base64(info), tracking };
    client().create_request(db, &body).await
}

/// How a key of this browser is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Keep {
    /// It leaves at once as a file, encrypted with this password, and is not kept.
    File(String),
    /// It is kept here and may leave with its certificate.
    UntilAnswered,
    /// It is kept here and can never be taken out.
    Here,
}

/// A key of this browser; the answer has its file as PEM, when it leaves at once.
pub async fn in_browser(
    db: &str,
    algorithm: KeyAlgorithm,
    form: &RequestForm,
    tracking: Tracking,
    keep: Keep,
) -> Result<(Request, Option<String>), ClientError> {
    let (key, public) = browser_key::make(algorithm, keep != Keep::Here).await.map_err(refused)?;
    let info = request::to_be_signed(form, &public).map_err(|error| refused(error.to_string()))?;
    let signature_algorithm = SignatureAlgorithm::for_key(&public).ok_or_else(|| refused("A key of this kind signs no requests here."))?;
    let signature = key.sign(signature_algorithm, &info).await.map_err(refused)?;
    let signed = request::assemble(&info, signature_algorithm, &signature).map_err(|error| refused(error.to_string()))?;
    // Encrypted before the request is known: a request whose key is lost is worth nothing.
    let file = match &keep {
        Keep::File(password) => Some(request::encrypted_key_pem(&key.encrypted(password).await.map_err(refused)?)),
        Keep::UntilAnswered | Keep::Here => None,
    };
    let body = NewRequest::Ready { content: request::pem(&signed), key_place: Some(RequestKeyPlace::Browser), tracking };
    let made = client().create_request(db, &body).await?;
    if file.is_none()
        && let Err(words) = key.keep(&made.id).await
    {
        // Without its key the request would wait for an answer that nobody can use.
        client().delete_request(db, &made.id, false).await?;
        return Err(refused(["The key could not be kept, so the request was not made. ", &words].concat()));
    }
    Ok((made, file))
}
