//! What a merge would do, or did: counts, what clashes, what stays behind, and each object.

use crate::view::*;
use certdeck_shared::api::merge::{
    KeyMergeOutcome, MergeOutcome, MergeReport, MergedCertificate, MergedKey, MergedRevocationList, MergedSmimeProfile, RecordMergeOutcome,
};

use crate::components::icon::{glyph, state, toned_glyph};
use crate::place::Place;
use crate::state::clock;

/// Rows of certificates that are drawn; the counts are of all.
const SHOWN: usize = 500;

/// A report in numbers.
pub struct Summary {
    /// Objects that are written.
    pub writes: usize,
    /// In words.
    pub words: String,
}

/// Counts.
pub fn summary(report: &MergeReport) -> Summary {
    let certificates = |outcome| report.certificates.iter().filter(|one| one.outcome == outcome).count();
    let keys = report.keys.iter().filter(|key| key.is_added()).count();
    let lists = report.revocation_lists.iter().filter(|one| one.outcome == RecordMergeOutcome::Added).count();
    let profiles = report.smime_profiles.iter().filter(|one| one.outcome == RecordMergeOutcome::Added).count();
    let (added, trusted, present) =
        (certificates(MergeOutcome::Added), certificates(MergeOutcome::TrustAdded), certificates(MergeOutcome::Present));
    let mut parts = vec![counted(added, "new certificate", "new certificates")];
    parts.push(counted(keys, "private key", "private keys"));
    for (count, one, several) in [
        (trusted, "certificate gets trust", "certificates get trust"),
        (lists, "revocation list", "revocation lists"),
        (profiles, "S/MIME profile", "S/MIME profiles"),
        (present, "certificate here already", "certificates here already"),
    ] {
        if count > 0 {
            parts.push(counted(count, one, several));
        }
    }
    Summary { writes: added + keys + trusted + lists + profiles, words: parts.join(", ") }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

/// The report of the database `db`.
pub fn report(db: &str, report: &MergeReport) -> View {
    let first = (!report.applied).then(|| {
        let words = summary(report).words;
        view! { <section class="sect"><p class="verdict">{glyph("info")}<span><b>"Would come over: "</b>{words}</span></p></section> }
    });
    view! {
        {first}
        {words("What both have and say differently", "soon", "warn", &report.conflicts)}
        {words("Stays behind", "none", "off", &report.left_behind)}
        {keys(&report.keys)}
        {certificates(db, report)}
        {lists(&report.revocation_lists)}
        {profiles(&report.smime_profiles)}
    }
}

fn words(title: &'static str, symbol: &'static str, tone: &'static str, words: &[String]) -> Option<View> {
    let items: Vec<View> = words.iter().map(|words| view! { <li>{toned_glyph(symbol, tone)}<span>{words.clone()}</span></li> }).collect();
    (!items.is_empty()).then(|| view! { <section class="sect"><h3>{title}</h3><ul class="checks">{items}</ul></section> })
}

fn certificates(db: &str, report: &MergeReport) -> Option<View> {
    let row = |one: &MergedCertificate| {
        let name = one
            .nickname
            .clone()
            .or_else(|| one.source_nickname.clone())
            .unwrap_or_else(|| one.fingerprint_sha256.chars().take(16).collect());
        let called = one.source_nickname.clone().filter(|source| *source != name).map(|source| format!("{source} in the source"));
        let here = report.applied || matches!(one.outcome, MergeOutcome::Present | MergeOutcome::TrustAdded);
        let name = if here && one.outcome != MergeOutcome::SerialNumberReused {
            view! { <a href=Place::Certificate(db.to_owned(), one.fingerprint_sha256.clone()).path()>{name}</a> }
        } else {
            view! { <b>{name}</b> }
        };
        let trust = if one.trust == one.source_trust { one.trust.clone() } else { format!("{} (source {})", one.trust, one.source_trust) };
        view! { <tr><td class="r-state">{outcome_of(one.outcome)}</td><td class="r-name">{name}</td><td class="r-sub">{called}</td><td class="r-end"><code>{trust}</code></td></tr> }
    };
    let rows: Vec<View> = report.certificates.iter().take(SHOWN).map(row).collect();
    let more = report.certificates.len().saturating_sub(SHOWN);
    (!rows.is_empty()).then(|| view! {
        <section class="sect flush"><h3>"Certificates"</h3>
        <table class="grid rows merged"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Nickname here"</th><th scope="col">"Nickname there"</th><th scope="col">"Trust"</th></tr></thead><tbody>{rows}</tbody></table>
        {(more > 0).then(|| view! { <p class="note">{format!("{more} more are not shown.")}</p> })}</section>
    })
}

fn outcome_of(outcome: MergeOutcome) -> View {
    match outcome {
        MergeOutcome::Added => state("ok", "ok", "New"),
        MergeOutcome::Present => state("dot", "off", "Already here"),
        MergeOutcome::TrustAdded => state("ok", "ok", "Trust added"),
        MergeOutcome::SerialNumberReused => state("expired", "bad", "Left out"),
    }
}

fn keys(keys: &[MergedKey]) -> Option<View> {
    let row = |key: &MergedKey| {
        let outcome = match key.outcome {
            KeyMergeOutcome::Added => state("ok", "ok", "New"),
            KeyMergeOutcome::Present => state("dot", "off", "Already here"),
            KeyMergeOutcome::LeftBehind => state("none", "off", "Stays behind"),
        };
        let label = key.label.clone().unwrap_or_else(|| "no label".to_owned());
        view! { <tr><td class="r-state">{outcome}</td><td class="r-name"><b>{label}</b></td><td class="r-sub"><code>{key.id.clone()}</code></td><td class="r-end">{key.algorithm.clone()}</td></tr> }
    };
    let rows: Vec<View> = keys.iter().map(row).collect();
    (!rows.is_empty()).then(|| view! {
        <section class="sect flush"><h3>"Private keys"</h3>
        <table class="grid rows merged"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Label"</th><th scope="col">"CKA_ID"</th><th scope="col">"Kind"</th></tr></thead><tbody>{rows}</tbody></table></section>
    })
}

fn record_of(outcome: RecordMergeOutcome) -> View {
    match outcome {
        RecordMergeOutcome::Added => state("ok", "ok", "New"),
        RecordMergeOutcome::Present => state("dot", "off", "Already here"),
    }
}

fn lists(lists: &[MergedRevocationList]) -> Option<View> {
    let row = |list: &MergedRevocationList| {
        let of = list.this_update.map(|at| ["of ", &clock::date(at)].concat());
        let due = list.next_update.map(|at| ["next due ", &clock::date(at)].concat());
        view! { <tr><td class="r-state">{record_of(list.outcome)}</td><td class="r-name"><b>{list.issuer.clone()}</b></td><td class="r-sub">{of}</td><td class="r-end">{due}</td></tr> }
    };
    let rows: Vec<View> = lists.iter().map(row).collect();
    (!rows.is_empty()).then(|| view! {
        <section class="sect flush"><h3>"Revocation lists"</h3>
        <table class="grid rows merged"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Issuer"</th><th scope="col">"Made"</th><th scope="col">"Next"</th></tr></thead><tbody>{rows}</tbody></table></section>
    })
}

fn profiles(profiles: &[MergedSmimeProfile]) -> Option<View> {
    let row = |profile: &MergedSmimeProfile| {
        view! { <tr><td class="r-state">{record_of(profile.outcome)}</td><td class="r-name"><b>{profile.email.clone()}</b></td><td class="r-sub">{profile.subject.clone()}</td><td class="r-end"></td></tr> }
    };
    let rows: Vec<View> = profiles.iter().map(row).collect();
    (!rows.is_empty()).then(|| view! {
        <section class="sect flush"><h3>"S/MIME profiles"</h3>
        <table class="grid rows merged"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Address"</th><th scope="col">"Subject"</th><th scope="col"></th></tr></thead><tbody>{rows}</tbody></table></section>
    })
}
