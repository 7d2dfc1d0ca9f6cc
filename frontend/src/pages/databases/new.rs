//! `/databases/new`: an empty database, and beside the form what will be written.

use crate::view::*;
use certdeck_shared::api::database::{NewDatabase, PasswordFiles};
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::password;

use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note, checkbox};
use crate::components::form::submission::Submission;
use crate::components::icon::{glyph, icon};
use crate::ids;
use crate::pages::gate::{again_field, password_field};
use crate::place::Place;
use crate::state::{browser, use_app};
use crate::transport::client;

/// The form's values.
#[derive(Clone, Copy)]
struct Draft {
    path: RwSignal<String>,
    label: RwSignal<String>,
    secret: RwSignal<String>,
    again: RwSignal<String>,
    owner: RwSignal<String>,
    group: RwSignal<String>,
    mode: RwSignal<String>,
    plain: RwSignal<bool>,
    conf: RwSignal<bool>,
    accept_weak: RwSignal<bool>,
}

impl Draft {
    fn new() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            path: empty(),
            label: empty(),
            secret: empty(),
            again: empty(),
            owner: empty(),
            group: empty(),
            mode: RwSignal::new("0700".to_owned()),
            plain: RwSignal::new(true),
            conf: RwSignal::new(true),
            accept_weak: RwSignal::new(false),
        }
    }

    fn ready(self) -> bool {
        let weak = password::weakness(&self.secret.get(), &self.label.get()).is_some();
        is_absolute(&self.path.get())
            && is_mode(&self.mode.get())
            && self.secret.get() == self.again.get()
            && (!weak || self.accept_weak.get())
    }

    fn body(self, password: String) -> NewDatabase {
        let given = |text: RwSignal<String>| Some(text.get().trim().to_owned()).filter(|text| !text.is_empty());
        NewDatabase::Create {
            path: self.path.get().trim().to_owned(),
            label: given(self.label),
            password,
            owner: given(self.owner),
            group: given(self.group),
            mode: given(self.mode),
            password_files: PasswordFiles { plain: self.plain.get(), sslpassword_conf: self.conf.get() },
            accept_weak_password: self.accept_weak.get(),
        }
    }
}

fn is_absolute(path: &str) -> bool {
    path.trim().starts_with('/') && path.trim().len() > 1
}

fn is_mode(mode: &str) -> bool {
    let digits = mode.trim();
    (3..=4).contains(&digits.len()) && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit))
}

