//! A PKCS#11 module as it shows itself: what it is, its slots, its tokens.

use std::path::{Path, PathBuf};

use cryptoki::{context::Pkcs11, slot::Slot};
use serde::{Deserialize, Serialize};

use super::{error::TokenError, refusal, softoken::Softoken};

/// What a module says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleFacts {
    /// Who made it.
    pub manufacturer: String,
    /// What it is.
    pub description: String,
    /// Version of the library, `2.6`.
    pub library_version: String,
    /// Version of PKCS#11, `2.40`.
    pub cryptoki_version: String,
    /// Its slots.
    pub slots: Vec<SlotFacts>,
}

/// What a module says of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotFacts {
    /// Slot number.
    pub id: u64,
    /// What the library calls it.
    pub description: String,
    /// Who made it.
    pub manufacturer: String,
    /// Whether it is a device.
    pub hardware: bool,
    /// Whether the token can be taken out.
    pub removable: bool,
    /// The token in it.
    pub token: Option<TokenFacts>,
}

/// State of a token's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinFacts {
    /// One has been set.
    pub initialized: bool,
    /// A wrong one was given lately.
    pub count_low: bool,
    /// One more wrong one locks the token.
    pub final_try: bool,
    /// Too many wrong ones.
    pub locked: bool,
    /// It must be changed first.
    pub to_be_changed: bool,
    /// It is typed on the device.
    pub protected_authentication_path: bool,
}

/// What a module says of a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// Label; empty before the token is initialised.
    pub label: String,
    /// Who made it.
    pub manufacturer: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial_number: String,
    /// Whether it has been initialised.
    pub initialized: bool,
    /// Whether private objects need a login.
    pub login_required: bool,
    /// Whether it cannot be written.
    pub write_protected: bool,
    /// State of the password.
    pub pin: PinFacts,
    /// Mechanisms, by their PKCS#11 names where those are known.
    pub mechanisms: Vec<String>,
}

/// What a token is found by again: slot numbers change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenAddress {
    /// Label.
    pub label: String,
    /// Serial number.
    pub serial_number: String,
}

/// A token of a module, for [`super::WorkerOptions`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleToken {
    /// The library.
    pub library: PathBuf,
    /// What is handed to it when it is initialised.
    pub parameters: Option<String>,
    /// The token.
    pub token: TokenAddress,
}

/// Loads a module and looks at it. Runs in a process that may hang or die of it.
pub(crate) fn probe(library: Option<&Path>, parameters: Option<&str>, nss: bool) -> Result<ModuleFacts, TokenError> {
    let loaded = match library {
        Some(library) if !nss => Softoken::load_module(library, parameters)?,
        softoken => Softoken::load(softoken)?,
    };
    let context = loaded.context();
    let info = context.get_library_info().map_err(|error| refusal::of(&error))?;
    let slots = context.get_all_slots().map_err(|error| refusal::of(&error))?;
    let slots = slots.into_iter().map(|slot| look(context, slot)).collect::<Result<Vec<_>, _>>()?;
    let (library_version, cryptoki_version) = (info.library_version(), info.cryptoki_version());
    Ok(ModuleFacts {
        manufacturer: text(info.manufacturer_id()),
        description: text(info.library_description()),
        library_version: format!("{}.{}", library_version.major(), library_version.minor()),
        cryptoki_version: format!("{}.{}", cryptoki_version.major(), cryptoki_version.minor()),
        slots,
    })
}

fn look(context: &Pkcs11, slot: Slot) -> Result<SlotFacts, TokenError> {
    let info = context.get_slot_info(slot).map_err(|error| refusal::of(&error))?;
    let token = if info.token_present() {
        match look_at_token(context, slot) {
            Ok(token) => Some(token),
            // Taken out between the two calls, or not readable: the slot is there all the same.
            Err(error) => {
                tracing::debug!(%error, slot = slot.id(), "the token of a slot cannot be looked at");
                None
            }
        }
    } else {
        None
    };
    Ok(SlotFacts {
        id: slot.id(),
        description: text(info.slot_description()),
        manufacturer: text(info.manufacturer_id()),
        hardware: info.hardware_slot(),
        removable: info.removable_device(),
        token,
    })
}

fn look_at_token(context: &Pkcs11, slot: Slot) -> Result<TokenFacts, TokenError> {
    let info = context.get_token_info(slot).map_err(|error| refusal::of(&error))?;
    let mechanisms = context.get_mechanism_list(slot).unwrap_or_default();
    Ok(TokenFacts {
        label: text(info.label()),
        manufacturer: text(info.manufacturer_id()),
        model: text(info.model()),
        serial_number: text(info.serial_number()),
        initialized: info.token_initialized(),
        login_required: info.login_required(),
        write_protected: info.write_protected(),
        pin: PinFacts {
            initialized: info.user_pin_initialized(),
            count_low: info.user_pin_count_low(),
            final_try: info.user_pin_final_try(),
            locked: info.user_pin_locked(),
            to_be_changed: info.user_pin_to_be_changed(),
            protected_authentication_path: info.protected_authentication_path(),
        },
        mechanisms: mechanisms.into_iter().map(|mechanism| mechanism.to_string()).collect(),
    })
}

/// Fields are of fixed length, filled with blanks; some libraries fill with NUL.
fn text(field: &str) -> String {
    field.trim_end_matches([' ', '\0']).to_owned()
}

/// The slot that the token is in now.
pub(crate) fn locate(library: &Softoken, token: &TokenAddress) -> Result<Slot, TokenError> {
    let context = library.context();
    let slots = context.get_slots_with_token().map_err(|error| refusal::of(&error))?;
    let is_it = |slot: &Slot| {
        context
            .get_token_info(*slot)
            .is_ok_and(|info| text(info.label()) == token.label && text(info.serial_number()) == token.serial_number)
    };
    slots.into_iter().find(is_it).ok_or(TokenError::TokenAbsent)
}
