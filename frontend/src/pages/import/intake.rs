//! Getting bytes in: chosen files, dropped files, pasted text. All of it is read in this page.

use crate::view::*;
use certdeck_shared::detect;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::key_file::KeyFile;
use super::plan::Plan;
use crate::components::form::field::Field;
use crate::components::icon::icon;
use crate::ids;
use crate::state::browser;

/// Largest file that is read, in bytes; the server takes no larger body either.
const LARGEST: f64 = 32_000_000.0;

/// The three ways in.
pub fn intake(plan: Plan, keys: KeyFile) -> View {
    let over = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let dropped = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(files) = event.data_transfer().and_then(|transfer| transfer.files()) {
            read_files(plan, keys, files);
        }
    };
    let dragged = move |event: web_sys::DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let chosen = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else { return };
        if let Some(files) = input.files() {
            read_files(plan, keys, files);
        }
        // The same file chosen again must count as a choice.
        input.set_value("");
    };
    let read = move |_| {
        let pasted = text.get_untracked();
        let detected = detect::read(pasted.as_bytes());
        let found = !detected.certificates.is_empty();
        if keys.takes(&detected, "", pasted.as_bytes()) {
            text.set(String::new());
            return;
        }
        plan.take(detected, "");
        if found {
            text.set(String::new());
        }
    };
    let empty = move || text.with(|text| text.trim().is_empty());
    view! {
        <section class="sect stack">
            <div class=move || if over.get() { "drop is-over" } else { "drop" } on:drop=dropped on:dragover=dragged on:dragenter=dragged on:dragleave=move |_| over.set(false)>
                <label class="lab" for=ids::IMPORT_FILE>"Files: PEM, DER, PKCS#7 or bundles, several at once; PKCS#12, JKS and private keys one by one"</label>
                <input id=ids::IMPORT_FILE class="file" type="file" multiple on:change=chosen aria-describedby="import-file-note"/>
                <p class="note" id="import-file-note">"Or drop them here. They are read in this page; of certificates nothing else is sent on, and of files with keys nothing before you say so."</p>
            </div>
            {Field::area(ids::IMPORT_TEXT, "Or paste, with any text around it", text, 7).placeholder("-----BEGIN CERTIFICATE-----").view()}
            <div class="row"><button class="btn" type="button" disabled=empty on:click=read>{icon("import")}"Read the text"</button></div>
        </section>
    }
}

fn read_files(plan: Plan, keys: KeyFile, files: web_sys::FileList) {
    let files: Vec<web_sys::File> = (0..files.length()).filter_map(|index| files.get(index)).collect();
    spawn_local(async move {
        for file in files {
            let name = file.name();
            if file.size() > LARGEST {
                let words = format!("{name}: {} MB are more than the 32 MB that are read.", (file.size() / 1e6).ceil());
                plan.remarks.update(|remarks| remarks.push(words));
                continue;
            }
            match browser::read_file(&file).await {
                Some(bytes) => {
                    let detected = detect::read(&bytes);
                    if keys.takes(&detected, &name, &bytes) {
                        return;
                    }
                    plan.take(detected, &name);
                }
                None => plan.remarks.update(|remarks| remarks.push(format!("{name}: the browser could not read it."))),
            }
        }
    });
}
