//! Paths of the REST interface; the names are the contract.

/// First run.
pub const SETUP: &str = "/api/v1/setup";
/// Sign in and out.
pub const SESSION: &str = "/api/v1/session";
/// The sessions that are open.
pub const SESSIONS: &str = "/api/v1/sessions";
/// Proving again who one is (POST).
pub const SESSION_CONFIRMATION: &str = "/api/v1/session/confirmation";
/// The second factor of the caller's account.
pub const SECOND_FACTOR: &str = "/api/v1/session/second-factor";
/// Requests for approval by a second person.
pub const APPROVALS: &str = "/api/v1/approvals";
/// Its recovery codes, made anew (POST).
pub const RECOVERY_CODES: &str = "/api/v1/session/second-factor/recovery-codes";
/// What a browser makes a passkey with (POST).
pub const PASSKEY_CREATION: &str = "/api/v1/session/second-factor/passkey-creation";
/// Its passkeys.
pub const PASSKEYS: &str = "/api/v1/session/second-factor/passkeys";
/// Signing in by the certificate of the connection (POST).
pub const SESSION_CERTIFICATE: &str = "/api/v1/session/certificate";
/// Accounts.
pub const USERS: &str = "/api/v1/users";
/// API tokens.
pub const API_TOKENS: &str = "/api/v1/api-tokens";
/// Audit log.
pub const AUDIT: &str = "/api/v1/audit";
/// The whole audit log, a JSON object a line.
pub const AUDIT_EXPORT: &str = "/api/v1/audit/export";
/// Whether the audit log is as it was written.
pub const AUDIT_VERIFICATION: &str = "/api/v1/audit/verification";
/// Jobs.
pub const JOBS: &str = "/api/v1/jobs";
/// Server-sent events.
pub const EVENTS: &str = "/api/v1/events";
/// Databases.
pub const DATABASES: &str = "/api/v1/databases";
/// Databases found in the usual places of this host.
pub const FOUND_DATABASES: &str = "/api/v1/found-databases";

/// Services.
pub const SERVICES: &str = "/api/v1/services";
/// A `certmap.conf`, by its path.
pub const CERTIFICATE_MAPS: &str = "/api/v1/certificate-maps";
/// Trying a certificate on the maps of a file (POST).
pub const CERTIFICATE_MAP_TRIAL: &str = "/api/v1/certificate-maps/trial";

/// Services found on this host.
pub const FOUND_SERVICES: &str = "/api/v1/found-services";

/// Probes (POST).
pub const PROBES: &str = "/api/v1/probes";
/// Inventories of what a port takes (POST).
pub const PROBES_INVENTORY: &str = "/api/v1/probes/inventory";

/// What needs a hand today.
pub const TODAY: &str = "/api/v1/today";

/// Endpoints that are watched.
pub const ENDPOINTS: &str = "/api/v1/endpoints";
/// Sockets of this host that listen.
pub const LISTENING_SOCKETS: &str = "/api/v1/endpoints/listening";
/// Endpoints as a table for spreadsheets.
pub const ENDPOINT_TABLE: &str = "/api/v1/endpoints/table";
/// How endpoints are watched (PUT).
pub const WATCH_SETTINGS: &str = "/api/v1/endpoints/settings";
/// All endpoints, probed at once (POST).
pub const ENDPOINT_PROBES: &str = "/api/v1/endpoints/probes";

/// One endpoint.
#[must_use]
pub fn endpoint(id: &str) -> String {
    format!("{ENDPOINTS}/{}", segment(id))
}

/// Probes of an endpoint.
#[must_use]
pub fn probes_of(endpoint_id: &str) -> String {
    format!("{}/probes", endpoint(endpoint_id))
}

/// One service.
#[must_use]
pub fn service(id: &str) -> String {
    format!("{SERVICES}/{}", segment(id))
}

/// Bindings of a service.
#[must_use]
pub fn bindings(service_id: &str) -> String {
    format!("{}/bindings", service(service_id))
}

/// One binding of a service.
#[must_use]
pub fn binding(service_id: &str, id: &str) -> String {
    format!("{}/{}", bindings(service_id), segment(id))
}

/// Plans of deployments.
pub const PLANS: &str = "/api/v1/plans";

