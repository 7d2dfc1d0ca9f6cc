//! Modules added, changed and removed: pkcs11.txt written as a whole, with a snapshot before.

use std::path::PathBuf;

use certdeck_shared::api::event::Event;
use certdeck_shared::api::module::{Module, ModuleChange, NewModule};
use certdeck_shared::modules_file::{MECHANISMS, ModulesFile, SlotFlags, slot_flag};
use serde_json::json;

use super::super::error::OperationError;
use super::super::open::blocking;
use super::super::operation::{Done, Operation};
use super::library;
use super::list::ListedModule;
use crate::nss::modules_file;
use crate::token::TokenError;

/// Most characters of a module's name.
const LONGEST_NAME: usize = 200;

impl Operation {
    /// Adds a module, after it has shown itself in a process of its own.
    ///
    /// # Errors
    /// `Invalid`, `ModuleUnusable`, `NameTaken`: nothing has changed then.
    pub async fn add_module(&self, new: NewModule) -> Result<Module, OperationError> {
        let name = new.name.clone();
        let result = self.add_module_in_turn(new).await;
        self.conclude("module.add", Some(&name), result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        self.module(&name).await
    }

    async fn add_module_in_turn(&self, new: NewModule) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let length = new.name.chars().count();
        if length == 0 || length > LONGEST_NAME {
            return Err(OperationError::invalid("/name", format!("A name has 1 to {LONGEST_NAME} characters, not {length}.")));
        }
        let words = mechanisms(&new.default_mechanisms)?;
        let parameters = new.parameters.filter(|parameters| !parameters.trim().is_empty());
        let text = new.library.clone();
        let path = blocking(move || library::examine(&text)).await??;
        let mut file = self.modules_file().await?;
        if let Some(other) = file.modules().find(|module| module.library() == Some(new.library.as_str())) {
            let message = format!("{} is in the list already, as {:?}.", new.library, other.name().unwrap_or_default());
            return Err(OperationError::invalid("/library", message));
        }
        // The text first: what cannot be written need not be tried.
        file.add(&new.name, &new.library, parameters.as_deref())?;
        self.database.modules.forget_tries();
        let facts = self.database.modules.look(&self.environment, &path, parameters.as_deref()).await;
        let facts = facts.map_err(|error| match error {
            TokenError::ModuleUnusable { reason } => TokenError::ModuleUnusable { reason: format!("{reason}. Nothing was changed") },
            other => other,
        })?;
        if !words.is_empty() {
            let slots: Vec<SlotFlags> = facts
                .slots
                .iter()
                .map(|slot| SlotFlags { slot: slot.id, flags: words.iter().map(|word| (*word).to_owned()).collect() })
                .collect();
            file.module_mut(&new.name)?.set_slots(&slots);
        }
        self.snapshot(&format!("the new module {}", new.name)).await?;
        self.write_modules(file).await?;
        let after = json!({"library": new.library, "parameters": parameters, "default_mechanisms": new.default_mechanisms});
        Ok(Done { answer: (), before: None, after: Some(after) })
    }

    /// Switches slots of a module on or off, and sets what NSS uses them for by default; or switches FIPS mode.
    ///
    /// # Errors
    /// `NotFound`; the internal module cannot be switched off.
    pub async fn change_module(&self, name: &str, change: ModuleChange) -> Result<Module, OperationError> {
        let result = match change.fips {
            Some(on) => self.switch_fips_in_turn(name, on, &change).await,
            None => self.change_module_in_turn(name, change).await.map(|done| Done {
                answer: name.to_owned(),
                before: done.before,
                after: done.after,
            }),
        };
        let name = self.conclude("module.change", Some(name), result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        self.module(&name).await
    }

    async fn change_module_in_turn(&self, name: &str, change: ModuleChange) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        if change.enabled.is_none() && change.default_mechanisms.is_none() {
            return Err(OperationError::invalid("/enabled", "Give `enabled`, `default_mechanisms` or both."));
        }
        let words = change.default_mechanisms.as_deref().map(mechanisms).transpose()?;
        let listed = self.listed_modules().await?;
        let module = listed.into_iter().find(|one| one.name == name).ok_or_else(|| OperationError::not_found("module", name))?;
        if module.library.is_none() && change.enabled == Some(false) {
            return Err(OperationError::invalid("/enabled", "The module that is part of NSS cannot be switched off."));
        }
        let before = chosen(&module, change.slot.as_deref())?;
        let mut after = before.clone();
        for slot in &mut after {
            if let Some(words) = &words {
                slot.set_mechanisms(words);
            }
            if let Some(enabled) = change.enabled {
                slot.set_disabled(!enabled);
            }
        }
        let mut file = self.modules_file().await?;
        file.module_mut(name)?.set_slots(&after);
        self.snapshot(&format!("slots of the module {name}")).await?;
        self.write_modules(file).await?;
        if change.enabled == Some(false)
            && let Some(library) = &module.library
        {
            self.database.modules.close_library(library).await;
        }
        let told = |slots: &[SlotFlags]| -> serde_json::Value {
            slots.iter().map(|slot| (format!("{:#x}", slot.slot), json!(slot.flags))).collect::<serde_json::Map<_, _>>().into()
        };
        Ok(Done { answer: (), before: Some(told(&before)), after: Some(told(&after)) })
    }

