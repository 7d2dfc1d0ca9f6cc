//! What the words of a configuration mean, for programs whose manuals are hard to find.

use certdeck_shared::api::plan::TlsProfile;
use certdeck_shared::api::service::{Certainty, Term};
use certdeck_shared::tls_profiles::recommendation;

use crate::components::feedback::callout;
use crate::view::*;

/// A list for each topic, closed until somebody wants it.
pub fn terms(terms: Vec<Term>) -> View {
    let mut topics: Vec<(String, Vec<Term>)> = Vec::new();
    for term in terms {
        match topics.last_mut().filter(|(topic, _)| *topic == term.topic) {
            Some((_, list)) => list.push(term),
            None => topics.push((term.topic.clone(), vec![term])),
        }
    }
    if topics.is_empty() {
        return View::nothing();
    }
    let lists: Vec<View> = topics.into_iter().map(|(topic, list)| topic_view(&topic, list)).collect();
    view! { <section class="sect stack"><h3>"Words of its configuration"</h3>{lists}</section> }
}

fn topic_view(topic: &str, list: Vec<Term>) -> View {
    let advice = (topic == "Cipher").then(advice);
    let rows: Vec<View> = list.into_iter().map(row).collect();
    view! { <details><summary>{[topic, "s"].concat()}</summary><div class="stack">{advice}<dl class="facts">{rows}</dl></div></details> }
}

/// The manual's sentence, and what holds instead.
fn advice() -> View {
    let today = recommendation(TlsProfile::Intermediate).openssl_list().unwrap_or_default();
    let words = view! {
        <p><s>"Unless you have a compelling reason for not using a specific cipher, you should support them all."</s>" So says the manual of 6.3."</p>
        <p>"None of them may be used today. Where newer software is in reach, Mozilla's intermediate profile names: "<code class="break">{today.replace(':', ", ")}</code></p>
    };
    callout("bad", words)
}

fn row(term: Term) -> View {
    let name = if term.obsolete {
        view! { <s><code class="break">{term.name}</code></s> }
    } else {
        view! { <code class="break">{term.name}</code> }
    };
    let sure = match term.certainty {
        Certainty::Manual => "",
        Certainty::Source => "Seen in scripts that use it.",
        Certainty::Remembered => "Not confirmed by a manual.",
    };
    let today = term.today.map(|words| view! { <p class="note">{words}</p> });
    view! { <dt>{name}</dt><dd><p>{term.meaning}</p>{today}<span class="note">{sure}</span></dd> }
}