/// One plan.
#[must_use]
pub fn plan(id: &str) -> String {
    format!("{PLANS}/{}", segment(id))
}

/// Applying a plan (POST).
#[must_use]
pub fn plan_application(id: &str) -> String {
    format!("{}/application", plan(id))
}

/// Deployments.
pub const DEPLOYMENTS: &str = "/api/v1/deployments";

/// One deployment.
#[must_use]
pub fn deployment(id: &str) -> String {
    format!("{DEPLOYMENTS}/{}", segment(id))
}

/// Returning to what was before a deployment (POST).
#[must_use]
pub fn rollback(id: &str) -> String {
    format!("{}/rollback", deployment(id))
}

/// Notices.
pub const NOTICES: &str = "/api/v1/notices";
/// When certificates are due.
pub const EXPIRY_POLICY: &str = "/api/v1/notices/policy";
/// Whom notices go to.
pub const CHANNELS: &str = "/api/v1/notices/channels";
/// What became of messages.
pub const DELIVERIES: &str = "/api/v1/notices/deliveries";
/// What breaks as the lifetimes of certificates become shorter.
pub const BOARD: &str = "/api/v1/notices/board";
/// The calendar of certificate ends.
pub const CALENDAR: &str = "/api/v1/notices/calendar";

/// One notice.
#[must_use]
pub fn notice(id: &str) -> String {
    format!("{NOTICES}/{}", segment(id))
}

/// One channel.
#[must_use]
pub fn channel(id: &str) -> String {
    format!("{CHANNELS}/{}", segment(id))
}

/// Trying a channel (POST).
#[must_use]
pub fn channel_test(id: &str) -> String {
    format!("{}/test", channel(id))
}

/// The calendar as a file, for whoever knows its token.
#[must_use]
pub fn calendar_feed(token: &str) -> String {
    format!("{CALENDAR}/{}.ics", segment(token))
}

/// Command lines of what is done to no database (POST).
pub const COMMAND_LINES: &str = "/api/v1/command-lines";

/// One user.
#[must_use]
pub fn user(user_name: &str) -> String {
    format!("{USERS}/{}", segment(user_name))
}

/// One API token.
#[must_use]
pub fn api_token(id: &str) -> String {
    format!("{API_TOKENS}/{}", segment(id))
}

/// A new secret for an API token.
#[must_use]
pub fn api_token_rotation(id: &str) -> String {
    format!("{}/rotation", api_token(id))
}

/// One open session; DELETE ends it.
#[must_use]
pub fn open_session(id: &str) -> String {
    format!("{SESSIONS}/{}", segment(id))
}

/// One passkey of the caller's account; DELETE removes it.
#[must_use]
pub fn passkey(id: &str) -> String {
    format!("{PASSKEYS}/{}", segment(id))
}

/// One job; DELETE cancels it.
#[must_use]
pub fn job(id: &str) -> String {
    format!("{JOBS}/{}", segment(id))
}

/// One database.
#[must_use]
pub fn database(id: &str) -> String {
    format!("{DATABASES}/{}", segment(id))
}

/// Something of a database: `certificates`, `keys`, `requests`, `snapshots`, `trust`.
#[must_use]
pub fn of_database(id: &str, what: &str) -> String {
    format!("{}/{what}", database(id))
}

/// Login of a token; POST unlocks, DELETE locks.
#[must_use]
pub fn token_login(id: &str, token: &str) -> String {
    format!("{}/tokens/{}/login", database(id), segment(token))
}

/// Which kinds of keys a token makes.
#[must_use]
pub fn token_algorithms(id: &str, token: &str) -> String {
    format!("{}/tokens/{}/algorithms", database(id), segment(token))
}

/// One certificate.
#[must_use]
pub fn certificate(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/certificates/{}", database(id), segment(fingerprint_sha256))
}

/// Renewal of a certificate.
#[must_use]
pub fn renewal(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/renewal", certificate(id, fingerprint_sha256))
}

/// Revocation list of a CA.
#[must_use]
pub fn revocation_list(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/crl", certificate(id, fingerprint_sha256))
}

