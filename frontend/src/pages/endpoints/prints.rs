//! The certificate in its four places: database, file, process, wire.

use certdeck_shared::api::endpoint::{Agreement, FourPrints, Mark, Print};
use certdeck_shared::x509::fingerprint::colons;

use crate::components::data::copy::copy_button;
use crate::view::*;

/// The four marks beside one another, as D F P W.
pub fn four(agreement: Agreement) -> View {
    let marks = [("database", agreement.database), ("file", agreement.file), ("process", agreement.process), ("wire", agreement.wire)];
    let spoken: Vec<String> = marks.iter().map(|(place, mark)| [*place, " ", word(*mark)].concat()).collect();
    let shapes: Vec<View> = marks.iter().enumerate().map(|(place, (_, mark))| shape(*mark, place * 16)).collect();
    let label = spoken.join(", ");
    view! { <svg class="four" viewBox="0 0 62 14" role="img" aria-label=label>{shapes}</svg> }
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Same => "the same",
        Mark::Differs => "differs",
        Mark::None => "none",
        Mark::Unknown => "unknown",
    }
}

/// Filled square, diamond, hollow square, dashed square.
fn shape(mark: Mark, x: usize) -> View {
    let (class, path) = match mark {
        Mark::Same => ("same", format!("M{} 2h10v10h-10z", x + 2)),
        Mark::Differs => ("differs", format!("M{} 1.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z", x + 7)),
        Mark::None => ("none", format!("M{}.5 2.5h9v9h-9z", x + 2)),
        Mark::Unknown => ("unknown", format!("M{}.5 2.5h9v9h-9z", x + 2)),
    };
    view! { <path class=class d=path></path> }
}

/// Each place with what lies there and how that is known.
pub fn prints(prints: &FourPrints) -> View {
    let rows = [("Database", &prints.database), ("File", &prints.file), ("Process", &prints.process), ("Wire", &prints.wire)]
        .map(|(place, print)| row(place, print));
    view! { <ul class="prints">{rows.into_iter().collect::<Vec<_>>()}</ul> }
}

fn row(place: &'static str, print: &Print) -> View {
    let tone = if print.mark == Mark::Differs { "bad" } else { "" };
    let value = match &print.fingerprint_sha256 {
        Some(hex) => {
            let whole = colons(hex);
            view! { <span class=tone><code title=whole.clone()>{shortened(&whole)}</code>{copy_button("the fingerprint", move || whole.clone())}</span> }
        }
        None => view! { <span class="faint">{word(print.mark)}</span> },
    };
    let differs = (print.mark == Mark::Differs).then_some(", differs");
    view! {
        <li>
            <svg class="four one" viewBox="0 0 14 14" aria-hidden="true">{shape(print.mark, 0)}</svg>
            <b class=tone>{place}<span class="small">{differs}</span></b>
            {value}
            <span class="sub break">{print.words.clone()}</span>
        </li>
    }
}

/// The first and the last bytes.
fn shortened(whole: &str) -> String {
    let (head, tail) = (whole.get(..11).unwrap_or_default(), whole.get(whole.len().saturating_sub(5)..).unwrap_or_default());
    [head, " … ", tail].concat()
}
