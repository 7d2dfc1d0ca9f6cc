//! `/databases/:db/conversion`: cert9.db, key4.db and pkcs11.txt beside cert8.db, key3.db and secmod.db; what is there first, then what came over.

use crate::view::*;
use certdeck_shared::api::conversion::{Conversion, ConversionPreview, ConversionReport, Holdings};

use super::open_files::open_files;
use crate::components::data::facts::{Fact, fact, fact_code, facts};
use crate::components::data::glass::{Action, glass};
use crate::components::feedback::callout;
use crate::components::form::field::Field;
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{glyph, icon, state, toned_glyph};
use crate::ids;
use crate::place::Place;
use crate::state::{App, use_app};
use crate::transport::{client, page_client};

#[derive(Clone, Copy)]
struct Page {
    app: App,
    db: StoredValue<String>,
    preview: RwSignal<Load<ConversionPreview>>,
    password: RwSignal<String>,
    submission: Submission,
    report: RwSignal<Option<ConversionReport>>,
}

impl Page {
    fn read(self) {
        let (db, reader) = (self.db.get_value(), page_client());
        load(self.app, self.preview, async move { reader.conversion_preview(&db).await });
    }

    fn convert(self) {
        let (db, conversion) = (self.db.get_value(), Conversion { password: self.password.get_untracked() });
        self.submission.run(async move { client().convert(&db, &conversion).await }, move |report| {
            self.app.announce("Converted");
            self.app.refresh_databases();
            self.password.set(String::new());
            self.report.set(Some(report));
        });
    }
}

/// `/databases/:db/conversion`.
pub fn conversion_page(db: String) -> View {
    let page = Page {
        app: use_app(),
        db: StoredValue::new(db),
        preview: RwSignal::new(Load::Waiting),
        password: RwSignal::new(String::new()),
        submission: Submission::new(),
        report: RwSignal::new(None),
    };
    page.read();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        page.convert();
    };
    let body = move || match page.report.get() {
        Some(report) => done(&page.db.get_value(), report),
        None => loaded(page.preview, 5, Callback::new(move |()| page.read()), move |preview| before(page, preview)),
    };
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <form class="pane-form" on:submit=submit>
                    <div class="pane-head"><a class="btn plain icon" href="/databases" aria-label="Back to the databases">{icon("back")}</a>
                        <h2 class="cut">"Convert "{move || page.app.database().map(|database| database.label)}" to cert9.db"</h2></div>
                    <div class="pane-body">{body}</div>
                    {move || (page.report.with(Option::is_none) && page.preview.with(|preview| matches!(preview, Load::Ready(_)))).then(|| view! {
                        <div class="pane-foot actions">{page.submission.button("renew", "Convert", Signal::stored(true))}<span class="note cut">"The old files stay as they are"</span></div>
                    })}
                </form>
                {glass(|| Action::ConvertDatabase)}
            </main>
        </div>
    }
}

fn before(page: Page, preview: ConversionPreview) -> View {
    let mut rows = vec![fact_code("Directory", preview.path)];
    rows.extend(holdings(preview.holds));
    let modules = preview.modules.into_iter().map(|module| format!("{} ({})", module.name, module.library)).collect::<Vec<_>>();
    rows.push(fact("Modules", if modules.is_empty() { "none but NSS’s own".to_owned() } else { modules.join(", ") }));
    let password = if preview.password_needed {
        Field::password(ids::CONVERT_PASSWORD, "Password of the old database", page.password, "off")
            .class("field f3")
            .hint("The new files get the same. The keys come over with it only.")
            .faults(page.submission.faults, "/password")
            .view()
    } else {
        callout("warn", "The old database has no password, and the new one will have none.")
    };
    view! {
        <section class="sect stack">
            <p class="note">"Makes cert9.db, key4.db and pkcs11.txt beside cert8.db, key3.db and secmod.db, which stay as they are. NSS of today writes the new ones only."</p>
            {facts(vec![("In the old files", rows)])}
        </section>
        {open_files(page.app, page.db.get_value())}
        <section class="sect stack"><div class="form">{password}</div>{page.submission.faults.callout()}</section>
    }
}

fn holdings(holds: Holdings) -> Vec<Fact> {
    vec![
        fact("Certificates", holds.certificates.to_string()),
        fact("Trust", counted(holds.trust, "record")),
        fact("Private keys", holds.private_keys.map_or_else(|| "shown for the password only".to_owned(), |keys| keys.to_string())),
        fact("Revocation", counted(holds.revocation_lists, "list")),
        fact("S/MIME", counted(holds.smime_profiles, "profile")),
    ]
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn done(db: &str, report: ConversionReport) -> View {
    let verdict = if report.complete {
        view! { <p class="verdict ok">{glyph("ok")}<span><b>"Converted. "</b>"Everything came over."</span></p> }
    } else {
        let items: Vec<View> =
            report.differences.iter().map(|words| view! { <li>{toned_glyph("soon", "warn")}<span>{words.clone()}</span></li> }).collect();
        view! { <p class="verdict">{glyph("soon")}<span><b>"Converted, "</b>"and this did not come over as it was:"</span></p><ul class="checks">{items}</ul> }
    };
    let came = |converted: bool| if converted { state("ok", "ok", "Here") } else { state("expired", "bad", "Missing") };
    let mut rows: Vec<View> = Vec::new();
    for one in report.certificates {
        let name = one.nickname.unwrap_or_else(|| one.fingerprint_sha256.chars().take(16).collect());
        rows.push(view! { <tr><td class="r-state">{came(one.converted)}</td><td class="r-name"><a href=Place::Certificate(db.to_owned(), one.fingerprint_sha256).path()>{name}</a></td><td class="r-sub">"certificate"</td><td class="r-end"><code>{one.other_trust.unwrap_or(one.trust)}</code></td></tr> });
    }
    for key in report.keys {
        rows.push(view! { <tr><td class="r-state">{came(key.converted)}</td><td class="r-name"><b>{key.label.unwrap_or_else(|| "no label".to_owned())}</b></td><td class="r-sub">"private key "<code>{key.id}</code></td><td class="r-end">{key.algorithm}</td></tr> });
    }
    for module in report.modules {
        rows.push(view! { <tr><td class="r-state">{came(module.converted)}</td><td class="r-name"><b>{module.name}</b></td><td class="r-sub">"module "<code>{module.library}</code></td><td class="r-end"></td></tr> });
    }
    let lists = [counted(report.new.revocation_lists, "revocation list"), counted(report.new.smime_profiles, "S/MIME profile")].join(", ");
    view! {
        <section class="sect stack" role="status">
            {verdict}
            <p class="note">{lists}" in the new files. The old files are still in "<code>{report.path}</code>" and are not used any more."</p>
            <div class="row"><a class="btn primary" href=Place::Certificates(db.to_owned()).path()>{icon("certificate")}"Certificates"</a></div>
        </section>
        <section class="sect flush"><table class="grid rows merged"><thead><tr><th scope="col">"Outcome"</th><th scope="col">"Name"</th><th scope="col">"What"</th><th scope="col">"Trust or kind"</th></tr></thead><tbody>{rows}</tbody></table></section>
    }
}