/// `/databases/new`.
pub fn new_database_page() -> View {
    let app = use_app();
    let draft = Draft::new();
    let submission = Submission::new();
    let faults = submission.faults;
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let body = untrack(move || draft.body(draft.secret.get()));
        submission.run(async move { client().add_database(&body).await }, move |database| {
            app.announce("Created");
            app.refresh_databases();
            app.go(&Place::Certificates(database.id));
        });
    };
    let path_note = Signal::derive(move || {
        let path = draft.path.get();
        (!path.is_empty() && !is_absolute(&path)).then(|| Note::warn("An absolute path, beginning with /."))
    });
    let mode_note = Signal::derive(move || {
        let mode = draft.mode.get();
        let others = mode.trim().chars().last().is_some_and(|digit| digit != '0');
        if !is_mode(&mode) {
            Some(Note::bad("Three or four octal digits, such as 0700."))
        } else if others {
            Some(Note::warn("Everybody on this host gets in."))
        } else {
            None
        }
    });
    browser::focus_soon(ids::DATABASE_PATH);
    let weak = move || {
        !draft.secret.get().is_empty() && password::weakness(&draft.secret.get(), &draft.label.get()).is_some()
            || faults.get().is_some_and(|error| error.code() == Some(ProblemCode::PasswordWeak))
    };
    view! {
        <div class="panes halves">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=submit>
                    <div class="pane-head"><h2>"New database"</h2><a class="btn plain push" href="/databases">"Cancel"</a></div>
                    <div class="pane-body">
                        <section class="sect"><h3>"Where"</h3><div class="form">
                            {Field::text(ids::DATABASE_PATH, "Directory on the server", draft.path).placeholder("/etc/pki/mail").hint("Made if it is not there. One that holds a database is refused.").note(path_note).faults(faults, "/path").required().view()}
                            {Field::text(ids::DATABASE_LABEL, "Name for people", draft.label).hint("The last part of the path when empty.").faults(faults, "/label").view()}
                        </div></section>
                        <section class="sect"><h3>"Password"</h3><div class="form">
                            {password_field("Password", draft.secret, draft.label.into(), submission)}
                            {again_field(draft.secret, draft.again)}
                            {move || weak().then(|| checkbox("Take this password all the same", "It will be flagged on the list of databases.", draft.accept_weak))}
                        </div></section>
                        <section class="sect"><div class="sect-head"><h3>"Who owns it"</h3><span class="note">"Empty: the account the console runs as"</span></div><div class="form">
                            {Field::text(ids::DATABASE_OWNER, "Owner", draft.owner).class("field f2").placeholder("mailsrv").faults(faults, "/owner").view()}
                            {Field::text(ids::DATABASE_GROUP, "Group", draft.group).class("field f2").placeholder("mail").faults(faults, "/group").view()}
                            {Field::text(ids::DATABASE_MODE, "Mode of the directory", draft.mode).class("field f2").note(mode_note).faults(faults, "/mode").view()}
                        </div></section>
                        <section class="sect stack"><h3>"Password files"</h3>
                            {checkbox("password.txt", "The password alone, for certutil -f.", draft.plain)}
                            {checkbox("sslpassword.conf", "Internal (Software) Token:password, for the servers.", draft.conf)}
                            {faults.callout()}
                        </section>
                    </div>
                    <div class="pane-foot actions">
                        {submission.button("plus", "Create database", Signal::derive(move || draft.ready()))}
                        <span class="push wide-only">{crate::components::icon::hint("Tab", "next field")}</span>
                    </div>
                </form>
            </main>
            <aside class="pane quiet" aria-label="What will be written">
                <div class="pane-head"><h2>"What will be written"</h2><span class="push note wide-only">"Nothing yet"</span></div>
                <div class="pane-body"><section class="sect">{move || files(draft)}</section></div>
                {glass(move || Action::CreateDatabase { body: draft.body(String::new()) })}
            </aside>
        </div>
    }
}

fn files(draft: Draft) -> View {
    let path = draft.path.get();
    let path = if is_absolute(&path) { path.trim().trim_end_matches('/').to_owned() } else { "/…".to_owned() };
    let name = |given: String, otherwise: &str| if given.trim().is_empty() { otherwise.to_owned() } else { given.trim().to_owned() };
    let owner = name(draft.owner.get(), "the console’s account");
    let group = name(draft.group.get(), "its primary group");
    let mode = if is_mode(&draft.mode.get()) { draft.mode.get().trim().to_owned() } else { "0700".to_owned() };
    let bits = u32::from_str_radix(&mode, 8).unwrap_or(0o700);
    let file_mode = format!("{:04o}", bits & 0o666);
    let mut rows = vec![(format!("{path}/"), mode, "the directory")];
    rows.push(("cert9.db".to_owned(), file_mode.clone(), "certificates and trust, empty"));
    rows.push(("key4.db".to_owned(), file_mode.clone(), "private keys, encrypted with the password"));
    rows.push(("pkcs11.txt".to_owned(), file_mode, "modules"));
    if draft.plain.get() {
        rows.push(("password.txt".to_owned(), "0600".to_owned(), "the password, for certutil -f"));
    }
    if draft.conf.get() {
        rows.push(("sslpassword.conf".to_owned(), "0600".to_owned(), "the password by token name"));
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(file, mode, words)| view! { <li>{icon("file")}<code>{file}</code><code class="faint">{mode}</code><span class="note">{words}</span></li> })
        .collect();
    view! {
        <ul class="files">{rows}</ul>
        <p class="note gap-top">{format!("All of it belongs to {owner}, group {group}.")}</p>
        {(draft.plain.get() || draft.conf.get()).then(|| callout("live", "A password file lets services start unattended, and whoever reads it use the keys. Both are 0600."))}
        <p class="verdict ok gap-top">{glyph("ok")}<span>"An existing database is never overwritten."</span></p>
    }
}
