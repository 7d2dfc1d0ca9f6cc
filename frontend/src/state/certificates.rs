//! The certificates of the database one works in: fetched as DER, parsed here in slices, so that the first rows stand at once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use leptos::task::spawn_local;

use super::row::Row;
use super::{App, browser};
use crate::transport::client;

/// Rows in the order of the database.
pub type Rows = Arc<Vec<Arc<Row>>>;

/// How far reading has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing was asked for.
    Idle,
    /// The answer is on its way and nothing is shown yet.
    Fetching,
    /// Rows are shown, more are being parsed.
    Parsing,
    /// All are here.
    Done,
    /// It failed; what was read before still stands.
    Failed(String),
}

/// The certificates of one database.
#[derive(Clone, Copy)]
pub struct CertificateStore {
    /// Rows in the order of the database.
    pub rows: RwSignal<Rows>,
    /// How far reading has come.
    pub reading: RwSignal<Reading>,
    /// Revision of the database they were read at.
    pub revision: RwSignal<String>,
    /// Which database they are of.
    pub database: RwSignal<Option<String>>,
    /// Counts readings: a slow answer must not overwrite a later one.
    turn: StoredValue<u32>,
}

/// Parsed before the first paint: about one screen.
const FIRST_SLICE: usize = 120;
/// Parsed between two breaths: some 20 ms.
const SLICE: usize = 1_000;

impl CertificateStore {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self {
            rows: RwSignal::new(Rows::default()),
            reading: RwSignal::new(Reading::Idle),
            revision: RwSignal::new(String::new()),
            database: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.rows.set(Rows::default());
        self.revision.set(String::new());
        self.database.set(None);
        self.reading.set(Reading::Idle);
    }

    /// Reads whenever another database is chosen and somebody is signed in.
    pub fn follow(self, app: App) {
        effect(move || {
            let signed_in = app.session.with(|state| state.session().is_some());
            let wanted = app.selected.get();
            let shown = app.place.with(|place| place.database().is_some());
            if !signed_in || !shown {
                return;
            }
            if let Some(wanted) = wanted
                && self.database.get_untracked().as_ref() != Some(&wanted)
            {
                self.clear();
                app.staged.clear();
                app.list.show_all();
                app.list.checked.set(std::collections::HashSet::new());
                app.list.cursor.set(None);
                self.read(app, wanted);
            }
        });
    }

    /// The server says that a database changed.
    pub fn changed(self, app: App, database: &str, revision: &str) {
        let concerned = self.database.get_untracked().as_deref() == Some(database);
        if concerned && self.revision.get_untracked() != revision {
            self.read(app, database.to_owned());
        }
    }

    /// Reads again what is shown.
    pub fn refresh(self, app: App) {
        if let Some(database) = self.database.get_untracked().or_else(|| app.selected.get_untracked()) {
            self.read(app, database);
        }
    }

    /// Reads the certificates of a database.
    pub fn read(self, app: App, database: String) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        self.database.set(Some(database.clone()));
        if self.rows.with_untracked(|rows| rows.is_empty()) {
            self.reading.set(Reading::Fetching);
        }
        spawn_local(async move {
            let answer = self.fetch(&database, turn).await;
            if self.turn.get_value() != turn {
                return;
            }
            match answer {
                Ok(()) => self.reading.set(Reading::Done),
                Err(error) => {
                    app.note_error(&error);
                    self.reading.set(Reading::Failed(error.to_string()));
                }
            }
        });
    }

    async fn fetch(self, database: &str, turn: u32) -> Result<(), ClientError> {
        let list = client().certificates(database).await?;
        if self.turn.get_value() != turn {
            return Ok(());
        }
        // What is there already and has not changed keeps its row: no parsing, no repaint.
        let before = self.rows.get_untracked();
        let known: HashMap<&str, &Arc<Row>> = before.iter().map(|row| (row.entry.fingerprint_sha256.as_str(), row)).collect();
        let first = before.is_empty();
        let mut rows: Vec<Arc<Row>> = Vec::with_capacity(list.certificates.len());
        let mut fresh = 0_usize;
        // Everything derived from the rows is computed anew when they are shown: four times as many each time, not each slice.
        let mut next_shown = FIRST_SLICE;
        for entry in list.certificates {
            let row = known.get(entry.fingerprint_sha256.as_str()).filter(|row| row.entry == entry);
            if let Some(row) = row {
                rows.push(Arc::clone(row));
                continue;
            }
            rows.push(Arc::new(Row::new(entry)));
            fresh += 1;
            if first && fresh == next_shown {
                self.rows.set(Arc::new(rows.clone()));
                self.reading.set(Reading::Parsing);
                next_shown *= 4;
            }
            if fresh == FIRST_SLICE || fresh.is_multiple_of(SLICE) {
                browser::breathe().await;
                if self.turn.get_value() != turn {
                    return Ok(());
                }
            }
        }
        self.revision.set(list.revision);
        self.rows.set(Arc::new(rows));
        Ok(())
    }

    /// The row of a certificate, by address.
    pub fn row(self, fingerprint: &str) -> Option<Arc<Row>> {
        self.rows.with(|rows| rows.iter().find(|row| row.entry.fingerprint_sha256 == fingerprint).cloned())
    }

    /// At most `limit` rows that say all words of the text somewhere.
    pub fn search(self, text: &str, limit: usize) -> Vec<Arc<Row>> {
        let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        self.rows.with_untracked(|rows| {
            rows.iter().filter(|row| words.iter().all(|word| row.haystack.contains(word.as_str()))).take(limit).cloned().collect()
        })
    }
}
