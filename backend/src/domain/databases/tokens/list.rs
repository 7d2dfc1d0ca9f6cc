//! Which tokens there are, and how each is reached.

use certdeck_shared::api::module::{PinState, Token};

use super::super::error::OperationError;
use super::super::login::INTERNAL;
use super::super::modules::{ListedModule, uri};
use super::super::operation::Operation;
use crate::token::{ModuleToken, PinFacts, TokenError, TokenFacts, TokenHandle};

/// What softoken calls the slot of the database, and the token in it.
const DATABASE_TOKEN: &str = "NSS Certificate DB";

impl Operation {
    /// All tokens, the internal one first.
    ///
    /// # Errors
    /// When the list of modules cannot be read.
    pub async fn tokens(&self) -> Result<Vec<Token>, OperationError> {
        let listed = self.listed_modules().await?;
        self.tokens_of(&listed).await
    }

    /// One token, by its identifier or label.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn token(&self, id: &str) -> Result<Token, OperationError> {
        let listed = self.listed_modules().await?;
        let tokens = self.tokens_of(&listed).await?;
        let found = tokens.iter().find(|token| token.id == id).or_else(|| tokens.iter().find(|token| token.label == id && !id.is_empty()));
        if let Some(found) = found {
            return Ok(found.clone());
        }
        // It may be on a module that does not tell.
        let silent = listed.iter().find_map(|module| module.facts.as_ref().err());
        Err(silent.map_or_else(|| OperationError::not_found("token", id), |reason| TokenError::unusable_module(reason).into()))
    }

    /// A token of another module for whom it is worth a call: switched on, initialised.
    ///
    /// # Errors
    /// `NotFound`, also for the internal token; `Invalid` says what is to be done first.
    pub(crate) async fn usable_token(&self, id: &str) -> Result<(Token, TokenHandle), OperationError> {
        let token = self.token(id).await?;
        let handle = self.token_handle(&token).await?;
        Ok((token, handle))
    }

    /// The worker of a token of another module.
    pub(in super::super) async fn token_handle(&self, token: &Token) -> Result<TokenHandle, OperationError> {
        if token.id == INTERNAL {
            return Ok(self.database.token.clone());
        }
        if !token.enabled {
            let message = format!("The slot of the token {} is switched off. Switch it on first.", token.label);
            return Err(OperationError::invalid("", message));
        }
        if !token.initialized {
            let message = "The token is not initialised. Its own tool does that: softhsm2-util --init-token, pkcs11-tool --init-token.";
            return Err(OperationError::invalid("", message));
        }
        let module = self.module_token(token).await?;
        Ok(self.database.modules.token(&self.environment, &module))
    }

    /// How a token is reached.
    pub(in super::super) async fn module_token(&self, token: &Token) -> Result<ModuleToken, OperationError> {
        let listed = self.listed_modules().await?;
        let module = listed.iter().find(|module| module.name == token.module);
        let slot = module.and_then(|module| {
            module
                .slots()
                .filter_map(|slot| module.token(slot.facts))
                .find(|found| found.token.label == token.label && found.token.serial_number == token.serial_number)
        });
        slot.ok_or_else(|| TokenError::TokenAbsent.into())
    }

    /// The tokens of modules that have been looked into.
    pub(in super::super) async fn tokens_of(&self, listed: &[ListedModule]) -> Result<Vec<Token>, OperationError> {
        let mut tokens: Vec<Token> = Vec::new();
        for module in listed {
            for slot in module.slots() {
                let Some(facts) = &slot.facts.token else { continue };
                let mut token = describe(module, facts, !slot.flags.is_disabled());
                match module.token(slot.facts) {
                    // NSS has no database here: what its worker says of its own token counts.
                    None if facts.label == DATABASE_TOKEN => self.describe_internal(&mut token).await,
                    None => token.unlocked = true,
                    Some(reached) => token.unlocked = !facts.login_required || self.database.modules.is_unlocked(&reached),
                }
                tokens.push(token);
            }
        }
        if !tokens.iter().any(|token| token.id == INTERNAL) {
            let mut token = database_token();
            self.describe_internal(&mut token).await;
            tokens.push(token);
        }
        tokens.sort_by_key(|token| token.id != INTERNAL);
        let ids: Vec<String> = tokens.iter().map(|token| token.id.clone()).collect();
        for token in &mut tokens {
            if token.id != INTERNAL && ids.iter().filter(|id| **id == token.id).count() > 1 {
                token.id = format!("{};{}", token.label, token.serial_number);
            }
        }
        Ok(tokens)
    }

    async fn describe_internal(&self, token: &mut Token) {
        INTERNAL.clone_into(&mut token.id);
        if let Ok(status) = self.database.token.status().await {
            (token.login_required, token.unlocked, token.write_protected) =
                (status.login_required, status.unlocked, status.write_protected);
            token.label = status.label.trim().to_owned();
            token.initialized = true;
            token.pin = if status.login_required { PinState::Ready } else { PinState::NotInitialized };
        }
    }
}

fn describe(module: &ListedModule, facts: &TokenFacts, enabled: bool) -> Token {
    Token {
        id: if facts.label.is_empty() { format!(";{}", facts.serial_number) } else { facts.label.clone() },
        label: facts.label.clone(),
        module: module.name.clone(),
        manufacturer: facts.manufacturer.clone(),
        model: facts.model.clone(),
        serial_number: facts.serial_number.clone(),
        pkcs11_uri: uri(&[
            ("token", &facts.label),
            ("manufacturer", &facts.manufacturer),
            ("serial", &facts.serial_number),
            ("model", &facts.model),
        ]),
        initialized: facts.initialized,
        login_required: facts.login_required,
        unlocked: false,
        write_protected: facts.write_protected,
        protected_authentication_path: facts.pin.protected_authentication_path,
        pin: pin(facts.pin),
        enabled,
        mechanisms: facts.mechanisms.clone(),
    }
}

/// The token of the database, as softoken names it, where softoken does not show it by itself.
fn database_token() -> Token {
    let (manufacturer, model, serial_number) = ("Mozilla Foundation", "NSS 3", "0000000000000000");
    Token {
        id: INTERNAL.to_owned(),
        label: DATABASE_TOKEN.to_owned(),
        module: "NSS Internal PKCS #11 Module".to_owned(),
        pkcs11_uri: uri(&[("token", DATABASE_TOKEN), ("manufacturer", manufacturer), ("serial", serial_number), ("model", model)]),
        manufacturer: manufacturer.to_owned(),
        model: model.to_owned(),
        serial_number: serial_number.to_owned(),
        initialized: true,
        login_required: true,
        unlocked: false,
        write_protected: false,
        protected_authentication_path: false,
        pin: PinState::Ready,
        enabled: true,
        mechanisms: Vec::new(),
    }
}

fn pin(facts: PinFacts) -> PinState {
    match facts {
        PinFacts { initialized: false, .. } => PinState::NotInitialized,
        PinFacts { locked: true, .. } => PinState::Locked,
        PinFacts { to_be_changed: true, .. } => PinState::ToBeChanged,
        PinFacts { final_try: true, .. } => PinState::FinalTry,
        PinFacts { count_low: true, .. } => PinState::CountLow,
        _ => PinState::Ready,
    }
}

/// A reason as a sentence.
pub(in super::super) fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
