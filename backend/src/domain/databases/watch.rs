//! Changes by other programs, seen within a second.

use std::sync::PoisonError;
use std::time::Duration;

use certdeck_shared::api::event::Event;

use super::Databases;

const EVERY: Duration = Duration::from_secs(1);

impl Databases {
    pub(super) fn watch(&self) {
        let databases = self.clone();
        self.environment.tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = databases.environment.tasks.ending() => return,
                    () = tokio::time::sleep(EVERY) => databases.look(),
                }
            }
        });
    }

    /// Two `pread` calls a database, on files that stay open: cheap enough for a thread of the runtime.
    fn look(&self) {
        for database in self.all() {
            let revision = database.revision().unwrap_or_default();
            let mut told = database.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.as_ref() == Some(&revision) {
                continue;
            }
            *told = Some(revision.clone());
            drop(told);
            // Told at the first look as well: who listed it before that look may have seen an older state.
            self.environment.events.publish(Event::DatabaseChanged { database: database.id.clone(), revision });
        }
    }
}
