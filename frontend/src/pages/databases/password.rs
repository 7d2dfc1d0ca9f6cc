//! The password of one database: the files that hold it, what is wrong with them, and its change.

use crate::view::*;
use certdeck_shared::api::database::Database;
use certdeck_shared::api::password::{Finding, PasswordChange, PasswordFile, PasswordReport, Severity};
use certdeck_shared::password::{strength, weakness};

use super::actions::plain_submit;
use super::open_files::open_files;
use crate::components::data::copy::copy_button;
use crate::components::data::glass::{Action, glass_of_form};
use crate::components::feedback::callout;
use crate::components::form::field::{Field, Note, checkbox};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{icon, state, toned_glyph};
use crate::ids;
use crate::state::{App, use_app};
use crate::transport::{client, page_client};

/// The section of the pane; `admin` may change the password.
pub fn password_section(database: Database, admin: bool) -> View {
    let app = use_app();
    let id = StoredValue::new(database.id.clone());
    let slot = RwSignal::new(Load::Waiting);
    let changing = RwSignal::new(false);
    let read = move || {
        let (id, reader) = (id.get_value(), page_client());
        load(app, slot, async move { reader.password_report(&id).await });
    };
    read();
    let label = StoredValue::new(database.label.clone());
    let form = move || changing.get().then(|| change_form(app, id, label, changing));
    view! {
        <section class="sect stack" aria-label="Password">
            <div class="sect-head"><h3>"Password"</h3>
                {admin.then(|| view! { <button class="btn push" type="button" aria-expanded=move || changing.get().to_string() on:click=move |_| changing.update(|changing| *changing = !*changing)>{icon("edit")}"Change"</button> })}
            </div>
            {form}
            {loaded(slot, 2, Callback::new(move |()| read()), report)}
        </section>
    }
}

fn report(report: PasswordReport) -> View {
    let unfinished = report.unfinished_change.map(|words| callout("bad", words));
    if report.files.is_empty() {
        return view! { {unfinished}<p class="note">"No password file lies beside the database."</p> };
    }
    let files: Vec<View> = report.files.into_iter().map(file).collect();
    view! { {unfinished}<ul class="people">{files}</ul> }
}

fn file(file: PasswordFile) -> View {
    let name = file.path.rsplit('/').next().unwrap_or_default().to_owned();
    let standing = match file.opens {
        Some(true) => state("ok", "ok", "opens"),
        Some(false) => state("expired", "bad", "wrong"),
        None => state("none", "off", "not tried"),
    };
    let words = [file.owner.as_str(), ":", &file.group, " ", &file.mode, if file.for_certutil { ", for certutil -f" } else { "" }].concat();
    let findings: Vec<View> = file.findings.into_iter().map(finding).collect();
    let findings = (!findings.is_empty()).then(|| view! { <div class="ask">{findings}</div> });
    view! {
        <li>
            {icon("file")}
            <span><b title=file.path>{name}</b><span class="note">{words}</span></span>
            <span class="small">{standing}</span>
            {findings}
        </li>
    }
}

fn finding(finding: Finding) -> View {
    let (glyph, tone) = match finding.severity {
        Severity::Error => ("expired", "bad"),
        Severity::Warning => ("soon", "warn"),
        Severity::Note => ("info", "live"),
    };
    let place = finding.line.map(|line| ["Line ", &line.to_string(), ": "].concat()).unwrap_or_default();
    let cure = finding.cure.clone();
    view! {
        <div class="small">
            <span class="row tight">{toned_glyph(glyph, tone)}<span>{place}{finding.message}</span></span>
            <span class="note row tight"><span>"Cure: "{finding.cure}</span>{copy_button("the cure", move || cure.clone())}</span>
        </div>
    }
}

fn change_form(app: App, id: StoredValue<String>, label: StoredValue<String>, open: RwSignal<bool>) -> View {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    let accept = RwSignal::new(false);
    let submission = Submission::new();
    let judged = move || new.with(|new| weakness(new, &label.get_value()));
    let note = Signal::derive(move || {
        let text = new.get();
        match judged() {
            _ if text.is_empty() => None,
            Some(weakness) => Some(Note::warn(weakness.to_string())),
            None => Some(Note::ok(strength(&text))),
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let id = id.get_value();
        let change = PasswordChange {
            current_password: Some(current.get_untracked()),
            new_password: new.get_untracked(),
            accept_weak_password: accept.get_untracked(),
            ..PasswordChange::default()
        };
        submission.run(async move { client().change_password(&id, &change).await }, move |_| {
            open.set(false);
            app.announce("Password changed, in every file that held it");
            app.refresh_databases();
        });
    };
    let weak = move || (!new.with(String::is_empty) && judged().is_some()).then(|| checkbox("Take it all the same", "", accept));
    let same = move || new.with(|new| again.with(|again| new == again));
    let repeated = Signal::derive(move || (!again.with(String::is_empty) && !same()).then(|| Note::warn("Not the same yet.")));
    let ready = Signal::derive(move || !new.with(String::is_empty) && same() && (accept.get() || judged().is_none()));
    view! {
        <form class="ask" on:submit=submit>
            {open_files(app, id.get_value())}
            <p class="note">"Changes the database and every password file beside it that holds the password, all or none. Servers read the file at their next start; those that run keep what they have read."</p>
            {Field::password(ids::CURRENT_PASSWORD, "Password now", current, "off").hint("Empty when there is none.").faults(submission.faults, "/current_password").view()}
            {Field::password(ids::DATABASE_NEW_PASSWORD, "New password", new, "off").note(note).faults(submission.faults, "/new_password").view()}
            {Field::password(ids::DATABASE_PASSWORD_AGAIN, "New password again", again, "off").note(repeated).view()}
            {weak}
            {submission.faults.callout()}
            <div class="row">{plain_submit(submission, "Change the password", ready)}<button class="btn plain" type="button" on:click=move |_| open.set(false)>"Cancel"</button></div>
            {glass_of_form(|| Action::ChangePassword)}
        </form>
    }
}
