//! The modules as they are now.

use std::path::{Path, PathBuf};

use certdeck_shared::api::module::{Module, ModuleState, Slot};
use certdeck_shared::modules_file::{SlotFlags, mechanism_names};

use super::super::error::OperationError;
use super::super::open::blocking;
use super::super::operation::Operation;
use super::super::tokens;
use super::library;
use crate::nss::modules_file;
use crate::token::{ModuleFacts, ModuleToken, SlotFacts, TokenAddress};

/// A module with all that was found out about it.
pub(in super::super) struct ListedModule {
    pub(in super::super) name: String,
    /// Absent for the module that is part of NSS.
    pub(in super::super) library: Option<PathBuf>,
    pub(in super::super) parameters: Option<String>,
    pub(in super::super) flags: Vec<SlotFlags>,
    /// Whether NSS runs in FIPS mode; of its own module only.
    pub(in super::super) fips: Option<bool>,
    pub(in super::super) facts: Result<ModuleFacts, String>,
}

/// A slot with what the list of modules says about it.
pub(in super::super) struct FoundSlot<'module> {
    pub(in super::super) facts: &'module SlotFacts,
    pub(in super::super) flags: SlotFlags,
}

impl ListedModule {
    /// Its slots.
    pub(in super::super) fn slots(&self) -> impl Iterator<Item = FoundSlot<'_>> {
        self.facts.iter().flat_map(|facts| &facts.slots).map(|facts| {
            let flags = self.flags.iter().find(|flags| flags.slot == facts.id).cloned();
            FoundSlot { facts, flags: flags.unwrap_or(SlotFlags { slot: facts.id, flags: Vec::new() }) }
        })
    }

    /// How the token in a slot is reached; nothing for the module that is part of NSS.
    pub(in super::super) fn token(&self, slot: &SlotFacts) -> Option<ModuleToken> {
        let token = slot.token.as_ref()?;
        let address = TokenAddress { label: token.label.clone(), serial_number: token.serial_number.clone() };
        Some(ModuleToken { library: self.library.clone()?, parameters: self.parameters.clone(), token: address })
    }
}

impl Operation {
    /// The modules, with their slots and tokens.
    ///
    /// # Errors
    /// When the list of modules cannot be read. A module that cannot be used is listed all the same.
    pub async fn modules(&self) -> Result<Vec<Module>, OperationError> {
        let listed = self.listed_modules().await?;
        let tokens = self.tokens_of(&listed).await?;
        let mut modules = Vec::with_capacity(listed.len());
        for module in &listed {
            let mut slots = Vec::new();
            for slot in module.slots() {
                let token = slot.facts.token.as_ref().and_then(|found| {
                    tokens
                        .iter()
                        .find(|one| one.module == module.name && one.label == found.label && one.serial_number == found.serial_number)
                });
                slots.push(Slot {
                    id: format!("{:#x}", slot.facts.id),
                    description: slot.facts.description.clone(),
                    hardware: slot.facts.hardware,
                    removable: slot.facts.removable,
                    enabled: !slot.flags.is_disabled(),
                    default_mechanisms: mechanism_names(&slot.flags.flags),
                    token: token.cloned(),
                });
            }
            modules.push(describe(module, slots).await?);
        }
        Ok(modules)
    }

    /// One module.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn module(&self, name: &str) -> Result<Module, OperationError> {
        let found = self.modules().await?.into_iter().find(|module| module.name == name);
        found.ok_or_else(|| OperationError::not_found("module", name))
    }

    /// The modules of the list, each looked into in a process of its own, all at once.
    pub(in super::super) async fn listed_modules(&self) -> Result<Vec<ListedModule>, OperationError> {
        let location = self.database.location.clone();
        let file = blocking(move || modules_file::read(location)).await??;
        let modules = file.modules().map(|stanza| async {
            let (library, parameters) = (stanza.library().map(PathBuf::from), stanza.parameters().map(str::to_owned));
            let facts = match &library {
                Some(library) => self.database.modules.look(&self.environment, library, parameters.as_deref()).await,
                // The parameters of this one name the database, which its worker opens.
                None => self.database.modules.look(&self.environment, Path::new(""), None).await,
            };
            ListedModule {
                name: stanza.name().unwrap_or_default().to_owned(),
                parameters: parameters.filter(|_| library.is_some()),
                fips: library.is_none().then(|| file.is_fips()),
                library,
                flags: stanza.slots(),
                facts: facts.map_err(|error| error.to_string()),
            }
        });
        Ok(futures::future::join_all(modules).await)
    }
}

async fn describe(module: &ListedModule, slots: Vec<Slot>) -> Result<Module, OperationError> {
    let library_sha256 = match module.library.clone() {
        Some(path) => blocking(move || library::sha256(&path)).await?,
        None => None,
    };
    let facts = module.facts.as_ref().ok();
    Ok(Module {
        name: module.name.clone(),
        internal: module.library.is_none(),
        fips: module.fips,
        library: module.library.as_ref().map(|path| path.display().to_string()),
        library_sha256,
        parameters: module.parameters.clone(),
        state: match &module.facts {
            Ok(_) => ModuleState::Loaded,
            Err(reason) => ModuleState::Unusable { reason: tokens::sentence(reason) },
        },
        pkcs11_uri: facts.map(|facts| {
            uri(&[
                ("library-manufacturer", &facts.manufacturer),
                ("library-description", &facts.description),
                ("library-version", &facts.library_version),
            ])
        }),
        manufacturer: facts.map(|facts| facts.manufacturer.clone()),
        description: facts.map(|facts| facts.description.clone()),
        library_version: facts.map(|facts| facts.library_version.clone()),
        cryptoki_version: facts.map(|facts| facts.cryptoki_version.clone()),
        slots,
    })
}

/// A PKCS#11 URI (RFC 7512) as NSS writes it; attributes without a value are left out.
pub(in super::super) fn uri(attributes: &[(&str, &str)]) -> String {
    use std::fmt::Write as _;
    let mut uri = "pkcs11:".to_owned();
    for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
        if uri.len() > "pkcs11:".len() {
            uri.push(';');
        }
        let _ = write!(uri, "{name}=");
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~:[]@!$'()*+,=&".contains(&byte) {
                uri.push(char::from(byte));
            } else {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
