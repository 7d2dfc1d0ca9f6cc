//! Where in the page one is: one place for every address.

use certdeck_shared::api::paths::segment;

/// A place in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `/`: what needs a hand today, and ways to begin.
    Start,
    /// `/setup`: the first account.
    Setup,
    /// `/sign-in`.
    SignIn,
    /// `/databases`.
    Databases,
    /// `/databases/new`.
    NewDatabase,
    /// `/databases/register`.
    RegisterDatabase,
    /// `/databases/:db/certificates`.
    Certificates(String),
    /// `/databases/:db/certificates/:fingerprint`.
    Certificate(String, String),
    /// `/databases/:db/import`.
    Import(String),
    /// `/databases/:db/requests`.
    Requests(String),
    /// `/databases/:db/requests/new`.
    NewRequest(String),
    /// `/databases/:db/requests/:id`.
    Request(String, String),
    /// `/databases/:db/keys`.
    Keys(String),
    /// `/databases/:db/make`, and `/databases/:db/make/:issuer`: a new certificate.
    Make(String, String),
    /// `/databases/:db/certificates/:fingerprint/renewal`.
    Renewal(String, String),
    /// `/databases/:db/certificates/:fingerprint/revocation`: what a CA revokes.
    Revocation(String, String),
    /// `/databases/:db/crls`: the revocation lists that lie in it.
    RevocationLists(String),
    /// `/databases/:db/snapshots`.
    Snapshots(String),
    /// `/databases/:db/tokens`.
    Tokens(String),
    /// `/databases/:db/merge`: another database taken over into this one.
    Merge(String),
    /// `/databases/:db/conversion`: from cert8.db to cert9.db.
    Conversion(String),
    /// `/services`.
    Services,
    /// `/services/:id`.
    Service(String),
    /// `/deployments`.
    Deployments,
    /// `/deployments/:id`.
    Deployment(String),
    /// `/probe`: one connection to a port.
    Probe,
    /// `/plans/:id`: what a deployment would do.
    Plan(String),
    /// `/endpoints`: what is watched.
    Endpoints,
    /// `/endpoints/:id`.
    Endpoint(String),
    /// `/notices`, its parts such as `/notices/policy`, and `/notices/:id`.
    Notices(String),
    /// `/certificate-maps`, and `/certificate-maps/:path` with the file open.
    CertificateMaps(String),
    /// `/databases/:db/tokens/:token`.
    Token(String, String),
    /// `/viewer`.
    Viewer,
    /// `/activity`.
    Activity,
    /// `/approvals`: what waits for a second person.
    Approvals,
    /// `/settings`.
    Settings,
    /// Nothing is here.
    Unknown,
}

