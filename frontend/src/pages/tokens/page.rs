//! `/databases/:db/tokens`.

use std::future::Future;

use crate::view::*;
use certdeck_shared::api::client::ClientError;
use certdeck_shared::api::module::Module;
use certdeck_shared::api::role::Right;

use super::add::add_form;
use super::module::section;
use crate::components::data::glass::{Action, glass};
use crate::components::form::submission::{Load, Submission, load, loaded};
use crate::components::icon::{hint, icon};
use crate::ids;
use crate::state::keyboard::Command;
use crate::state::{App, use_app};
use crate::transport::page_client;

/// What the page and its parts share.
#[derive(Clone, Copy)]
pub struct Tokens {
    pub app: App,
    pub db: StoredValue<String>,
    slot: RwSignal<Load<Vec<Module>>>,
    /// What is open: `add`, the name of a module that is to go, or the id of a token that is being unlocked.
    pub open: RwSignal<String>,
    pub submission: Submission,
    /// Who may change the list of modules.
    pub admin: Signal<bool>,
}

impl Tokens {
    /// Reads the modules; each is looked into anew.
    pub fn read(self) {
        let db = self.db.get_value();
        let reader = page_client();
        load(self.app, self.slot, async move { reader.modules(&db).await });
    }

    /// Opens a form, and closes the one that was open.
    pub fn show(self, what: &str) {
        self.submission.faults.clear();
        self.open.set(what.to_owned());
    }

    /// Sends a change, then reads anew.
    pub fn change<R: 'static>(self, words: &'static str, call: impl Future<Output = Result<R, ClientError>> + 'static) {
        self.submission.run(call, move |_| {
            self.open.set(String::new());
            self.app.announce(words);
            self.read();
        });
    }
}

/// `/databases/:db/tokens`.
pub fn tokens_page(db: String) -> View {
    let app = use_app();
    // The session may arrive after the page.
    let admin = Signal::derive(move || app.may(Right::Administrate));
    let tokens = Tokens {
        app,
        db: StoredValue::new(db),
        slot: RwSignal::new(Load::Waiting),
        open: RwSignal::new(String::new()),
        submission: Submission::new(),
        admin,
    };
    effect(move || {
        app.databases.with(|_| ());
        tokens.read();
    });
    app.keyboard.register(vec![Command::new("n", "Add a PKCS#11 module", "Tokens", move || tokens.show("add"))]);
    let adding = move || (admin.get() && tokens.open.get() == "add").then(|| add_form(tokens));
    view! {
        <div class="panes">
            <main class="pane" id=ids::MAIN tabindex="-1">
                <div class="pane-head">
                    <h2>"Tokens"</h2>
                    <span class="note wide-only">"PKCS#11 modules, their slots and tokens"</span>
                    {move || admin.get().then(|| view! { <span class="push"><button class="btn primary" type="button" on:click=move |_| tokens.show("add")>{icon("plus")}"Module"<kbd aria-hidden="true">"n"</kbd></button></span> })}
                </div>
                <div class="scroll">
                    {tokens.submission.faults.callout()}
                    {adding}
                    {loaded(tokens.slot, 6, Callback::new(move |()| tokens.read()), move |list| {
                        let sections: Vec<View> = list.into_iter().map(|module| section(tokens, module)).collect();
                        view! { {sections} }
                    })}
                </div>
                <div class="pane-foot">{hint("n", "add a module")}<span class="push">"Each module runs in a process of its own"</span></div>
                {glass(|| Action::ListModules)}
            </main>
        </div>
    }
}
