//! What is so, and what of it is told: each thing at each stage once, then by reminders, and once more when it is over.

use std::collections::HashMap;

use certdeck_shared::api::notice::{About, Notice, NoticeKind, NoticeState, Occasion, Told, Urgency};
use time::{Duration, OffsetDateTime};

use crate::host::randomness;
use crate::state::NoticeRecord;

/// Something that is so and should not be, or that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub subject: String,
    pub kind: NoticeKind,
    pub stage: String,
    pub urgency: Urgency,
    pub title: String,
    pub words: String,
    pub about: About,
    /// Nobody is to be told before this.
    pub rests_until: Option<OffsetDateTime>,
}

impl Condition {
    /// What an open notice says, as still so.
    pub(super) fn of(record: &NoticeRecord) -> Self {
        let NoticeRecord { subject, notice } = record.clone();
        let Notice { kind, stage, urgency, title, words, about, .. } = notice;
        Self { subject, kind, stage, urgency, title, words, about, rests_until: None }
    }
}

/// What the subjects of all databases begin with.
pub(super) const OF_DATABASES: &str = "database:";

/// What the subjects of a database begin with. An identifier has no colon.
pub(super) fn of_database(id: &str) -> String {
    format!("{OF_DATABASES}{id}:")
}

/// What is known about a part of the world.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What is so.
    pub so: Vec<Condition>,
    /// What happened since the last look, and is over with that.
    pub happened: Vec<Condition>,
}

/// When what is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    pub now: OffsetDateTime,
    /// What is still so is told again after this; zero for never.
    pub remind_after: Duration,
}

impl Rhythm {
    /// When something happens to an open notice by itself: the end of its rest, or the next reminder.
    pub(super) fn next(self, notice: &Notice) -> Option<OffsetDateTime> {
        let reminder = (self.remind_after > Duration::ZERO && notice.acknowledged_by.is_none()).then(|| notice.told_at + self.remind_after);
        notice.snoozed_until.or(reminder)
    }

    fn rests(self, notice: &Notice) -> bool {
        notice.snoozed_until.is_some_and(|until| until > self.now)
    }
}

/// What is to be written of the open notices, and what is told. `why_over` has the words for what is over; what it has no words for ends
/// without a sound.
pub(super) fn decide(
    rhythm: Rhythm,
    open: Vec<NoticeRecord>,
    known: Known,
    why_over: impl Fn(&NoticeRecord) -> Option<String>,
) -> (Vec<NoticeRecord>, Vec<Told>) {
    let (mut records, mut told) = (Vec::new(), Vec::new());
    let mut open: HashMap<(String, NoticeKind), NoticeRecord> =
        open.into_iter().map(|record| ((record.subject.clone(), record.notice.kind), record)).collect();
    let mut tell = |occasion, record: NoticeRecord| {
        told.push(Told { occasion, notice: record.notice.clone() });
        records.push(record);
    };
    let mut silently = Vec::new();
    for condition in known.so {
        match open.remove(&(condition.subject.clone(), condition.kind)) {
            None => {
                let mut record = begun(condition, rhythm.now);
                if rhythm.rests(&record.notice) {
                    silently.push(record);
                } else {
                    record.notice.snoozed_until = None;
                    tell(Occasion::New, record);
                }
            }
            Some(record) => match go_on(rhythm, record, condition) {
                Step::Told(occasion, record) => tell(occasion, record),
                Step::Noted(record) => silently.push(record),
                Step::Nothing => {}
            },
        }
    }
    // In the order in which they began, whatever the map made of them.
    let mut over: Vec<NoticeRecord> = open.into_values().collect();
    over.sort_by(|one, other| (one.notice.began_at, &one.subject).cmp(&(other.notice.began_at, &other.subject)));
    for mut record in over {
        let words = why_over(&record).filter(|_| !rhythm.rests(&record.notice));
        end(&mut record.notice, rhythm.now);
        match words {
            Some(words) => {
                record.notice.words = words;
                record.notice.told_at = rhythm.now;
                tell(Occasion::Over, record);
            }
            None => silently.push(record),
        }
    }
    for condition in known.happened {
        let mut record = begun(condition, rhythm.now);
        end(&mut record.notice, rhythm.now);
        tell(Occasion::New, record);
    }
    records.extend(silently);
    (records, told)
}

fn begun(condition: Condition, now: OffsetDateTime) -> NoticeRecord {
    let Condition { subject, kind, stage, urgency, title, words, about, rests_until } = condition;
    let notice = Notice {
        id: randomness::identifier(),
        kind,
        stage,
        urgency,
        title,
        words,
        about,
        state: NoticeState::Open,
        began_at: now,
        told_at: now,
        over_at: None,
        snoozed_until: rests_until,
        acknowledged_by: None,
    };
    NoticeRecord { subject, notice }
}

fn end(notice: &mut Notice, now: OffsetDateTime) {
    notice.state = NoticeState::Over;
    notice.over_at = Some(now);
    notice.snoozed_until = None;
}

/// What becomes of an open notice that is still so.
enum Step {
    Told(Occasion, NoticeRecord),
    Noted(NoticeRecord),
    Nothing,
}

fn go_on(rhythm: Rhythm, mut record: NoticeRecord, condition: Condition) -> Step {
    let notice = &mut record.notice;
    let other_stage = notice.stage != condition.stage;
    if other_stage {
        notice.acknowledged_by = None;
    }
    notice.snoozed_until = condition.rests_until.max(notice.snoozed_until);
    if rhythm.rests(notice) {
        // Shown as it is now, and told when the rest is over.
        take(notice, condition);
        return Step::Noted(record);
    }
    let rested = notice.snoozed_until.take().is_some();
    let due = rhythm.remind_after > Duration::ZERO && rhythm.now - notice.told_at >= rhythm.remind_after;
    let occasion = match (other_stage, notice.acknowledged_by.is_some()) {
        (true, _) => Occasion::Stage,
        (false, false) if rested || due => Occasion::Reminder,
        _ => return if rested { Step::Noted(record) } else { Step::Nothing },
    };
    take(notice, condition);
    notice.told_at = rhythm.now;
    Step::Told(occasion, record)
}

fn take(notice: &mut Notice, condition: Condition) {
    notice.stage = condition.stage;
    notice.urgency = condition.urgency;
    notice.title = condition.title;
    notice.words = condition.words;
    notice.about = condition.about;
}

#[cfg(test)]
mod tests;
