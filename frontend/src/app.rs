//! The root: state, address, and the page of each place.

use crate::view::*;

use crate::chunks::{self, lazily};
use crate::components::layout::shell::shell;
use crate::ids;
use crate::pages;
use crate::place::Place;
use crate::state::{App, address, clock};

/// Starts the page.
pub fn start() {
    if let Some(note) = document().get_element_by_id(ids::LOADING) {
        note.remove();
    }
    mount(|| {
        let app = App::new();
        provide_context(app);
        here(app)
    });
}

/// Starts what follows the address, the session and the clock.
fn here(app: App) -> View {
    address::follow(app);
    effect(move || {
        let place = app.place.get();
        document().set_title(&format!("{} · Certdeck", place.title()));
        if let Some(database) = place.database()
            && app.selected.with_untracked(|selected| selected.as_deref() != Some(database))
        {
            crate::state::browser::remember("database", Some(database));
            app.selected.set(Some(database.to_owned()));
        }
    });
    app.certificates.follow(app);
    app.follow_session();
    app.resume();
    clock::start(app);
    app.keyboard.listen();
    let gate = Memo::new(move |_| app.place.with(Place::is_gate));
    (move || if gate.get() { page(app) } else { shell(app, page(app)) }).into_view()
}

/// The page of the present place. List and detail of certificates are one page to the eye: what they share lives in the state.
fn page(app: App) -> View {
    // Walking from certificate to certificate keeps the page: it reads the fingerprint by itself. So do those of endpoints and notices.
    let shown = Memo::new(move |_| match app.place.get() {
        Place::Certificate(db, _) => Place::Certificate(db, String::new()),
        Place::Endpoint(_) => Place::Endpoints,
        Place::Notices(_) => Place::Notices(String::new()),
        place => place,
    });
    (move || {
        let place = shown.get();
        untrack(|| page_of(place))
    })
    .into_view()
}

fn page_of(place: Place) -> View {
    match place {
        Place::Databases => pages::databases::databases_page(),
        Place::Certificates(db) => pages::certificates::list::list_page(db),
        Place::Certificate(db, _) => pages::certificates::detail::detail_page(db),
        // The rest comes when it is visited.
        Place::Start => lazily(chunks::start_page),
        Place::SignIn => lazily(chunks::sign_in_page),
        Place::Setup => lazily(chunks::setup_page),
        Place::NewDatabase => lazily(chunks::new_database_page),
        Place::RegisterDatabase => lazily(chunks::register_database_page),
        Place::Import(db) => lazily(move || chunks::import_page(db.clone())),
        Place::Requests(db) => lazily(move || chunks::requests_page(db.clone())),
        Place::NewRequest(db) => lazily(move || chunks::new_request_page(db.clone())),
        Place::Request(db, id) => lazily(move || chunks::request_page(db.clone(), id.clone())),
        Place::Keys(db) => lazily(move || chunks::keys_page(db.clone())),
        Place::Make(db, issuer) => lazily(move || chunks::make_page(db.clone(), issuer.clone())),
        Place::Renewal(db, fingerprint) => lazily(move || chunks::renewal_page(db.clone(), fingerprint.clone())),
        Place::Revocation(db, fingerprint) => lazily(move || chunks::revocation_page(db.clone(), fingerprint.clone())),
        Place::RevocationLists(db) => lazily(move || chunks::revocation_lists_page(db.clone())),
        Place::Snapshots(db) => lazily(move || chunks::snapshots_page(db.clone())),
        Place::Tokens(db) => lazily(move || chunks::tokens_page(db.clone())),
        Place::Merge(db) => lazily(move || chunks::merge_page(db.clone())),
        Place::Conversion(db) => lazily(move || chunks::conversion_page(db.clone())),
        Place::Services => lazily(chunks::services_page),
        Place::Service(id) => lazily(move || chunks::service_page(id.clone())),
        Place::Deployments => lazily(chunks::deployments_page),
        Place::Deployment(id) => lazily(move || chunks::deployment_page(id.clone())),
        Place::Probe => lazily(chunks::probe_page),
        Place::Plan(id) => lazily(move || chunks::plan_page(id.clone())),
        Place::Endpoints | Place::Endpoint(_) => lazily(chunks::endpoints_page),
        Place::Notices(_) => lazily(chunks::notices_page),
        Place::CertificateMaps(path) => lazily(move || chunks::certificate_maps_page(path.clone())),
        Place::Token(db, token) => lazily(move || chunks::token_page(db.clone(), token.clone())),
        Place::Viewer => lazily(chunks::viewer_page),
        Place::Activity => lazily(chunks::activity_page),
        Place::Approvals => lazily(chunks::approvals_page),
        Place::Settings => lazily(chunks::settings_page),
        Place::Unknown => pages::unknown::unknown_page(),
    }
}
