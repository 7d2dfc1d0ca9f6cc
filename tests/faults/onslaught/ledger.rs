//! What was answered, what was broken off, and what therefore may be there.

use std::collections::{BTreeMap, BTreeSet};

/// Something that the load makes, changes and removes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A certificate, by its nickname; its state is its trust.
    Certificate(String),
    /// A request, by the nickname that its certificate shall have; its state is the identifier.
    Request(String),
    /// An account; its state is its role.
    User(String),
    /// The name of the database for people.
    Label,
}

/// How a thing is, nothing when it is not there.
pub type State = Option<String>;

/// A write that was answered with success has an entry in the audit log with this action, in which this word stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The action of the entry.
    pub action: &'static str,
    /// A fingerprint, a nickname, a user name.
    pub word: String,
}

/// Everything that the load asked for since it was last compared with what is there.
#[derive(Debug, Default)]
pub struct Ledger {
    /// One state where the last write was answered; more where it was not.
    possible: BTreeMap<Thing, Vec<State>>,
    /// What was said of the last write of a thing that was broken off.
    said: BTreeMap<Thing, String>,
    entries: Vec<Entry>,
    /// Things that were being removed when the work was cut off: a request may have lost its key already.
    pub half_removed: BTreeSet<Thing>,
    /// Writes that were answered with success.
    pub answered: u64,
    /// Writes that were broken off, and of those the ones that had been done all the same.
    pub broken: u64,
    pub done_all_the_same: u64,
    /// What is not as it must be.
    pub faults: Vec<String>,
}

impl Ledger {
    /// How the thing is, if that is known.
    pub fn known(&self, thing: &Thing) -> State {
        match self.possible.get(thing).map(Vec::as_slice) {
            Some([one]) => one.clone(),
            _ => None,
        }
    }

    /// The things that are known to be there.
    pub fn there(&self) -> Vec<Thing> {
        self.possible.iter().filter(|(_, states)| matches!(states.as_slice(), [Some(_)])).map(|(thing, _)| thing.clone()).collect()
    }

    /// A write was answered with success.
    pub fn answered(&mut self, thing: Thing, state: State, entry: Entry) {
        self.answered += 1;
        self.possible.insert(thing, vec![state]);
        self.entries.push(entry);
    }

    /// No answer came, or one that says that the work was cut off: it may have been done, wholly or not at all. Only what was to be removed may
    /// be on its way: a certificate without trust, a request without key.
    pub fn broken_off(&mut self, thing: Thing, state: State, said: String) {
        self.broken += 1;
        self.said.insert(thing.clone(), said);
        let between = (state.is_none() && matches!(thing, Thing::Certificate(_))).then(|| Some(",,".to_owned()));
        if state.is_none() {
            self.half_removed.insert(thing.clone());
        }
        let possible = self.possible.entry(thing).or_insert_with(|| vec![None]);
        possible.push(state);
        possible.extend(between);
    }

    /// Compares with what is there, which is what is known from now on.
    pub fn settle(&mut self, there: &BTreeMap<Thing, String>, when: &str) {
        for (thing, possible) in std::mem::take(&mut self.possible) {
            let now = there.get(&thing).cloned();
            // The state of a request is only known once it was answered.
            let as_possible = possible.contains(&now) || (matches!(thing, Thing::Request(_)) && possible.contains(&Some(String::new())));
            if !as_possible {
                let said = self.said.get(&thing);
                self.faults.push(format!("{when}: {thing:?} is {now:?} and not one of {possible:?}, {said:?}"));
            }
            self.done_all_the_same += u64::from(possible.len() > 1 && possible.first() != Some(&now));
            if now.is_some() {
                self.possible.insert(thing, vec![now]);
            }
        }
        self.said.clear();
        for thing in there.keys().filter(|thing| !self.possible.contains_key(thing)) {
            self.faults.push(format!("{when}: {thing:?} is there, and nobody asked for it"));
        }
    }

    /// What was answered since the last time is in these lines of the audit log.
    pub fn settle_audit(&mut self, lines: &str, when: &str) {
        let successes: Vec<&str> = lines.lines().filter(|line| line.contains(r#""outcome":"success""#)).collect();
        for Entry { action, word } in std::mem::take(&mut self.entries) {
            let named = format!(r#""action":"{action}""#);
            if !successes.iter().any(|line| line.contains(&named) && line.contains(&word)) {
                self.faults.push(format!("{when}: the audit log has no {action} of {word}, which was answered"));
            }
        }
    }
}
