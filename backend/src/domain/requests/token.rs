//! Requests around a key on a token of another module: the nickname names the token, as everywhere in NSS.

use certdeck_shared::api::module::Token;
use certdeck_shared::api::request::{NewRequest, RequestKeyPlace, Tracking};
use certdeck_shared::hex::hex;
use certdeck_shared::request as pkcs10;
use certdeck_shared::trust::TrustFlags;

use super::create::{Signed, draft, of_information, refuse_weak, wrong_form};
use crate::domain::databases::{Operation, OperationError};
use crate::domain::keys::{from_hex, key_id};
use crate::state::RequestRecord;
use crate::token::TokenHandle;

impl Operation {
    /// Makes and signs a request with a key of a token; `label` is the nickname without the token's name.
    pub(super) async fn sign_on_token(
        &self,
        new: NewRequest,
        tracking: &Tracking,
        token: &Token,
        label: &str,
    ) -> Result<Signed, OperationError> {
        let (_, handle) = self.usable_token(&token.id).await?;
        let signed = |der: Vec<u8>, id: &[u8]| Signed { der, key_id: hex(id), key_place: RequestKeyPlace::Token, made: false };
        match new {
            NewRequest::Form { key_algorithm, form, .. } => {
                refuse_weak(&draft(&form, key_algorithm)?, tracking)?;
                let key = handle.generate_key(key_algorithm, label).await?;
                let made = async {
                    let information = pkcs10::to_be_signed(&form, &key.subject_public_key_info)
                        .map_err(|error| OperationError::invalid("/form", format!("{error}.")))?;
                    Ok::<_, OperationError>(handle.sign_request(&key.id, &information).await?)
                };
                match made.await {
                    Ok(der) => Ok(signed(der, &key.id)),
                    Err(error) => {
                        let _ = handle.delete_key(&key.id).await;
                        Err(error)
                    }
                }
            }
            NewRequest::ExistingKey { key_id: id, form, .. } => {
                let errors = wrong_form(&form);
                if !errors.is_empty() {
                    return Err(OperationError::Invalid(errors));
                }
                let id = from_hex(&key_id(&id)?);
                let keys = handle.list_keys().await?;
                let key = keys.into_iter().find(|key| key.id == id).ok_or_else(|| OperationError::not_found("key", &hex(&id)))?;
                let unknown = || OperationError::NotSignable("The key is of a kind that cannot sign requests here.".to_owned());
                let public_key = key.subject_public_key_info.ok_or_else(unknown)?;
                let information =
                    pkcs10::to_be_signed(&form, &public_key).map_err(|error| OperationError::NotSignable(format!("{error}.")))?;
                refuse_weak(&of_information(&information)?, tracking)?;
                Ok(signed(handle.sign_request(&id, &information).await?, &id))
            }
            NewRequest::ToBeSigned { key_id: id, certification_request_info, .. } => {
                let id = from_hex(&key_id(&id)?);
                refuse_weak(&of_information(&certification_request_info.0)?, tracking)?;
                Ok(signed(handle.sign_request(&id, &certification_request_info.0).await?, &id))
            }
            NewRequest::Ready { .. } => {
                let message = "A request that is signed already has its key elsewhere: give a nickname without the name of a token.";
                Err(OperationError::invalid("/nickname", message))
            }
        }
    }

    /// The token of a request, and the nickname without its name.
    async fn token_of(&self, record: &RequestRecord) -> Result<(TokenHandle, String), OperationError> {
        match self.split_nickname(&record.nickname).await? {
            (Some(token), label) => Ok((self.usable_token(&token.id).await?.1, label.into_owned())),
            (None, _) => {
                let name = record.nickname.split(':').next().unwrap_or_default();
                Err(OperationError::not_found("token", name))
            }
        }
    }

    /// Puts the certificate that answers a request onto the token of its key.
    pub(super) async fn install_on_token(
        &self,
        record: &RequestRecord,
        der: &[u8],
        trust: Option<TrustFlags>,
    ) -> Result<(), OperationError> {
        let (handle, nickname) = self.token_of(record).await?;
        let key = from_hex(&record.key_id);
        if !handle.list_keys().await?.iter().any(|one| one.id == key) {
            let why = "The key of this request is no longer on the token, so no certificate can be installed with it.";
            return Err(OperationError::ReplyDoesNotMatch(why.to_owned()));
        }
        self.put_on_token(&handle, der.to_vec(), &nickname, trust).await
    }

    /// Deletes the key of a request from its token.
    pub(super) async fn delete_key_on_token(&self, record: &RequestRecord) -> Result<(), OperationError> {
        let (handle, _) = self.token_of(record).await?;
        let key = from_hex(&record.key_id);
        if handle.list().await?.iter().any(|one| one.key_id.as_ref() == Some(&key)) {
            let message = "A certificate on the token uses the key; delete that first.";
            return Err(OperationError::invalid("?with_key", message));
        }
        Ok(handle.delete_key(&key).await?)
    }
}
