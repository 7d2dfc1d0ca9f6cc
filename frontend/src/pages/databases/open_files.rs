//! Who else has a database open: a warning before it is changed.

use crate::view::*;
use certdeck_shared::api::files::{FileUser, FilesReport};

use crate::components::feedback::callout;
use crate::components::form::submission::{Load, load};
use crate::state::App;
use crate::transport::page_client;

/// A callout when other programs have the database open; nothing otherwise, nor for who may not know.
pub fn open_files(app: App, db: String) -> View {
    let slot = RwSignal::new(Load::Waiting);
    let reader = page_client();
    load(app, slot, async move { reader.files(&db).await });
    let content = move || match slot.get() {
        Load::Ready(report) => warning(&report).map(|warning| view! { <section class="sect">{warning}</section> }),
        Load::Waiting | Load::Failed(_) => None,
    };
    view! { {content} }
}

/// What is said of programs that have the files open.
pub fn warning(report: &FilesReport) -> Option<View> {
    if report.open_by.is_empty() {
        return None;
    }
    let named: Vec<View> = report.open_by.iter().map(named).collect();
    Some(callout(
        "warn",
        view! {
            <p><b>"Open in other programs. "</b>"They go on with what they have read; stop them first, or start them again afterwards."</p>
            <ul>{named}</ul>
        },
    ))
}

fn named(user: &FileUser) -> View {
    view! { <li><code>{user.program.clone()}</code>{format!(", process {} of {}: {}", user.pid, user.user, user.files.join(", "))}</li> }
}
