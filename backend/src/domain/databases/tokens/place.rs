//! Where keys and certificates are put: the token of the database, or the one of another module that a nickname names.

use std::borrow::Cow;
use std::ops::ControlFlow;

use certdeck_shared::api::module::Token;
use certdeck_shared::password_file;
use certdeck_shared::pkcs11_uri::Pkcs11Uri;
use certdeck_shared::trust::TrustFlags;

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::operation::Operation;
use crate::token::{CertificateToImport, TokenHandle};

/// A token to put things on.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The token's worker.
    pub(crate) handle: TokenHandle,
    /// The token of another module; absent for the one of the database.
    pub(crate) token: Option<Token>,
}

impl Place {
    /// A nickname as it is told and taken: behind the token's name and a colon, unless it is in the database.
    pub(crate) fn full_nickname(&self, nickname: &str) -> String {
        match &self.token {
            Some(token) => format!("{}:{nickname}", token.label),
            None => nickname.to_owned(),
        }
    }

    /// Identifier of the token in paths.
    pub(crate) fn id(&self) -> &str {
        self.token.as_ref().map_or(INTERNAL, |token| &token.id)
    }

    /// Fails unless private keys can be used and objects written.
    ///
    /// # Errors
    /// `Locked`, `TokenLocked`; what the token says.
    pub(crate) async fn needs_unlocked(&self) -> Result<(), OperationError> {
        match (self.handle.status().await?.unlocked, &self.token) {
            (true, _) => Ok(()),
            (false, None) => Err(OperationError::Locked),
            (false, Some(token)) => Err(OperationError::TokenLocked { label: token.label.clone() }),
        }
    }
}

impl Operation {
    /// The token of the database as a place.
    pub(crate) fn own_place(&self) -> Place {
        Place { handle: self.database.token.clone(), token: None }
    }

    /// The place of a token.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` says what is to be done to the token first.
    pub(crate) async fn place(&self, token: &str) -> Result<Place, OperationError> {
        if token == INTERNAL {
            return Ok(self.own_place());
        }
        let (token, handle) = self.usable_token(token).await?;
        Ok(Place { handle, token: Some(token).filter(|token| token.id != INTERNAL) })
    }

    /// The place of a token by identifier, label or PKCS#11 URI.
    ///
    /// # Errors
    /// As of [`Operation::place`].
    pub(crate) async fn place_named(&self, text: &str) -> Result<Place, OperationError> {
        if Pkcs11Uri::parse(text).is_some() { Ok(self.place_of_nickname(text).await?.0) } else { self.place(text).await }
    }

    /// The place that a nickname names, and the bare nickname.
    ///
    /// # Errors
    /// As of [`Operation::place`].
    pub(crate) async fn place_of_nickname<'text>(&self, nickname: &'text str) -> Result<(Place, Cow<'text, str>), OperationError> {
        match self.split_nickname(nickname).await? {
            (Some(token), bare) => Ok((self.place(&token.id).await?, bare)),
            (None, bare) => Ok((self.own_place(), bare)),
        }
    }

    /// Splits `token:nickname`, or a PKCS#11 URI, where that token exists: the token, if it is another than the internal one, and the bare
    /// nickname.
    ///
    /// # Errors
    /// When the list of modules cannot be read; `NotFound` for a URI of a token that is not there.
    pub async fn split_nickname<'text>(&self, nickname: &'text str) -> Result<(Option<Token>, Cow<'text, str>), OperationError> {
        if !nickname.contains(':') {
            return Ok((None, Cow::Borrowed(nickname)));
        }
        let tokens = self.tokens().await?;
        let (token, bare) = if let Some(uri) = Pkcs11Uri::parse(nickname) {
            let named = tokens.into_iter().find(|token| is_token_of(&uri, token));
            let named = named.ok_or_else(|| OperationError::not_found("token", uri.token.as_deref().unwrap_or(nickname)))?;
            (named, Cow::Owned(uri.object.unwrap_or_default()))
        } else {
            // NSS has more than one name for its own token: in FIPS mode another.
            if let Some((name, bare)) = nickname.split_once(':')
                && password_file::is_internal(name)
            {
                return Ok((None, Cow::Borrowed(bare)));
            }
            let named = tokens.into_iter().filter(|token| !token.label.is_empty()).find_map(|token| {
                let bare = nickname.strip_prefix(token.label.as_str())?.strip_prefix(':')?;
                Some((token, Cow::Borrowed(bare)))
            });
            match named {
                Some(named) => named,
                None => return Ok((None, Cow::Borrowed(nickname))),
            }
        };
        Ok((Some(token).filter(|token| token.id != INTERNAL), bare))
    }

    /// Puts a new certificate into its place. Trust of one on a token is kept in the database, as NSS does it. Answers the nickname that it has
    /// there.
    ///
    /// # Errors
    /// `NicknameTaken`, `SerialNumberReused`; `LockedForTrust` before anything is written.
    pub(crate) async fn put(
        &self,
        place: &Place,
        der: Vec<u8>,
        nickname: &str,
        trust: Option<TrustFlags>,
    ) -> Result<String, OperationError> {
        if place.token.is_some() {
            self.put_on_token(&place.handle, der, nickname, trust).await?;
            return Ok(place.full_nickname(nickname));
        }
        let import = CertificateToImport { der: der.clone(), nickname: nickname.to_owned(), trust };
        let imported = match place.handle.import(vec![import], |_| ControlFlow::Continue(())).await {
            Ok(imported) => imported,
            Err(error) => {
                // A certificate that nobody was told of would stand here without its key, or without its trust.
                self.take_back(&der).await;
                return Err(error.into());
            }
        };
        Ok(imported.into_iter().next().and_then(|one| one.nickname).unwrap_or_else(|| nickname.to_owned()))
    }

    /// The snapshot before a write to a place: none for a token, which no snapshot brings back.
    ///
    /// # Errors
    /// As of [`Operation::snapshot`].
    pub(crate) async fn snapshot_of(&self, place: &Place, reason: &str) -> Result<Option<String>, OperationError> {
        if place.token.is_some() { Ok(None) } else { self.snapshot(reason).await }
    }
}

/// Whether a URI is of this token, as far as it says anything.
pub(super) fn is_token_of(uri: &Pkcs11Uri, token: &Token) -> bool {
    let says = |said: &Option<String>, is: &str| said.as_deref().is_none_or(|said| said == is);
    (uri.token.is_some() || uri.serial.is_some()) && says(&uri.token, &token.label) && says(&uri.serial, &token.serial_number)
}