/// The revocation lists that lie in a database.
#[must_use]
pub fn stored_lists(id: &str) -> String {
    of_database(id, "crls")
}

/// One revocation list that lies in a database.
#[must_use]
pub fn stored_list(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/{}", stored_lists(id), segment(fingerprint_sha256))
}

/// Revocations of a CA.
#[must_use]
pub fn revocations(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/revocations", certificate(id, fingerprint_sha256))
}

/// Chain of a certificate.
#[must_use]
pub fn chain(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/chain", certificate(id, fingerprint_sha256))
}

/// A file made of a certificate (POST): `pkcs12`, `keystore`, `bundle`.
#[must_use]
pub fn certificate_file(id: &str, fingerprint_sha256: &str, what: &str) -> String {
    format!("{}/{what}", certificate(id, fingerprint_sha256))
}

/// Trust of several certificates at once (PATCH).
#[must_use]
pub fn trust(id: &str) -> String {
    of_database(id, "trust")
}

/// Deletion of several certificates at once (POST).
#[must_use]
pub fn deletion(id: &str) -> String {
    of_database(id, "deletion")
}

/// One private key.
#[must_use]
pub fn key(id: &str, key_id: &str) -> String {
    format!("{}/keys/{}", database(id), segment(key_id))
}

/// One request.
#[must_use]
pub fn request(id: &str, request: &str) -> String {
    format!("{}/requests/{}", database(id), segment(request))
}

/// Replies to whichever request has the key (POST).
#[must_use]
pub fn replies(id: &str) -> String {
    of_database(id, "replies")
}

/// The form that asks for a certificate again.
#[must_use]
pub fn request_form(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/request-form", certificate(id, fingerprint_sha256))
}

/// Reply to a request.
#[must_use]
pub fn reply(id: &str, request_id: &str) -> String {
    format!("{}/reply", request(id, request_id))
}

/// Joins the answer to a request with its key (POST).
#[must_use]
pub fn request_bundle(id: &str, request_id: &str) -> String {
    format!("{}/bundle", request(id, request_id))
}

/// Restoration of a snapshot.
#[must_use]
pub fn restoration(id: &str, snapshot: &str) -> String {
    format!("{}/snapshots/{}/restoration", database(id), segment(snapshot))
}

/// Password of a database; GET tells of the files that hold it, PUT changes it.
#[must_use]
pub fn password(id: &str) -> String {
    of_database(id, "password")
}

/// One PKCS#11 module.
#[must_use]
pub fn module(id: &str, name: &str) -> String {
    format!("{}/modules/{}", database(id), segment(name))
}

/// One token.
#[must_use]
pub fn token(id: &str, token: &str) -> String {
    format!("{}/tokens/{}", database(id), segment(token))
}

/// Something of a token: `certificates`, `keys`, `password`.
#[must_use]
pub fn of_token(id: &str, token_id: &str, what: &str) -> String {
    format!("{}/{what}", token(id, token_id))
}

/// One certificate or key of a token.
#[must_use]
pub fn on_token(id: &str, token_id: &str, what: &str, address: &str) -> String {
    format!("{}/{what}/{}", token(id, token_id), segment(address))
}

/// Verdicts for all certificates (GET), and for changes that are only tried (POST).
#[must_use]
pub fn validations(id: &str) -> String {
    of_database(id, "validation")
}

/// Verdicts for one certificate.
#[must_use]
pub fn validation(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/validation", certificate(id, fingerprint_sha256))
}

/// Looking up whether a certificate is revoked (POST).
#[must_use]
pub fn revocation_check(id: &str, fingerprint_sha256: &str) -> String {
    format!("{}/revocation-check", certificate(id, fingerprint_sha256))
}

/// A request for approval.
#[must_use]
pub fn approval(id: &str) -> String {
    format!("{APPROVALS}/{}", segment(id))
}

/// Asking for approval, with a reason (POST).
#[must_use]
pub fn approval_request(id: &str) -> String {
    format!("{}/request", approval(id))
}

/// Approving or refusing (POST).
#[must_use]
pub fn approval_decision(id: &str) -> String {
    format!("{}/decision", approval(id))
}

/// One path segment, percent-encoded (RFC 3986 section 3.3).
#[must_use]
pub fn segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
