//! What is about to be imported, and what the server says will become of it.

use crate::view::*;
use certdeck_shared::api::bytes::Base64;
use certdeck_shared::api::import::{Import, ImportItem, ImportOutcome, ImportReport};
use certdeck_shared::detect::{Detected, Found};
use certdeck_shared::trust::TrustFlags;
use certdeck_shared::x509::parse;
use leptos::task::spawn_local;

use crate::components::form::submission::Submission;
use crate::state::{App, clock};
use crate::transport::client;

/// Most certificates the server takes at once.
pub const MOST: usize = 10_000;
/// Rows that can be edited one by one; the rest goes in as proposed.
pub const EDITABLE: usize = 250;
/// Pause after the last key before the server is asked again, in milliseconds.
const PAUSE: u64 = 350;

/// One certificate to import.
#[derive(Clone)]
pub struct Item {
    /// Its bytes.
    pub der: Vec<u8>,
    /// Common name, or what stands in for it.
    pub name: String,
    /// Issuer and end of life.
    pub about: String,
    /// Whether it is a CA.
    pub ca: bool,
    /// Where it was found.
    pub source: String,
    /// Whether it goes in.
    pub wanted: RwSignal<bool>,
    /// Nickname wanted; proposed when empty.
    pub nickname: RwSignal<String>,
    /// Trust wanted.
    pub trust: RwSignal<String>,
}

impl Item {
    fn new(found: Found, file: &str) -> Self {
        let view = parse::certificate(&found.der);
        let (name, about, ca) = match &view {
            Ok(view) => {
                let name = view.subject.common_name().map_or_else(|| view.subject.to_string(), str::to_owned);
                let issuer = if view.self_issued {
                    "itself".to_owned()
                } else {
                    view.issuer.common_name().map_or_else(|| view.issuer.to_string(), str::to_owned)
                };
                let ca = view.basic_constraints.is_some_and(|constraints| constraints.ca);
                (name, format!("by {issuer}, until {}", clock::date(view.not_after)), ca)
            }
            Err(error) => ("unreadable".to_owned(), error.to_string(), false),
        };
        let source = if file.is_empty() { found.place.to_string() } else { format!("{file}, {}", found.place) };
        Self {
            der: found.der,
            name: if name.is_empty() { "no name".to_owned() } else { name },
            about,
            ca,
            source,
            wanted: RwSignal::new(true),
            nickname: RwSignal::new(String::new()),
            trust: RwSignal::new(String::new()),
        }
    }
}

/// The page's state.
#[derive(Clone, Copy)]
pub struct Plan {
    /// The page.
    pub app: App,
    /// The database.
    pub db: StoredValue<String>,
    /// What was read so far.
    pub items: RwSignal<Vec<Item>>,
    /// What could not be used, and what is not imported here.
    pub remarks: RwSignal<Vec<String>>,
    /// The server's plan, by position in `items`.
    pub outcomes: RwSignal<Vec<Option<ImportOutcome>>>,
    /// Whether the plan is that of what is shown.
    pub fresh: RwSignal<bool>,
    /// Asking for the plan.
    pub asking: Submission,
    /// Counts askings: a slow answer must not overwrite a later one.
    turn: StoredValue<u32>,
}

impl Plan {
    /// Nothing read yet.
    pub fn new(app: App, db: String) -> Self {
        Self {
            app,
            db: StoredValue::new(db),
            items: RwSignal::new(Vec::new()),
            remarks: RwSignal::new(Vec::new()),
            outcomes: RwSignal::new(Vec::new()),
            fresh: RwSignal::new(false),
            asking: Submission::new(),
            turn: StoredValue::new(0),
        }
    }

    /// Takes in what was detected in a file or a text.
    pub fn take(self, detected: Detected, file: &str) {
        let before = self.items.with_untracked(Vec::len);
        let found = detected.certificates.len();
        self.remarks.update(|remarks| remarks.extend(remarks_on(&detected, file)));
        if before + found > MOST {
            let words = format!("{} certificates are more than the {MOST} that go in at once. Split the file.", before + found);
            self.remarks.update(|remarks| remarks.push(words));
            return;
        }
        let items: Vec<Item> = detected.certificates.into_iter().map(|found| Item::new(found, file)).collect();
        self.items.update(|all| all.extend(items));
        if found > 0 {
            self.ask();
        }
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.items.set(Vec::new());
        self.remarks.set(Vec::new());
        self.outcomes.set(Vec::new());
        self.asking.faults.clear();
    }

