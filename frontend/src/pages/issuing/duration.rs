//! From when and for how long, as people type it: a number and its unit, or a day.

use crate::view::*;
use certdeck_shared::api::issue::Validity;
use certdeck_shared::api::problem::FieldError;
use time::{Date, Month, OffsetDateTime, Time};

use crate::components::form::faults::Faults;
use crate::components::form::field::{Field, Note};
use crate::ids;

/// Units of the length, and the last day.
const ENDS: &[(&str, &str)] = &[("months", "months"), ("days", "days"), ("until", "until a day")];

/// When it begins.
const BEGINS: &[(&str, &str)] = &[("now", "now"), ("months", "in some months"), ("day", "on a day")];

/// The fields.
#[derive(Clone, Copy)]
pub struct Duration {
    length: RwSignal<String>,
    unit: RwSignal<String>,
    last_day: RwSignal<String>,
    begins: RwSignal<String>,
    offset: RwSignal<String>,
    first_day: RwSignal<String>,
}

impl Duration {
    /// From now, as long as usual.
    pub fn usual() -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self { length: text(""), unit: text("months"), last_day: text(""), begins: text("now"), offset: text(""), first_day: text("") }
    }

    /// As REST takes it. What is no number and no day is left out: `faults` names it.
    pub fn validity(self) -> Validity {
        let mut validity = Validity::default();
        match self.unit.get().as_str() {
            "days" => validity.days = number(self.length).ok().flatten(),
            "until" => validity.not_after = day(self.last_day).ok().flatten().map(|day| day.with_time(last_second()).assume_utc()),
            _ => validity.months = number(self.length).ok().flatten(),
        }
        match self.begins.get().as_str() {
            "months" => validity.offset_months = number(self.offset).ok().flatten(),
            "day" => validity.not_before = day(self.first_day).ok().flatten().map(|day| day.midnight().assume_utc()),
            _ => {}
        }
        validity
    }

    /// What is no number and no day, by its place in the body.
    pub fn faults(self) -> Vec<FieldError> {
        let (unit, begins) = (self.unit.get(), self.begins.get());
        let whole = || "a whole number, such as 12".to_owned();
        let some_day = || "a day, such as 2027-01-31".to_owned();
        let wrong = [
            (unit == "months" && number::<u32>(self.length).is_err(), "/validity/months", whole as fn() -> String),
            (unit == "days" && number::<u32>(self.length).is_err(), "/validity/days", whole),
            (unit == "until" && !matches!(day(self.last_day), Ok(Some(_))), "/validity/not_after", some_day),
            (begins == "months" && !matches!(number::<i32>(self.offset), Ok(Some(_))), "/validity/offset_months", || {
                "a whole number of months; -1 is a month ago".to_owned()
            }),
            (begins == "day" && !matches!(day(self.first_day), Ok(Some(_))), "/validity/not_before", some_day),
        ];
        let said = wrong.into_iter().filter(|(is_wrong, ..)| *is_wrong);
        said.map(|(_, pointer, message)| FieldError { pointer: pointer.to_owned(), message: message() }).collect()
    }

    /// Whether it begins at another time than now.
    pub fn begins_elsewhen(self) -> bool {
        self.begins.with(|begins| begins != "now")
    }

    /// How long: a number and its unit, or the last day.
    pub fn length_fields(self, note: Signal<Option<Note>>, faults: Faults) -> View {
        let until = move || self.unit.with(|unit| unit == "until");
        view! {
            {when(move || !until(), move || Field::text(ids::MAKE_LENGTH, "Good for", self.length).class("field f2").placeholder("as usual").note(note).faults(faults, "/validity").view())}
            {when(until, move || Field::day(ids::MAKE_LAST_DAY, "Last day", self.last_day).class("field f2").note(note).faults(faults, "/validity").view())}
            {Field::select(ids::MAKE_UNIT, "Counted in", self.unit, ENDS).class("field f2").view()}
        }
    }

    /// When it begins.
    pub fn begin_fields(self, note: Signal<Option<Note>>, faults: Faults) -> View {
        let is = move |which: &'static str| move || self.begins.with(|begins| begins == which);
        view! {
            {Field::select(ids::MAKE_BEGINS, "Begins", self.begins, BEGINS).class("field f3").view()}
            {when(is("months"), move || Field::text(ids::MAKE_OFFSET, "Months from now", self.offset).class("field f3").placeholder("1").note(note).faults(faults, "/validity/offset_months").view())}
            {when(is("day"), move || Field::day(ids::MAKE_FIRST_DAY, "First day", self.first_day).class("field f3").note(note).faults(faults, "/validity/not_before").view())}
        }
    }
}

/// A number, nothing, or something else.
fn number<T: std::str::FromStr>(field: RwSignal<String>) -> Result<Option<T>, T::Err> {
    field.with(|text| Some(text.trim()).filter(|text| !text.is_empty()).map(str::parse).transpose())
}

/// A day as date fields have it: `2027-01-31`.
fn day(field: RwSignal<String>) -> Result<Option<Date>, ()> {
    field.with(|text| {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let mut parts = text.trim().splitn(3, '-');
        let mut part = || parts.next().and_then(|part| part.parse::<u16>().ok()).ok_or(());
        let (year, month, day) = (part()?, part()?, part()?);
        let month = u8::try_from(month).ok().and_then(|month| Month::try_from(month).ok()).ok_or(())?;
        Date::from_calendar_date(i32::from(year), month, u8::try_from(day).map_err(|_| ())?).map(Some).map_err(|_| ())
    })
}

fn last_second() -> Time {
    Time::from_hms(23, 59, 59).unwrap_or(Time::MIDNIGHT)
}

/// Days from the one to the other, in words.
pub fn days_between(not_before: OffsetDateTime, not_after: OffsetDateTime) -> String {
    match (not_after - not_before).whole_days() {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => [&days.to_string(), " days"].concat(),
    }
}
