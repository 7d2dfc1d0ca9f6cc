use time::macros::datetime;

use super::*;

const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

fn rhythm(hours: i64) -> Rhythm {
    Rhythm { now: NOON + Duration::hours(hours), remind_after: Duration::hours(72) }
}

fn due(stage: &str) -> Condition {
    Condition {
        subject: "database:d:certificate:f".to_owned(),
        kind: NoticeKind::CertificateDue,
        stage: stage.to_owned(),
        urgency: Urgency::Soon,
        title: format!("mail is due ({stage})"),
        words: "Renew it.".to_owned(),
        about: About::default(),
        rests_until: None,
    }
}

/// A world with one certificate, and all that was told of it.
#[derive(Default)]
struct World {
    open: Vec<NoticeRecord>,
    told: Vec<(Occasion, String)>,
}

impl World {
    fn at(&mut self, hours: i64, so: Option<Condition>) -> &mut Self {
        let known = Known { so: so.into_iter().collect(), happened: Vec::new() };
        let (written, told) = decide(rhythm(hours), self.open.clone(), known, |_| Some("It has a successor.".to_owned()));
        for record in written {
            self.open.retain(|open| open.notice.id != record.notice.id);
            self.open.extend((record.notice.state == NoticeState::Open).then_some(record));
        }
        self.told.extend(told.into_iter().map(|told| (told.occasion, told.notice.stage)));
        self
    }

    fn told(&self) -> Vec<(Occasion, &str)> {
        self.told.iter().map(|(occasion, stage)| (*occasion, stage.as_str())).collect()
    }

    fn notice(&mut self) -> &mut Notice {
        &mut self.open.first_mut().unwrap().notice
    }
}

#[test]
fn a_thing_is_told_once_at_each_stage_then_by_reminders_and_when_it_is_over() {
    let mut world = World::default();
    world.at(0, Some(due("first"))).at(1, Some(due("first"))).at(71, Some(due("first")));
    assert_eq!(world.told(), [(Occasion::New, "first")]);
    world.at(72, Some(due("first"))).at(73, Some(due("first"))).at(80, Some(due("last"))).at(81, Some(due("last")));
    assert_eq!(world.told()[1..], [(Occasion::Reminder, "first"), (Occasion::Stage, "last")]);
    world.at(90, None).at(91, None);
    assert_eq!(world.told()[3..], [(Occasion::Over, "last")]);
    world.at(92, Some(due("first")));
    assert_eq!(world.told()[4..], [(Occasion::New, "first")], "what begins again is told again");
}

#[test]
fn what_rests_is_told_when_the_rest_is_over() {
    let mut world = World::default();
    world.at(0, Some(due("first")));
    world.notice().snoozed_until = Some(NOON + Duration::hours(100));
    world.at(80, Some(due("first"))).at(90, Some(due("last")));
    assert_eq!(world.told().len(), 1, "neither a reminder nor a stage");
    assert_eq!(world.notice().stage, "last", "but it is shown");
    world.at(100, Some(due("last"))).at(101, Some(due("last")));
    assert_eq!(world.told()[1..], [(Occasion::Reminder, "last")]);
    world.notice().snoozed_until = Some(NOON + Duration::hours(200));
    world.at(110, None);
    assert_eq!(world.told().len(), 2, "what ends in its rest ends without a sound");
    assert!(world.open.is_empty());
}

#[test]
fn what_begins_in_a_rest_is_not_told_before_its_end() {
    let mut world = World::default();
    let resting = || Some(Condition { rests_until: Some(NOON + Duration::hours(10)), ..due("down") });
    world.at(0, resting()).at(5, resting());
    assert_eq!((world.told().len(), world.open.len()), (0, 1));
    world.at(10, resting());
    assert_eq!(world.told(), [(Occasion::Reminder, "down")]);
}

#[test]
fn who_looks_after_it_is_not_reminded_until_it_becomes_worse() {
    let mut world = World::default();
    world.at(0, Some(due("first")));
    world.notice().acknowledged_by = Some("ada".to_owned());
    world.at(500, Some(due("first")));
    assert_eq!(world.told().len(), 1);
    world.at(501, Some(due("last")));
    assert_eq!(world.told()[1..], [(Occasion::Stage, "last")]);
    assert_eq!(world.notice().acknowledged_by, None);
}

#[test]
fn without_an_interval_nobody_is_reminded() {
    let never = Rhythm { remind_after: Duration::ZERO, ..rhythm(10_000) };
    let (open, _) = decide(rhythm(0), Vec::new(), Known { so: vec![due("first")], ..Known::default() }, |_| None);
    let (written, told) = decide(never, open.clone(), Known { so: vec![due("first")], ..Known::default() }, |_| None);
    assert!(written.is_empty() && told.is_empty());
    assert_eq!(never.next(&open.first().unwrap().notice), None);
}

#[test]
fn what_happens_is_told_and_over() {
    let (written, told) = decide(rhythm(0), Vec::new(), Known { happened: vec![due("seen")], ..Known::default() }, |_| None);
    assert_eq!((written.len(), told.len()), (1, 1));
    assert_eq!(written.first().unwrap().notice.state, NoticeState::Over);
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However time and stages go: nothing is told twice at one moment, a stage is told before its reminders, and an end follows a beginning.
        #[test]
        fn beginnings_and_ends_alternate(steps in proptest::collection::vec((0_i64..100, proptest::option::of(0_u8..4)), 1..60)) {
            let (mut world, mut hours, mut open) = (World::default(), 0, None::<String>);
            for (pause, stage) in steps {
                hours += pause;
                let before = world.told.len();
                world.at(hours, stage.map(|stage| due(&stage.to_string())));
                let told: Vec<_> = world.told.iter().skip(before).cloned().collect();
                prop_assert!(told.len() <= 1);
                let now = stage.map(|stage| stage.to_string());
                let expected = match (&open, &now) {
                    (None, Some(_)) => Some(Occasion::New),
                    (Some(_), None) => Some(Occasion::Over),
                    (Some(was), Some(is)) if was != is => Some(Occasion::Stage),
                    _ => told.first().map(|(occasion, _)| *occasion).filter(|occasion| *occasion == Occasion::Reminder),
                };
                prop_assert_eq!(told.first().map(|(occasion, _)| *occasion), expected);
                open = now;
            }
        }
    }
}
