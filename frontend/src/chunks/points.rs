//! Where the module is taken apart: the functions of one name in `wasm_split` become one chunk, with all that only they need.
//!
//! Unsafe for one need, audited here: the macro declares each function twice, as an export of the chunk and as an import of the main module
//! with the very same signature, and calls it only after the chunk was instantiated. Nothing may unwind across that call, and the page
//! aborts where it panics.

use std::sync::Arc;

use certdeck_shared::api::database::Database;
use certdeck_shared::glass::CommandLines;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_split_helpers::wasm_split;

use super::{Page, SplitLoaderError};
use crate::components::data::command_lines;
use crate::components::data::glass::Asked;
use crate::components::form::faults::Faults;
use crate::components::layout::confirmation;
use crate::components::{trust, x509};
use crate::pages;
use crate::pages::endpoints::Expecting;
use crate::state::App;
use crate::state::row::Row;
use crate::view::{Callback, RwSignal};

/// What one of them brings.
type Brought = Result<Page, SplitLoaderError>;

/// Loads every chunk, one after the other: for when the browser has nothing better to do. What fails is tried again when its place is visited.
#[wasm_bindgen]
pub async fn prefetch() {
    let _ = fetch_import().await;
    let _ = fetch_requests().await;
    let _ = fetch_upkeep().await;
    let _ = fetch_beginning().await;
    let _ = fetch_viewer().await;
    let _ = fetch_issuing().await;
    let _ = fetch_validation().await;
    let _ = fetch_exporting().await;
    let _ = fetch_services().await;
    let _ = fetch_deploying().await;
    let _ = fetch_watching().await;
    let _ = fetch_probing().await;
    let _ = fetch_notifying().await;
    let _ = fetch_databases().await;
    let _ = fetch_glass().await;
    let _ = fetch_approving().await;
}

#[wasm_split(beginning, fallible, preload(fetch_beginning))]
pub fn start_page() -> Brought {
    Ok(Box::new(pages::gate::start_page))
}

#[wasm_split(beginning, fallible)]
pub fn sign_in_page() -> Brought {
    Ok(Box::new(pages::gate::sign_in_page))
}

#[wasm_split(beginning, fallible)]
pub fn setup_page() -> Brought {
    Ok(Box::new(pages::gate::setup_page))
}

#[wasm_split(beginning, fallible)]
pub fn new_database_page() -> Brought {
    Ok(Box::new(pages::databases::new_database_page))
}

#[wasm_split(beginning, fallible)]
pub fn register_database_page() -> Brought {
    Ok(Box::new(pages::databases::register_database_page))
}

#[wasm_split(import, fallible, preload(fetch_import))]
pub fn import_page(db: String) -> Brought {
    Ok(Box::new(|| pages::import::import_page(db)))
}

#[wasm_split(requests, fallible, preload(fetch_requests))]
pub fn requests_page(db: String) -> Brought {
    Ok(Box::new(|| pages::requests::requests_page(db)))
}

#[wasm_split(requests, fallible)]
pub fn new_request_page(db: String) -> Brought {
    Ok(Box::new(|| pages::requests::new_request_page(db)))
}

#[wasm_split(requests, fallible)]
pub fn request_page(db: String, id: String) -> Brought {
    Ok(Box::new(|| pages::requests::request_page(db, id)))
}

#[wasm_split(upkeep, fallible, preload(fetch_upkeep))]
pub fn keys_page(db: String) -> Brought {
    Ok(Box::new(|| pages::keys::keys_page(db)))
}

#[wasm_split(upkeep, fallible)]
pub fn snapshots_page(db: String) -> Brought {
    Ok(Box::new(|| pages::snapshots::snapshots_page(db)))
}

#[wasm_split(upkeep, fallible)]
pub fn activity_page() -> Brought {
    Ok(Box::new(pages::activity::activity_page))
}

#[wasm_split(upkeep, fallible)]
pub fn settings_page() -> Brought {
    Ok(Box::new(pages::settings::settings_page))
}

#[wasm_split(upkeep, fallible)]
pub fn confirmation_form(app: App) -> Brought {
    Ok(Box::new(move || confirmation::form(app)))
}

#[wasm_split(approving, fallible, preload(fetch_approving))]
pub fn approvals_page() -> Brought {
    Ok(Box::new(pages::approvals::approvals_page))
}

#[wasm_split(approving, fallible)]
pub fn approval_form(app: App, id: String) -> Brought {
    Ok(Box::new(move || pages::approvals::approval_form(app, id)))
}

#[wasm_split(upkeep, fallible)]
pub fn tokens_page(db: String) -> Brought {
    Ok(Box::new(|| pages::tokens::tokens_page(db)))
}

