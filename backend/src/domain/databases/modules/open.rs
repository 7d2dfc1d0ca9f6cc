//! What is running of a database's modules: workers of tokens, and what the last tries of libraries found.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use certdeck_shared::api::database::DatabaseFormat;
use time::{Duration, OffsetDateTime};

use crate::domain::console::Environment;
use crate::token::{ModuleFacts, ModuleToken, TokenError, TokenHandle, probe};

/// How long a look into a module stays good: as long as a page takes to ask for modules and tokens.
const FRESH: Duration = Duration::seconds(2);
/// How long a module that hung or died is left alone, unless its file changes.
const PENANCE: Duration = Duration::seconds(60);
/// A token that says nothing for so long is given up. Making a large key on a smart card takes a minute.
const TOKEN_PATIENCE: std::time::Duration = std::time::Duration::from_secs(75);

type Library = (PathBuf, Option<String>);

struct Tried {
    at: OffsetDateTime,
    file: Option<(u64, OffsetDateTime)>,
    result: Result<ModuleFacts, TokenError>,
}

struct Running {
    handle: TokenHandle,
    unlocked: bool,
}

/// Workers of tokens, and what is known of libraries.
#[derive(Default)]
pub struct OpenModules {
    running: Mutex<HashMap<(Library, String, String), Running>>,
    tried: Mutex<HashMap<Library, Tried>>,
}

impl OpenModules {
    /// Looks into a module, in a process of its own. An empty path is the module that is part of NSS.
    pub(in super::super) async fn look(
        &self,
        environment: &Environment,
        library: &Path,
        parameters: Option<&str>,
    ) -> Result<ModuleFacts, TokenError> {
        let key = (library.to_owned(), parameters.map(str::to_owned));
        let (now, file) = (environment.clock.now(), state_of(library));
        if let Some(tried) = self.tried.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            let good_for = if tried.result.is_ok() && !library.as_os_str().is_empty() { FRESH } else { PENANCE };
            if tried.file == file && now - tried.at < good_for {
                return tried.result.clone();
            }
        }
        let program = &environment.worker_program;
        let result = if library.as_os_str().is_empty() {
            let softoken = environment.worker(PathBuf::new(), DatabaseFormat::Sql).softoken;
            probe::softoken(program, softoken.as_deref(), probe::PATIENCE).await
        } else {
            probe::module(program, library, parameters, probe::PATIENCE).await
        };
        // Counted from the end: a module that hangs has taken its time already.
        let tried = Tried { at: environment.clock.now(), file, result: result.clone() };
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).insert(key, tried);
        result
    }

    /// What was found before counts no more.
    pub(super) fn forget_tries(&self) {
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What was found before about the library of a token counts no more.
    pub(in super::super) fn forget_try(&self, module: &ModuleToken) {
        let library = (module.library.clone(), module.parameters.clone());
        self.tried.lock().unwrap_or_else(PoisonError::into_inner).remove(&library);
    }

    /// The worker of a token; made when there is none.
    pub(in super::super) fn token(&self, environment: &Environment, module: &ModuleToken) -> TokenHandle {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = running.entry(key_of(module)).or_insert_with(|| {
            let mut options = environment.worker(PathBuf::new(), DatabaseFormat::Sql);
            options.module = Some(module.clone());
            options.call_timeout = TOKEN_PATIENCE;
            Running { handle: TokenHandle::new(options), unlocked: false }
        });
        entry.handle.clone()
    }

    /// Whether the console is logged in to a token.
    pub(in super::super) fn is_unlocked(&self, module: &ModuleToken) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(&key_of(module)).is_some_and(|entry| entry.unlocked)
    }

    /// Notes that the console has logged in to a token, or out.
    pub(in super::super) fn set_unlocked(&self, module: &ModuleToken, unlocked: bool) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = running.get_mut(&key_of(module)) {
            entry.unlocked = unlocked;
        }
    }

    /// Ends the workers of a library's tokens.
    pub(super) async fn close_library(&self, library: &Path) {
        self.close_where(|(path, _)| path == library).await;
    }

    /// Ends all workers.
    pub(in super::super) async fn close(&self) {
        self.close_where(|_| true).await;
    }

    async fn close_where(&self, wanted: impl Fn(&Library) -> bool) {
        let ended: Vec<TokenHandle> = {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            let keys: Vec<_> = running.keys().filter(|(library, ..)| wanted(library)).cloned().collect();
            keys.iter().filter_map(|key| running.remove(key)).map(|entry| entry.handle).collect()
        };
        for handle in ended {
            // A token that hangs is not waited for: its worker goes with the last handle.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(5), handle.close()).await;
        }
    }
}

fn key_of(module: &ModuleToken) -> (Library, String, String) {
    let library = (module.library.clone(), module.parameters.clone());
    (library, module.token.label.clone(), module.token.serial_number.clone())
}

/// Size and time of the file: a library that was replaced is tried again at once.
fn state_of(library: &Path) -> Option<(u64, OffsetDateTime)> {
    let found = std::fs::metadata(library).ok()?;
    Some((found.len(), found.modified().ok()?.into()))
}
