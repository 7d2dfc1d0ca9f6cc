//! The scale of the expiry axis: near days wide, far years narrow; and what falls together on it.

use std::sync::Arc;

use crate::components::x509::life::standing;
use crate::state::row::Row;

const DAY: f64 = 86_400.0;

/// Days from now, and where they stand in per cent of the width.
const POINTS: [(f64, f64); 10] = [
    (-7_300.0, 0.4),
    (-365.0, 1.6),
    (-30.0, 3.6),
    (0.0, 7.0),
    (7.0, 17.0),
    (30.0, 33.0),
    (90.0, 53.0),
    (365.0, 75.0),
    (3_650.0, 95.5),
    (10_950.0, 99.4),
];

/// Labels of the scale: days and words.
pub const LABELS: [(f64, &str); 5] = [(7.0, "7 d"), (30.0, "30 d"), (90.0, "90 d"), (365.0, "1 y"), (3_650.0, "10 y")];

/// Where today stands.
pub const TODAY: f64 = 7.0;

/// Where a time stands, in per cent.
pub fn position(time: i64, now: i64) -> f64 {
    let days = (time.saturating_sub(now)) as f64 / DAY;
    between(days, |point| point.0, |point| point.1)
}

/// The time at a position in per cent.
pub fn time_at(position: f64, now: i64) -> i64 {
    now + (between(position, |point| point.1, |point| point.0) * DAY) as i64
}

fn between(value: f64, from: impl Fn(&(f64, f64)) -> f64, to: impl Fn(&(f64, f64)) -> f64) -> f64 {
    let last = POINTS.len() - 1;
    if value <= from(&POINTS[0]) {
        return to(&POINTS[0]);
    }
    for pair in POINTS.windows(2) {
        let [low, high] = pair else { continue };
        if value <= from(high) {
            let share = (value - from(low)) / (from(high) - from(low));
            return to(low) + share * (to(high) - to(low));
        }
    }
    to(&POINTS[last])
}

/// Certificates that fall together.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// In per cent.
    pub x: f64,
    /// Glyph: the worst of them.
    pub glyph: &'static str,
    /// Tone of the glyph.
    pub tone: &'static str,
    /// Lane: top of the glyph.
    pub y: f64,
    /// The certificates, by time.
    pub rows: Vec<Arc<Row>>,
}

/// Glyph, tone and lane of one certificate.
fn mark(row: &Row, now: i64) -> (&'static str, &'static str, f64) {
    let standing = standing(row, now);
    match standing.tone {
        "bad" => (standing.glyph, "bad", 11.0),
        "warn" => (standing.glyph, "warn", 17.0),
        _ if row.ca => ("ca", "val", 29.0),
        _ => ("dot", "val", 23.0),
    }
}

/// Certificates by place, those nearer than `gap` per cent in one lane together.
pub fn clusters(rows: &[Arc<Row>], now: i64, gap: f64) -> Vec<Cluster> {
    let mut sorted: Vec<&Arc<Row>> = rows.iter().filter(|row| row.view.is_ok()).collect();
    sorted.sort_by_key(|row| row.not_after);
    let mut lanes: [Vec<Cluster>; 4] = Default::default();
    for row in sorted {
        let (glyph, tone, y) = mark(row, now);
        let lane = &mut lanes[((y - 11.0) / 6.0) as usize];
        let x = position(row.not_after, now);
        match lane.last_mut() {
            Some(cluster) if x - position(cluster.rows[0].not_after, now) < gap => {
                cluster.rows.push(Arc::clone(row));
                // The stem stands in the middle of what it gathers.
                let ends = [cluster.rows[0].not_after, row.not_after].map(|time| position(time, now));
                cluster.x = f64::midpoint(ends[0], ends[1]);
            }
            _ => lane.push(Cluster { x, glyph, tone, y, rows: vec![Arc::clone(row)] }),
        }
    }
    lanes.into_iter().flatten().collect()
}
