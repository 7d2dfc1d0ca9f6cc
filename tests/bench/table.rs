//! The rows of the report: what Certdeck does, what the other does, and how they compare.

use std::fmt::Write as _;
use std::time::Duration;

/// All rows so far.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

/// One measure.
#[derive(Default)]
pub struct Row {
    /// What is measured.
    pub measure: String,
    /// Certdeck's number.
    pub certdeck: String,
    /// The number beside it, with the name of who has it.
    pub other: String,
    /// Certdeck against the other, or against its budget.
    pub ratio: String,
    /// What was aimed at, and whether it was reached.
    pub aim: String,
}

impl Table {
    /// Adds a row, and says so: some measures take a minute.
    pub fn push(&mut self, row: Row) {
        eprintln!("bench: {}: {} {} {}", row.measure, row.certdeck, row.other, row.ratio);
        self.rows.push(row);
    }

    /// A row of two durations for the same work.
    pub fn push_durations(&mut self, measure: impl Into<String>, certdeck: Duration, (name, other): (&str, Duration), aim: Aim) {
        let ratio = other.as_secs_f64() / certdeck.as_secs_f64();
        self.push(Row {
            measure: measure.into(),
            certdeck: duration(certdeck),
            other: format!("{name} {}", duration(other)),
            ratio: format!("{} times as fast", significant(ratio)),
            aim: aim.verdict(ratio),
        });
    }

    /// Prints the table and writes it to a file.
    pub fn write(&self, path: &str) {
        let mut text = String::from("| measure | Certdeck | beside it | ratio | aim |\n| --- | ---: | ---: | ---: | --- |\n");
        for Row { measure, certdeck, other, ratio, aim } in &self.rows {
            let _ = writeln!(text, "| {measure} | {certdeck} | {other} | {ratio} | {aim} |");
        }
        print!("{text}");
        std::fs::write(path, text).unwrap();
    }
}

/// What a measure should reach.
#[derive(Clone, Copy)]
pub enum Aim {
    /// Nothing was promised.
    None,
    /// At least this much.
    AtLeast(f64),
    /// At most this much.
    AtMost(f64),
}

impl Aim {
    /// The aim in words, and whether the value reaches it.
    pub fn verdict(self, value: f64) -> String {
        let (words, reached) = match self {
            Self::None => return String::new(),
            Self::AtLeast(limit) => (format!("≥ {}", thousands(limit)), value >= limit),
            Self::AtMost(limit) => (format!("≤ {}", thousands(limit)), value <= limit),
        };
        format!("{words}: {}", if reached { "reached" } else { "missed" })
    }
}

/// A duration with three digits that count.
pub fn duration(value: Duration) -> String {
    let seconds = value.as_secs_f64();
    if seconds >= 1.0 { format!("{} s", significant(seconds)) } else { format!("{} ms", significant(seconds * 1000.0)) }
}

/// Three digits that count, at most.
pub fn significant(value: f64) -> String {
    match value {
        100.0.. => thousands(value),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Digits in groups of three.
pub fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The middle one of some durations.
pub fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations[durations.len() / 2]
}