    /// The body, and which item stands at which position of it.
    pub fn import(self) -> (Import, Vec<usize>) {
        let mut positions = Vec::new();
        let certificates = self.items.with_untracked(|items| {
            let wanted = items.iter().enumerate().filter(|(_, item)| item.wanted.get_untracked());
            wanted
                .map(|(position, item)| {
                    positions.push(position);
                    let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
                    ImportItem {
                        der: Base64(item.der.clone()),
                        nickname: given(item.nickname.get_untracked()),
                        trust: given(item.trust.get_untracked()),
                    }
                })
                .collect()
        });
        (Import { certificates }, positions)
    }

    /// Asks again, once typing pauses.
    pub fn changed(self) {
        self.fresh.set(false);
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        set_timeout(
            move || {
                if self.turn.try_get_value() == Some(turn) {
                    self.ask();
                }
            },
            std::time::Duration::from_millis(PAUSE),
        );
    }

    /// Asks the server what would become of it.
    pub fn ask(self) {
        self.fresh.set(false);
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let (import, positions) = self.import();
        let db = self.db.get_value();
        if import.certificates.is_empty() {
            self.outcomes.set(Vec::new());
            return;
        }
        spawn_local(async move {
            let answer = client().preview_import(&db, &import).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match answer {
                Ok(report) => self.planned(report, &positions),
                Err(error) => {
                    self.app.note_error(&error);
                    self.asking.faults.set(error);
                }
            }
        });
    }

    fn planned(self, report: ImportReport, positions: &[usize]) {
        self.asking.faults.clear();
        let count = self.items.with_untracked(Vec::len);
        let mut outcomes: Vec<Option<ImportOutcome>> = vec![None; count];
        for (outcome, position) in report.certificates.into_iter().zip(positions) {
            self.items.with_untracked(|items| {
                let nickname = items.get(*position).map(|item| item.nickname);
                if let Some(nickname) = nickname.filter(|nickname| nickname.with_untracked(String::is_empty)) {
                    nickname.set(outcome.nickname.clone());
                }
            });
            if let Some(slot) = outcomes.get_mut(*position) {
                *slot = Some(outcome);
            }
        }
        self.outcomes.set(outcomes);
        self.fresh.set(true);
    }

    /// How many will be written, and how many stand in the way.
    pub fn counts(self) -> (usize, usize, usize) {
        self.outcomes.with(|outcomes| {
            let written = outcomes.iter().flatten().filter(|outcome| outcome.disposition.is_written()).count();
            let refused = outcomes.iter().flatten().filter(|outcome| outcome.disposition.is_refused()).count();
            let all = outcomes.iter().flatten().count();
            (written, refused, all - written - refused)
        })
    }

    /// Whether every trust that was typed can be read.
    pub fn trust_is_readable(self) -> bool {
        self.items.with(|items| items.iter().take(EDITABLE).all(|item| item.trust.with(|trust| TrustFlags::parse(trust).is_ok())))
    }
}

/// What else is in the file, and why it stays out.
fn remarks_on(detected: &Detected, file: &str) -> Vec<String> {
    let from = if file.is_empty() { String::new() } else { format!("{file}: ") };
    let mut remarks: Vec<String> = detected.problems.iter().map(|problem| [&from, problem.as_str()].concat()).collect();
    if !detected.keys.is_empty() {
        remarks.push(format!("{from}a private key is in it. It was not read and is not sent."));
    }
    if !detected.requests.is_empty() && detected.certificates.is_empty() {
        remarks.push(format!("{from}this is a request, not a certificate."));
    }
    if !detected.crls.is_empty() {
        remarks.push(format!("{from}a revocation list is in it. It is not read here; Revocation lists (g l) takes it."));
    }
    remarks
}
