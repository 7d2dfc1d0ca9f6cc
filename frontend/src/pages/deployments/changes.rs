//! What changes: files before and after, settings as a difference.

use crate::view::*;
use certdeck_shared::api::plan::{AttributeChange, DiffLine, DiffSign, FileChange, FilePurpose, FileState, PlanPart};

/// The section of what changes on disk and in cn=config.
pub fn changes(part: &PlanPart) -> View {
    if part.files.is_empty() && part.attributes.is_empty() {
        return view! { <section class="sect"><h3>"What changes"</h3><p class="note">"No file: everything on disk is as it shall be."</p></section> };
    }
    let (new, replaced): (Vec<&FileChange>, Vec<&FileChange>) = part.files.iter().partition(|file| file.before.is_none());
    let mut words = Vec::new();
    for (number, one, several) in [
        (replaced.len(), "file replaced", "files replaced"),
        (new.len(), "made", "made"),
        (part.attributes.len(), "attribute written", "attributes written"),
    ] {
        match number {
            0 => {}
            1 => words.push(["1 ", one].concat()),
            number => words.push(format!("{number} {several}")),
        }
    }
    let files: Vec<_> = part.files.iter().map(file).collect();
    let attributes = (!part.attributes.is_empty()).then(|| attributes(&part.attributes));
    view! {
        <section class="sect"><div class="sect-head"><h3>"What changes"</h3><span class="note">{words.join(", ")}</span></div>{files}{attributes}</section>
    }
}

fn rights(state: &FileState) -> String {
    [&state.owner, ":", &state.group, " ", &state.mode].concat()
}

/// Owner and mode, and how they change.
fn whose(change: &FileChange) -> View {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if rights(before) == rights(after) => {
            let words = [&rights(after), ", kept"].concat();
            view! { <span class="push faint nowrap">{words}</span> }
        }
        (Some(before), Some(after)) => {
            view! { <span class="push nowrap ba"><del>{rights(before)}</del>" "<ins>{rights(after)}</ins></span> }
        }
        (None, Some(after)) => view! { <span class="push faint nowrap">{["new, ", &rights(after)].concat()}</span> },
        (_, None) => view! { <span class="push faint nowrap">"goes"</span> },
    }
}

fn file(change: &FileChange) -> View {
    let kind = match change.purpose {
        FilePurpose::Configuration => "settings",
        FilePurpose::Certificate => "certificate",
        FilePurpose::Key => "key",
        FilePurpose::KeyAndCertificate => "key and certificate",
        FilePurpose::Chain => "chain",
        FilePurpose::ClientCa => "CA for clients",
        FilePurpose::KeyStore => "key store",
        FilePurpose::Directory => "directory",
    };
    let link = change.before.as_ref().and_then(|before| before.link.clone());
    let link = link.map(
        |link| view! { <p class="note">{["The symbolic link to ", &link, " is replaced, what it leads to is not touched."].concat()}</p> },
    );
    let mut lines: Vec<View> = Vec::new();
    for hunk in &change.hunks {
        lines.extend(hunk.lines.iter().map(line));
    }
    if change.hunks.is_empty() {
        let of = |state: &Option<FileState>| state.as_ref().map(|state| state.words.clone()).unwrap_or_default();
        let (before, after) = (of(&change.before), of(&change.after));
        if before == after {
            lines.extend(before.iter().map(|words| row("", "", " ", words)));
        } else {
            lines.extend(before.iter().map(|words| row("d", "", "−", words)));
            lines.extend(after.iter().map(|words| row("a", "", "+", words)));
        }
    }
    view! {
        <div class="diff"><header><code class="cut" title=change.path.clone()>{change.path.clone()}</code><span class="tag">{kind}</span>{whose(change)}</header>{lines}</div>{link}
    }
}

fn line(line: &DiffLine) -> View {
    let (class, sign) = match line.sign {
        DiffSign::Kept => ("", " "),
        DiffSign::Removed => ("d", "−"),
        DiffSign::Added => ("a", "+"),
    };
    row(class, &line.number.to_string(), sign, &line.text)
}

/// A line of a difference; readers hear the sign as a word.
fn row(class: &'static str, number: &str, sign: &'static str, text: &str) -> View {
    let spoken = match class {
        "a" => "comes: ",
        "d" => "goes: ",
        _ => "",
    };
    view! { <div class=class><span aria-hidden="true">{number.to_owned()}</span><span aria-hidden="true">{sign}</span><span><span class="sr">{spoken}</span>{text.to_owned()}</span></div> }
}

fn attributes(changes: &[AttributeChange]) -> View {
    let mut lines: Vec<View> = Vec::new();
    for change in changes {
        let named = |value: &String| [&change.name, ": ", value].concat();
        if change.before == change.after {
            lines.extend(change.after.iter().map(|value| row("", "", "=", &named(value))));
        } else {
            lines.extend(change.before.iter().map(|value| row("d", "", "−", &named(value))));
            lines.extend(change.after.iter().map(|value| row("a", "", "+", &named(value))));
        }
    }
    view! {
        <div class="diff"><header><code>"cn=config"</code><span class="push faint nowrap">"in one modify"</span></header>{lines}</div>
        <p class="note">"What stays the same is written, too: slapd reads the files anew then."</p>
    }
}
