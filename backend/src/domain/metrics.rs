//! Counters for monitoring, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    calls: Mutex<BTreeMap<Call, Sum>>,
}

/// Calls that are counted together. The route is the pattern, never the path: that keeps the number of series small.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts a call that was answered.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let call = Call { method: method.to_owned(), route: route.to_owned(), status };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = calls.entry(call).or_default();
        sum.count += 1;
        sum.seconds += took.as_secs_f64();
    }

    /// The counters of calls as text.
    #[must_use]
    pub fn text(&self) -> String {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        let mut series = |name: &str, help: &str, value: fn(&Sum) -> String| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} counter");
            for (call, sum) in calls.iter() {
                let Call { method, route, status } = call;
                let _ = writeln!(out, "{name}{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {}", value(sum));
            }
        };
        series("certdeck_http_requests_total", "Calls answered.", |sum| sum.count.to_string());
        series("certdeck_http_request_seconds_total", "Time taken to answer.", |sum| format!("{:.6}", sum.seconds));
        out
    }
}

/// The value of a label as it stands between quotes.
#[must_use]
pub fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// One gauge or counter without labels.
pub fn write_value(out: &mut String, name: &str, kind: &str, help: &str, value: u64) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
}