impl Place {
    /// The place of a path.
    pub fn of(path: &str) -> Self {
        let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => Self::Start,
            ["setup"] => Self::Setup,
            ["sign-in"] => Self::SignIn,
            ["databases"] => Self::Databases,
            ["databases", "new"] => Self::NewDatabase,
            ["databases", "register"] => Self::RegisterDatabase,
            ["databases", db] | ["databases", db, "certificates"] => Self::Certificates((*db).to_owned()),
            ["databases", db, "certificates", fingerprint] => Self::Certificate((*db).to_owned(), (*fingerprint).to_owned()),
            ["databases", db, "make"] => Self::Make((*db).to_owned(), String::new()),
            ["databases", db, "make", issuer] => Self::Make((*db).to_owned(), (*issuer).to_owned()),
            ["databases", db, "certificates", fingerprint, "renewal"] => Self::Renewal((*db).to_owned(), (*fingerprint).to_owned()),
            ["databases", db, "certificates", fingerprint, "revocation"] => Self::Revocation((*db).to_owned(), (*fingerprint).to_owned()),
            ["databases", db, "import"] => Self::Import((*db).to_owned()),
            ["databases", db, "requests"] => Self::Requests((*db).to_owned()),
            ["databases", db, "requests", "new"] => Self::NewRequest((*db).to_owned()),
            ["databases", db, "requests", id] => Self::Request((*db).to_owned(), (*id).to_owned()),
            ["databases", db, "keys"] => Self::Keys((*db).to_owned()),
            ["databases", db, "crls"] => Self::RevocationLists((*db).to_owned()),
            ["databases", db, "snapshots"] => Self::Snapshots((*db).to_owned()),
            ["databases", db, "tokens"] => Self::Tokens((*db).to_owned()),
            ["databases", db, "merge"] => Self::Merge((*db).to_owned()),
            ["databases", db, "conversion"] => Self::Conversion((*db).to_owned()),
            ["services"] => Self::Services,
            ["certificate-maps"] => Self::CertificateMaps(String::new()),
            ["certificate-maps", path] => Self::CertificateMaps((*path).to_owned()),
            ["services", id] => Self::Service((*id).to_owned()),
            ["endpoints"] => Self::Endpoints,
            ["endpoints", id] => Self::Endpoint((*id).to_owned()),
            ["notices"] => Self::Notices(String::new()),
            ["notices", part] => Self::Notices((*part).to_owned()),
            ["deployments"] => Self::Deployments,
            ["deployments", id] => Self::Deployment((*id).to_owned()),
            ["probe"] => Self::Probe,
            ["plans", id] => Self::Plan((*id).to_owned()),
            ["databases", db, "tokens", token] => Self::Token((*db).to_owned(), (*token).to_owned()),
            ["viewer"] => Self::Viewer,
            ["activity"] => Self::Activity,
            ["approvals"] => Self::Approvals,
            ["settings"] => Self::Settings,
            _ => Self::Unknown,
        }
    }

    /// The path of the place.
    pub fn path(&self) -> String {
        let of = |db: &str, what: &str| format!("/databases/{}/{what}", segment(db));
        match self {
            Self::Start | Self::Unknown => "/".to_owned(),
            Self::Setup => "/setup".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Databases => "/databases".to_owned(),
            Self::NewDatabase => "/databases/new".to_owned(),
            Self::RegisterDatabase => "/databases/register".to_owned(),
            Self::Certificates(db) => of(db, "certificates"),
            Self::Certificate(db, fingerprint) => of(db, &format!("certificates/{}", segment(fingerprint))),
            Self::Import(db) => of(db, "import"),
            Self::Requests(db) => of(db, "requests"),
            Self::NewRequest(db) => of(db, "requests/new"),
            Self::Request(db, id) => of(db, &format!("requests/{}", segment(id))),
            Self::Keys(db) => of(db, "keys"),
            Self::Make(db, issuer) if issuer.is_empty() => of(db, "make"),
            Self::Make(db, issuer) => of(db, &["make/", &segment(issuer)].concat()),
            Self::Renewal(db, fingerprint) => of(db, &["certificates/", &segment(fingerprint), "/renewal"].concat()),
            Self::Revocation(db, fingerprint) => of(db, &["certificates/", &segment(fingerprint), "/revocation"].concat()),
            Self::RevocationLists(db) => of(db, "crls"),
            Self::Snapshots(db) => of(db, "snapshots"),
            Self::Tokens(db) => of(db, "tokens"),
            Self::Merge(db) => of(db, "merge"),
            Self::Conversion(db) => of(db, "conversion"),
            Self::Services => "/services".to_owned(),
            Self::Service(id) => ["/services/", &segment(id)].concat(),
            Self::Endpoints => "/endpoints".to_owned(),
            Self::Endpoint(id) => ["/endpoints/", &segment(id)].concat(),
            Self::Notices(part) if part.is_empty() => "/notices".to_owned(),
            Self::Notices(part) => ["/notices/", &segment(part)].concat(),
            Self::Deployments => "/deployments".to_owned(),
            Self::Deployment(id) => ["/deployments/", &segment(id)].concat(),
            Self::Probe => "/probe".to_owned(),
            Self::Plan(id) => ["/plans/", &segment(id)].concat(),
            Self::CertificateMaps(path) if path.is_empty() => "/certificate-maps".to_owned(),
            Self::CertificateMaps(path) => ["/certificate-maps/", &segment(path)].concat(),
            Self::Token(db, token) => of(db, &["tokens/", &segment(token)].concat()),
            Self::Viewer => "/viewer".to_owned(),
            Self::Activity => "/activity".to_owned(),
            Self::Approvals => "/approvals".to_owned(),
            Self::Settings => "/settings".to_owned(),
        }
    }

    /// The database the place belongs to.
    pub fn database(&self) -> Option<&str> {
        match self {
            Self::Certificates(db)
            | Self::Certificate(db, _)
            | Self::Import(db)
            | Self::Requests(db)
            | Self::NewRequest(db)
            | Self::Request(db, _)
            | Self::Keys(db)
            | Self::Tokens(db)
            | Self::Merge(db)
            | Self::Conversion(db)
            | Self::Token(db, _)
            | Self::Make(db, _)
            | Self::Renewal(db, _)
            | Self::Revocation(db, _)
            | Self::RevocationLists(db)
            | Self::Snapshots(db) => Some(db),
            _ => None,
        }
    }

    /// Whether it is one of the places before signing in, which fill the whole window.
    pub fn is_gate(&self) -> bool {
        matches!(self, Self::Setup | Self::SignIn)
    }

    /// Title of the window.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Start => "Today",
            Self::Setup => "First run",
            Self::SignIn => "Sign in",
            Self::Databases | Self::NewDatabase | Self::RegisterDatabase => "Databases",
            Self::Certificates(_) => "Certificates",
            Self::Certificate(..) => "Certificate",
            Self::Import(_) => "Import",
            Self::Requests(_) | Self::Request(..) => "Requests",
            Self::NewRequest(_) => "New request",
            Self::Keys(_) => "Keys",
            Self::Tokens(_) => "Tokens",
            Self::Token(..) => "Token",
            Self::Make(..) => "New certificate",
            Self::Renewal(..) => "Renewal",
            Self::Revocation(..) => "Revocation",
            Self::RevocationLists(_) => "Revocation lists",
            Self::Snapshots(_) => "Snapshots",
            Self::Merge(_) => "Merge",
            Self::Conversion(_) => "Convert",
            Self::Services | Self::Service(_) | Self::Deployments | Self::Deployment(_) | Self::Plan(_) => "Services",
            Self::Probe => "Probe",
            Self::Endpoints | Self::Endpoint(_) => "Endpoints",
            Self::Notices(_) => "Notices",
            Self::CertificateMaps(_) => "Certificate maps",
            Self::Viewer => "Look into a file",
            Self::Activity => "Activity",
            Self::Approvals => "Approvals",
            Self::Settings => "Settings",
            Self::Unknown => "Nothing here",
        }
    }
}

/// One path segment, percent-decoded; what does not decode stays as it is.
fn decoded(part: &str) -> String {
    js_sys::decode_uri_component(part).map_or_else(|_| part.to_owned(), String::from)
}