#[wasm_split(upkeep, fallible)]
pub fn token_page(db: String, token: String) -> Brought {
    Ok(Box::new(|| pages::tokens::token_page(db, token)))
}

#[wasm_split(databases, fallible, preload(fetch_databases))]
pub fn merge_page(db: String) -> Brought {
    Ok(Box::new(|| pages::databases::merge_page(db)))
}

#[wasm_split(databases, fallible)]
pub fn conversion_page(db: String) -> Brought {
    Ok(Box::new(|| pages::databases::conversion_page(db)))
}

#[wasm_split(databases, fallible)]
pub fn password_section(database: Database, admin: bool) -> Brought {
    Ok(Box::new(move || pages::databases::password_section(database, admin)))
}

#[wasm_split(databases, fallible)]
pub fn files_section(database: Database) -> Brought {
    Ok(Box::new(|| pages::databases::files_section(database)))
}

#[wasm_split(viewer, fallible, preload(fetch_viewer))]
pub fn viewer_page() -> Brought {
    Ok(Box::new(pages::viewer::viewer_page))
}

#[wasm_split(issuing, fallible, preload(fetch_issuing))]
pub fn make_page(db: String, issuer: String) -> Brought {
    Ok(Box::new(|| pages::issuing::make_page(db, issuer)))
}

#[wasm_split(issuing, fallible)]
pub fn renewal_page(db: String, fingerprint: String) -> Brought {
    Ok(Box::new(|| pages::issuing::renewal_page(db, fingerprint)))
}

#[wasm_split(issuing, fallible)]
pub fn revocation_page(db: String, fingerprint: String) -> Brought {
    Ok(Box::new(|| pages::issuing::revocation_page(db, fingerprint)))
}

#[wasm_split(services, fallible, preload(fetch_services))]
pub fn services_page() -> Brought {
    Ok(Box::new(pages::services::services_page))
}

#[wasm_split(services, fallible)]
pub fn certificate_maps_page(path: String) -> Brought {
    Ok(Box::new(|| pages::certificate_maps::certificate_maps_page(path)))
}

#[wasm_split(services, fallible)]
pub fn expected_certificate(expecting: Expecting, app: App, faults: Faults) -> Brought {
    Ok(Box::new(move || pages::services::expected_certificate(expecting, app, faults)))
}

#[wasm_split(services, fallible)]
pub fn service_page(id: String) -> Brought {
    Ok(Box::new(|| pages::services::service_page(id)))
}

#[wasm_split(deploying, fallible, preload(fetch_deploying))]
pub fn deployments_page() -> Brought {
    Ok(Box::new(pages::deployments::deployments_page))
}

#[wasm_split(deploying, fallible)]
pub fn deployment_page(id: String) -> Brought {
    Ok(Box::new(|| pages::deployments::deployment_page(id)))
}

#[wasm_split(deploying, fallible)]
pub fn plan_page(id: String) -> Brought {
    Ok(Box::new(|| pages::deployments::plan_page(id)))
}

#[wasm_split(probing, fallible, preload(fetch_probing))]
pub fn probe_page() -> Brought {
    Ok(Box::new(pages::probes::probe_page))
}

#[wasm_split(watching, fallible, preload(fetch_watching))]
pub fn endpoints_page() -> Brought {
    Ok(Box::new(pages::endpoints::endpoints_page))
}

#[wasm_split(notifying, fallible, preload(fetch_notifying))]
pub fn notices_page() -> Brought {
    Ok(Box::new(pages::notices::notices_page))
}

#[wasm_split(issuing, fallible)]
pub fn revocation_lists_page(db: String) -> Brought {
    Ok(Box::new(|| pages::revocation_lists::revocation_lists_page(db)))
}

#[wasm_split(validation, fallible, preload(fetch_validation))]
pub fn validity_section(app: App, row: Arc<Row>) -> Brought {
    Ok(Box::new(move || x509::validity::validity(app, &row)))
}

#[wasm_split(validation, fallible)]
pub fn staged_effects(app: App) -> Brought {
    Ok(Box::new(move || trust::effects::effects(app)))
}

#[wasm_split(exporting, fallible, preload(fetch_exporting))]
pub fn export_form(app: App, row: Arc<Row>, close: Callback<()>) -> Brought {
    Ok(Box::new(move || pages::certificates::export::export_form(app, &row, close)))
}

#[wasm_split(glass, fallible, preload(fetch_glass))]
pub fn glass_lines(asked: Asked, open: RwSignal<bool>) -> Brought {
    Ok(Box::new(move || command_lines::of_operation(&asked, open)))
}

#[wasm_split(glass, fallible)]
pub fn lines_of_entry(lines: CommandLines) -> Brought {
    Ok(Box::new(move || command_lines::of_entry(lines)))
}
