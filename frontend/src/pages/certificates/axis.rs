//! The expiry axis: one tick each, clusters where they fall together, a brush that filters by drag and by keyboard.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::view::*;

use super::scale::{Cluster, LABELS, TODAY, clusters, position, time_at};
use crate::state::list::SavedView;
use crate::state::{App, clock};

/// Pixels between which ticks fall together: few stand alone, many need room for their number.
fn gap(count: usize) -> f64 {
    match count {
        0..=60 => 11.0,
        61..=999 => 26.0,
        _ => 32.0,
    }
}

/// What a drag does.
#[derive(Clone, Copy)]
struct Drag {
    /// The end that stands still, in per cent.
    anchor: f64,
    /// Where the pointer went down, in pixels: a short way is a click.
    start: f64,
    moved: bool,
}

/// The axis over what filter and view leave.
pub fn axis(app: App) -> View {
    let list = app.list;
    let figure = NodeRef::<web_sys::HtmlElement>::new();
    let width = RwSignal::new(900.0_f64);
    let measure = move || {
        if let Some(figure) = figure.get_untracked() {
            width.set(f64::from(figure.client_width()).max(200.0));
        }
    };
    let resize = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resize.remove());
    effect(move || {
        list.aside.track();
        list.aside_width.track();
        figure.track();
        request_animation_frame(measure);
    });

    let marks = Memo::of_unequal(move || {
        let now = app.now.get();
        list.unbrushed.with(|rows| Arc::new(clusters(rows, now, gap(rows.len()) / width.get() * 100.0)))
    });
    let hover = RwSignal::new(None::<usize>);
    let drag = StoredValue::new(None::<Drag>);
    let share = move |x: i32| {
        figure
            .get_untracked()
            .map_or(0.0, |figure| f64::from(x - figure.get_bounding_client_rect().left() as i32) / width.get_untracked() * 100.0)
    };
    let nearest = move |x: f64, y: f64| {
        let reach = 9.0 / width.get_untracked() * 100.0;
        marks.with_untracked(|marks| {
            let near = marks.iter().enumerate().filter(|(_, mark)| (mark.x - x).abs() < reach && y < 60.0);
            near.min_by(|one, other| rank(one.1, x, y).total_cmp(&rank(other.1, x, y))).map(|(index, _)| index)
        })
    };
    let set_brush = move |one: f64, other: f64| {
        let now = app.now.get_untracked();
        let low = if one.min(other) < 0.3 { i64::MIN } else { time_at(one.min(other), now) };
        let high = if one.max(other) > 99.6 { i64::MAX } else { time_at(one.max(other), now) };
        if list.view.get_untracked() == SavedView::Expiring {
            list.view.set(SavedView::All);
        }
        list.brush.set((low != i64::MIN || high != i64::MAX).then_some((low, high)));
    };
    let ends = move || {
        let now = app.now.get();
        list.brush.get().map(|(from, to)| {
            (if from == i64::MIN { 0.0 } else { position(from, now) }, if to == i64::MAX { 100.0 } else { position(to, now) })
        })
    };

    let down = move |event: web_sys::PointerEvent| {
        if event.button() != 0 {
            return;
        }
        let x = share(event.client_x());
        let reach = 7.0 / width.get_untracked() * 100.0;
        let anchor = match untrack(ends) {
            Some((from, to)) if (x - from).abs() < reach => to,
            Some((from, to)) if (x - to).abs() < reach => from,
            _ => x,
        };
        drag.set_value(Some(Drag { anchor, start: f64::from(event.client_x()), moved: false }));
        if let Some(figure) = figure.get_untracked() {
            let _ = figure.set_pointer_capture(event.pointer_id());
        }
    };
    let moving = move |event: web_sys::PointerEvent| {
        let x = share(event.client_x());
        let Some(mut now) = drag.get_value() else {
            hover.set(nearest(x, f64::from(event.offset_y())));
            return;
        };
        if now.moved || (f64::from(event.client_x()) - now.start).abs() > 4.0 {
            now.moved = true;
            drag.set_value(Some(now));
            hover.set(None);
            set_brush(now.anchor, x.clamp(0.0, 100.0));
        }
    };
    let up = move |event: web_sys::PointerEvent| {
        let Some(done) = drag.try_update_value(Option::take).flatten() else { return };
        if done.moved {
            return;
        }
        let found = nearest(share(event.client_x()), f64::from(event.offset_y()));
        match found.and_then(|index| marks.with_untracked(|marks| marks.get(index).cloned())) {
            Some(Cluster { rows, .. }) if rows.len() == 1 => list.cursor.set(Some(rows[0].entry.fingerprint_sha256.clone())),
            Some(Cluster { rows, .. }) => list.brush.set(Some((rows[0].not_after, rows[rows.len() - 1].not_after))),
            None => {
                list.brush.set(None);
                if list.view.get_untracked() == SavedView::Expiring {
                    list.view.set(SavedView::All);
                }
            }
        }
    };

    let drawing = move || {
        let cursor = list.cursor.get();
        marks.with(|marks| {
            let mut svg = String::with_capacity(marks.len() * 220);
            for mark in marks.iter() {
                draw(&mut svg, mark, cursor.as_deref());
            }
            svg
        })
    };
    let brush = move || {
        ends().map(|(from, to)| {
            let mut svg = String::new();
            let _ = write!(svg, r#"<rect class="brush" x="{from:.2}%" y="10" width="{:.2}%" height="44"/>"#, (to - from).max(0.0));
            for x in [from, to].into_iter().filter(|x| (0.5..99.5).contains(x) && (x - TODAY).abs() > 0.2) {
                let _ = write!(svg, r#"<line class="brush-edge" x1="{x:.2}%" x2="{x:.2}%" y1="10" y2="54"/><svg x="{x:.2}%" y="25" overflow="visible"><rect class="grip" x="-3" width="6" height="14" rx="2"/></svg>"#);
            }
            svg
        })
    };
    let scale = move || {
        let end = ends().map(|(_, to)| to);
        let mut svg = format!(r#"<rect class="past" x="0" y="10" width="{TODAY}%" height="44"/>"#);
        for (days, words) in LABELS {
            let x = position((days * 86_400.0) as i64, 0);
            let on = end.is_some_and(|end| (end - x).abs() < 0.4);
            let class = if on { " class=\"t-on\"" } else { "" };
            let _ = write!(
                svg,
                r#"<line class="grid" x1="{x}%" x2="{x}%" y1="10" y2="54"/><text x="{x}%" y="69" text-anchor="middle"{class}>{words}</text>"#
            );
        }
        svg
    };
    let tip = move || {
        let index = hover.get()?;
        marks.with(|marks| marks.get(index).map(|mark| (mark.x, words(mark)))).map(|(x, words)| {
            let class = if x > 70.0 { "axis-tip end" } else { "axis-tip" };
            view! { <div class=class style:left=format!("{x:.2}%")>{words.into_iter().map(|line| view! { <span class="cut">{line}</span> }).collect::<Vec<_>>()}</div> }
        })
    };
    let label = move || {
        format!(
            "Expiry of {} certificates on a time axis{}",
            list.unbrushed.with(|rows| rows.len()),
            list.brush.get().map_or(String::new(), |range| [", brush from ", &range_words(range)].concat())
        )
    };
    view! {
        <figure class="axis">
            <div class="plot" node_ref=figure on:pointerdown=down on:pointermove=moving on:pointerup=up on:pointerleave=move |_| hover.set(None)>
                <svg role="img" aria-label=label>
                    <g prop:innerHTML=scale></g>
                    <g prop:innerHTML=move || brush().unwrap_or_default()></g>
                    <line class="base" x1="0" x2="100%" y1="54.5" y2="54.5"></line>
                    <text class="t-past" x="0" y="69">"past"</text>
                    <g prop:innerHTML=drawing></g>
                    <line class="now" x1="7%" x2="7%" y1="4" y2="59"></line>
                    <text class="t-now" x="7%" y="69" text-anchor="middle">"today"</text>
                </svg>
                {thumb(app, "Brush from", true, ends, set_brush)}
                {thumb(app, "Brush to", false, ends, set_brush)}
                {tip}
            </div>
        </figure>
    }
}

/// Nearness of a mark to the pointer: across counts more than up and down.
fn rank(mark: &Cluster, x: f64, y: f64) -> f64 {
    (mark.x - x).abs() * 6.0 + (mark.y - y).abs()
}

/// One end of the brush for the keyboard: arrows move it, Home and End and Escape take it back.
fn thumb(
    app: App,
    label: &'static str,
    first: bool,
    ends: impl Fn() -> Option<(f64, f64)> + Copy + Send + Sync + 'static,
    set_brush: impl Fn(f64, f64) + Copy + Send + Sync + 'static,
) -> View {
    let at = move || {
        let (from, to) = ends().unwrap_or((0.0, 100.0));
        if first { from } else { to }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let step = if event.shift_key() { 5.0 } else { 1.0 };
        let (from, to) = untrack(ends).unwrap_or((0.0, 100.0));
        let here = if first { from } else { to };
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => here - step,
            "ArrowRight" | "ArrowUp" => here + step,
            "Home" => 0.0,
            "End" => 100.0,
            "Escape" | "Delete" => {
                event.prevent_default();
                app.list.brush.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let next = next.clamp(0.0, 100.0);
        if first { set_brush(next.min(to - 0.5), to) } else { set_brush(from, next.max(from + 0.5)) }
    };
    let words = move || {
        let (from, to) = app.list.brush.get().unwrap_or((i64::MIN, i64::MAX));
        end_words(if first { from } else { to })
    };
    view! {
        <span class="thumb" role="slider" tabindex="0" aria-label=label aria-valuemin="0" aria-valuemax="100" aria-valuenow=move || format!("{:.0}", at()) aria-valuetext=words
            style:left=move || format!("{:.2}%", at()) on:keydown=key></span>
    }
}

fn draw(svg: &mut String, mark: &Cluster, cursor: Option<&str>) {
    let selected = cursor.is_some_and(|cursor| mark.rows.iter().any(|row| row.entry.fingerprint_sha256 == cursor));
    let count = mark.rows.len();
    let weight = 1.5 + (count as f64).ln() * 1.1;
    let class = if selected { " sel" } else { "" };
    let _ = write!(
        svg,
        r#"<svg x="{:.2}%" y="0" overflow="visible" class="tick {}{class}"><line x1="0" x2="0" y1="{}" y2="54" stroke-width="{weight:.1}"/>"#,
        mark.x,
        mark.tone,
        mark.y + 12.0
    );
    if selected {
        let _ = write!(svg, r#"<circle class="halo" cx="0" cy="{}" r="9.5"/>"#, mark.y + 5.0);
    }
    let _ = write!(svg, r##"<svg x="-5" y="{}" width="10" height="10" viewBox="0 0 12 12"><use href="#g-{}"/></svg>"##, mark.y, mark.glyph);
    if count > 1 {
        // Above the mark, or beside the ring of the selected one, which reaches as high.
        let (x, y, anchor) = if selected { (13.0, mark.y + 9.0, "start") } else { (0.0, mark.y - 3.0, "middle") };
        let _ = write!(svg, r#"<text class="many" x="{x}" y="{y}" text-anchor="{anchor}">{}</text>"#, brief(count));
    }
    svg.push_str("</svg>");
}

/// `4.6k`: a number must not be wider than its place.
fn brief(count: usize) -> String {
    if count < 1_000 { count.to_string() } else { format!("{}.{}k", count / 1_000, count % 1_000 / 100) }
}

fn words(mark: &Cluster) -> Vec<String> {
    let rows = &mark.rows;
    if let [row] = rows.as_slice() {
        return vec![row.name.clone(), clock::date(clock::at(row.not_after))];
    }
    let mut lines = vec![format!("{} certificates, {}", rows.len(), range_words((rows[0].not_after, rows[rows.len() - 1].not_after)))];
    lines.extend(rows.iter().take(3).map(|row| row.name.clone()));
    if rows.len() > 3 {
        lines.push(format!("+{} more, click to show them", rows.len() - 3));
    }
    lines
}

/// `21 Nov 2026 to 19 Feb 2027`.
pub fn range_words((from, to): (i64, i64)) -> String {
    [end_words(from), end_words(to)].join(" to ")
}

fn end_words(time: i64) -> String {
    match time {
        i64::MIN => "the beginning".to_owned(),
        i64::MAX => "the end".to_owned(),
        _ => clock::date(clock::at(time)),
    }
}
