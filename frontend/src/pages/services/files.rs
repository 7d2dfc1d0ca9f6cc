//! The files that the endpoints name: whose they are, what is in them, what is wrong.

use crate::view::*;
use certdeck_shared::api::service::{FileKey, NamedFile};

use crate::components::icon::{glyph, icon};
use crate::state::{App, clock};

/// `root:ssl-cert 0640`.
pub fn rights(owner: &str, group: &str, mode: &str) -> View {
    view! { <span>{[owner, ":", group, " "].concat()}<code>{mode.to_owned()}</code></span> }
}

/// The section of files.
pub fn files(app: App, files: Vec<NamedFile>) -> View {
    if files.is_empty() {
        return View::nothing();
    }
    let rows: Vec<_> = files.into_iter().map(|file| row(app, file)).collect();
    view! { <section class="sect stack"><h3>"Certificates and keys on disk"</h3><ul class="listed">{rows}</ul></section> }
}

fn row(app: App, file: NamedFile) -> View {
    let now = app.now.get_untracked();
    let key = match file.key {
        Some(FileKey::Plain) => Some("a private key"),
        Some(FileKey::Encrypted) => Some("an encrypted private key"),
        None => None,
    };
    let certificates: Vec<_> = file
        .certificates
        .iter()
        .map(|certificate| {
            let words =
                format!("{}, issued by {}, ends {}", certificate.subject, certificate.issuer, clock::relative(certificate.not_after, now));
            view! { <span class="note break" title=clock::exact(certificate.not_after)>{words}</span> }
        })
        .collect();
    let links: Vec<_> = file.links.iter().map(|link| view! { <span class="note break">{["Link: ", link].concat()}</span> }).collect();
    let findings: Vec<_> =
        file.findings.iter().map(|words| view! { <span class="state bad">{glyph("expired")}{words.clone()}</span> }).collect();
    let picture = if file.key.is_some() { "key" } else { "certificate" };
    let rights =
        file.owner.as_ref().zip(file.group.as_ref()).zip(file.mode.as_ref()).map(|((owner, group), mode)| rights(owner, group, mode));
    let holds = file.directory.then_some("A directory of certificates").or(file.key_store.then_some("A key store")).or(key);
    view! {
        <li>
            {icon(picture)}
            <span><code class="break">{file.path.clone()}</code>{links}{certificates}{holds.map(|words| view! { <span class="note">{words}</span> })}{findings}</span>
            <span class="small">{rights}</span>
        </li>
    }
}