    /// Takes a module out of the list. What is on its tokens stays there.
    ///
    /// # Errors
    /// `NotFound`; the internal module stays.
    pub async fn remove_module(&self, name: &str) -> Result<(), OperationError> {
        let result = self.remove_module_in_turn(name).await;
        self.conclude("module.remove", Some(name), result).await?;
        self.environment.events.publish(Event::DatabasesChanged);
        Ok(())
    }

    async fn remove_module_in_turn(&self, name: &str) -> Result<Done<()>, OperationError> {
        let _turn = self.database.turn().await?;
        let mut file = self.modules_file().await?;
        let stanza = file.module(name).ok_or_else(|| OperationError::not_found("module", name))?;
        if stanza.is_internal() {
            return Err(OperationError::invalid("", "The module that is part of NSS cannot be removed."));
        }
        let library = stanza.library().map(PathBuf::from).unwrap_or_default();
        let before = json!({"library": stanza.library(), "parameters": stanza.parameters(), "nss": stanza.value("NSS")});
        file.remove(name)?;
        self.snapshot(&format!("removal of the module {name}")).await?;
        self.write_modules(file).await?;
        self.database.modules.close_library(&library).await;
        Ok(Done { answer: (), before: Some(before), after: None })
    }

    pub(super) async fn modules_file(&self) -> Result<ModulesFile, OperationError> {
        let location = self.database.location.clone();
        Ok(blocking(move || modules_file::read(location)).await??)
    }

    pub(super) async fn write_modules(&self, file: ModulesFile) -> Result<(), OperationError> {
        let location = self.database.location.clone();
        Ok(blocking(move || modules_file::write(location, &file)).await??)
    }
}

/// Words of the file for mechanisms as modutil names them.
fn mechanisms(names: &[String]) -> Result<Vec<&'static str>, OperationError> {
    let mut words = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let word = slot_flag(name).ok_or_else(|| {
            let known: Vec<&str> = MECHANISMS.iter().map(|(name, _)| *name).collect();
            OperationError::invalid(format!("/default_mechanisms/{place}"), format!("{name:?} is none of {}.", known.join(", ")))
        })?;
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// The slots that a change is for. Of a module that cannot be loaded those that the file names.
fn chosen(module: &ListedModule, slot: Option<&str>) -> Result<Vec<SlotFlags>, OperationError> {
    let all: Vec<(String, SlotFlags)> = match &module.facts {
        Ok(_) => module.slots().map(|slot| (slot.facts.description.clone(), slot.flags)).collect(),
        Err(reason) if module.flags.is_empty() => {
            return Err(TokenError::ModuleUnusable { reason: format!("its slots are not known ({reason})") }.into());
        }
        Err(_) => module.flags.iter().map(|flags| (String::new(), flags.clone())).collect(),
    };
    let Some(wanted) = slot else { return Ok(all.into_iter().map(|(_, flags)| flags).collect()) };
    let number = wanted.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let found = all.into_iter().find(|(description, flags)| Some(flags.slot) == number || description == wanted);
    found.map(|(_, flags)| vec![flags]).ok_or_else(|| OperationError::invalid("/slot", format!("The module has no slot {wanted:?}.")))
}
