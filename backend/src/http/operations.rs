//! The authorization table: every operation with what it needs. [`super::authorization`] holds each call to it before anything else
//! looks at the call: a route without a line here answers nobody. The OpenAPI document is stamped from it.

use certdeck_shared::api::approval::Guarded;
use certdeck_shared::api::role::Right;

/// An operation and who may call it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Method in upper case.
    pub method: &'static str,
    /// Path as in the OpenAPI document.
    pub path: &'static str,
    /// What it needs.
    pub need: Need,
    /// Whether it is answered to an account that still has to set up a second factor (setting `second-factor`).
    pub before_second_factor: bool,
    /// It asks again: its caller proved who they are within the last minutes. Where that depends on what is in the body or the database
    /// (a key in a bundle, trust on which other certificates rest, one's own password or token), the operation itself asks.
    pub asks_again: bool,
    /// What it is among what a second person may have to approve; whether it needs that where it does not always ask again, the operation
    /// itself says.
    pub guarded: Option<Guarded>,
}

/// What an operation needs of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: not even to be known.
    Nothing,
    /// To be known.
    SignedIn,
    /// A right to something.
    Right(Right, To),
}

/// To what a right is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// To everything: grants for one database or service are not enough.
    Everything,
    /// To what the path names. Who may not look at that is told that there is no such thing.
    Named,
    /// To something: the operation itself keeps to what the caller may see.
    Something,
}

const fn operation(method: &'static str, path: &'static str, need: Need) -> Operation {
    Operation { method, path, need, before_second_factor: false, asks_again: false, guarded: None }
}

/// What does harm in the hands of whoever comes by an unlocked desk.
const fn asking(method: &'static str, path: &'static str, need: Need) -> Operation {
    Operation { asks_again: true, ..operation(method, path, need) }
}

/// What a second person may have to approve.
const fn guarded(guarded: Guarded, operation: Operation) -> Operation {
    Operation { guarded: Some(guarded), ..operation }
}

/// What somebody can do who has to set up a second factor first: that, and leave.
const fn before_second_factor(operation: Operation) -> Operation {
    Operation { before_second_factor: true, ..operation }
}

const ANYONE: Need = Need::Nothing;
const SIGNED_IN: Need = Need::SignedIn;
const LOOK: Need = Need::Right(Right::Look, To::Named);
const LOOK_AT_THEIRS: Need = Need::Right(Right::Look, To::Something);
const LOOK_AT_ALL: Need = Need::Right(Right::Look, To::Everything);
const PREPARE: Need = Need::Right(Right::Prepare, To::Named);
const DEPLOY: Need = Need::Right(Right::Deploy, To::Named);
const DEPLOY_THEIRS: Need = Need::Right(Right::Deploy, To::Something);
const WATCH: Need = Need::Right(Right::Watch, To::Named);
const WATCH_THEIRS: Need = Need::Right(Right::Watch, To::Something);
const WATCH_ALL: Need = Need::Right(Right::Watch, To::Everything);
const AUDIT: Need = Need::Right(Right::Audit, To::Something);
const AUDIT_ALL: Need = Need::Right(Right::Audit, To::Everything);
const ADMINISTRATE: Need = Need::Right(Right::Administrate, To::Everything);

/// All operations.
pub const OPERATIONS: &[Operation] = &[
    operation("GET", "/api/v1/setup", ANYONE),
    operation("POST", "/api/v1/setup", ANYONE),
    operation("POST", "/api/v1/session", ANYONE),
    operation("POST", "/api/v1/session/certificate", ANYONE),
    before_second_factor(operation("GET", "/api/v1/session", SIGNED_IN)),
    before_second_factor(operation("DELETE", "/api/v1/session", SIGNED_IN)),
    // One's own; the operations themselves want an administrator for those of others.
    operation("GET", "/api/v1/sessions", SIGNED_IN),
    operation("DELETE", "/api/v1/sessions/{session}", SIGNED_IN),
    before_second_factor(operation("POST", "/api/v1/session/confirmation", SIGNED_IN)),
    before_second_factor(operation("GET", "/api/v1/session/second-factor", SIGNED_IN)),
    before_second_factor(asking("POST", "/api/v1/session/second-factor", SIGNED_IN)),
    before_second_factor(operation("PUT", "/api/v1/session/second-factor", SIGNED_IN)),
    asking("DELETE", "/api/v1/session/second-factor", SIGNED_IN),
    // One's own, and what one may decide; the operations themselves look at that.
    operation("GET", "/api/v1/approvals", SIGNED_IN),
    operation("GET", "/api/v1/approvals/{approval}", SIGNED_IN),
    operation("DELETE", "/api/v1/approvals/{approval}", SIGNED_IN),
    operation("POST", "/api/v1/approvals/{approval}/request", SIGNED_IN),
    asking("POST", "/api/v1/approvals/{approval}/decision", SIGNED_IN),
    asking("POST", "/api/v1/session/second-factor/recovery-codes", SIGNED_IN),
    before_second_factor(asking("POST", "/api/v1/session/second-factor/passkey-creation", SIGNED_IN)),
    // Its challenge was asked for within the last minutes, by the same session.
    before_second_factor(operation("POST", "/api/v1/session/second-factor/passkeys", SIGNED_IN)),
    asking("DELETE", "/api/v1/session/second-factor/passkeys/{passkey}", SIGNED_IN),
    operation("GET", "/api/v1/users", ADMINISTRATE),
    guarded(Guarded::Users, asking("POST", "/api/v1/users", ADMINISTRATE)),
    // One's own password; the operation itself wants an administrator for everything else.
    guarded(Guarded::Users, operation("PATCH", "/api/v1/users/{user_name}", SIGNED_IN)),
    guarded(Guarded::Users, asking("DELETE", "/api/v1/users/{user_name}", ADMINISTRATE)),
    operation("GET", "/api/v1/api-tokens", ADMINISTRATE),
    guarded(Guarded::Users, asking("POST", "/api/v1/api-tokens", ADMINISTRATE)),
    operation("DELETE", "/api/v1/api-tokens/{id}", ADMINISTRATE),
    // A token may rotate itself; the operation itself wants an administrator for all others.
    guarded(Guarded::Users, operation("POST", "/api/v1/api-tokens/{id}/rotation", SIGNED_IN)),
    // An auditor of some databases names one.
    operation("GET", "/api/v1/audit", AUDIT),
    operation("GET", "/api/v1/audit/verification", AUDIT_ALL),
    operation("GET", "/api/v1/audit/export", AUDIT_ALL),
    operation("POST", "/api/v1/command-lines", SIGNED_IN),
    // Whoever began a job may stop it, and administrators; the operation itself looks at that.
    operation("GET", "/api/v1/jobs", LOOK_AT_THEIRS),
    operation("GET", "/api/v1/jobs/{id}", LOOK_AT_THEIRS),
    operation("DELETE", "/api/v1/jobs/{id}", LOOK_AT_THEIRS),
    operation("GET", "/api/v1/events", LOOK_AT_THEIRS),
    operation("GET", "/api/v1/found-databases", ADMINISTRATE),
    operation("GET", "/api/v1/databases", LOOK_AT_THEIRS),
    operation("POST", "/api/v1/databases", ADMINISTRATE),
    operation("GET", "/api/v1/databases/{database}", LOOK),
    operation("PATCH", "/api/v1/databases/{database}", ADMINISTRATE),
    operation("DELETE", "/api/v1/databases/{database}", ADMINISTRATE),
    operation("POST", "/api/v1/databases/{database}/tokens/{token}/login", PREPARE),
    operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/login", PREPARE),
    operation("GET", "/api/v1/databases/{database}/password", LOOK),
    guarded(Guarded::Passwords, asking("PUT", "/api/v1/databases/{database}/password", ADMINISTRATE)),
    operation("GET", "/api/v1/databases/{database}/modules", LOOK),
    guarded(Guarded::Modules, asking("POST", "/api/v1/databases/{database}/modules", ADMINISTRATE)),
    operation("GET", "/api/v1/databases/{database}/modules/{module}", LOOK),
    guarded(Guarded::Modules, asking("PATCH", "/api/v1/databases/{database}/modules/{module}", ADMINISTRATE)),
    guarded(Guarded::Modules, asking("DELETE", "/api/v1/databases/{database}/modules/{module}", ADMINISTRATE)),
    operation("GET", "/api/v1/databases/{database}/tokens", LOOK),
    guarded(Guarded::Passwords, asking("PUT", "/api/v1/databases/{database}/tokens/{token}/password", ADMINISTRATE)),
    guarded(Guarded::Passwords, asking("PUT", "/api/v1/databases/{database}/tokens/{token}/password-line", ADMINISTRATE)),
    operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/password-line", ADMINISTRATE),
    operation("GET", "/api/v1/databases/{database}/tokens/{token}/certificates", LOOK),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/tokens/{token}/certificates", PREPARE)),
    guarded(Guarded::Trust, operation("PATCH", "/api/v1/databases/{database}/tokens/{token}/certificates/{fingerprint}", PREPARE)),
    guarded(Guarded::Trust, operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/certificates/{fingerprint}", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/tokens/{token}/keys", LOOK),
    operation("POST", "/api/v1/databases/{database}/tokens/{token}/keys", PREPARE),
    guarded(Guarded::Trust, operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/keys/{key}", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/certificates", LOOK),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/certificates", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}", LOOK),
    guarded(Guarded::Trust, operation("PATCH", "/api/v1/databases/{database}/certificates/{fingerprint}", PREPARE)),
    guarded(Guarded::Trust, operation("DELETE", "/api/v1/databases/{database}/certificates/{fingerprint}", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/chain", LOOK),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/validation", LOOK),
    // It makes the console speak to other hosts.
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/revocation-check", PREPARE),
    operation("GET", "/api/v1/databases/{database}/validation", LOOK),
    // Tries changes and makes none.
    operation("POST", "/api/v1/databases/{database}/validation", LOOK),
    guarded(Guarded::Trust, operation("PATCH", "/api/v1/databases/{database}/trust", PREPARE)),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/deletion", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/keys", LOOK),
    operation("POST", "/api/v1/databases/{database}/keys", PREPARE),
    operation("GET", "/api/v1/databases/{database}/keys/{key}", LOOK),
    operation("DELETE", "/api/v1/databases/{database}/keys/{key}", PREPARE),
    operation("GET", "/api/v1/databases/{database}/requests", LOOK),
    operation("POST", "/api/v1/databases/{database}/requests", PREPARE),
    operation("GET", "/api/v1/databases/{database}/requests/{request}", LOOK),
    operation("DELETE", "/api/v1/databases/{database}/requests/{request}", PREPARE),
    operation("POST", "/api/v1/databases/{database}/requests/{request}/reply", PREPARE),
    operation("PATCH", "/api/v1/databases/{database}/requests/{request}", PREPARE),
    operation("POST", "/api/v1/databases/{database}/requests/{request}/bundle", PREPARE),
    operation("POST", "/api/v1/databases/{database}/replies", PREPARE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/request-form", LOOK),
    operation("POST", "/api/v1/databases/{database}/pkcs12", PREPARE),
    guarded(Guarded::KeyExport, asking("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/pkcs12", PREPARE)),
    guarded(Guarded::KeyExport, asking("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/keystore", PREPARE)),
    guarded(Guarded::KeyExport, operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/bundle", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/snapshots", LOOK),
    guarded(Guarded::Restore, asking("POST", "/api/v1/databases/{database}/snapshots/{snapshot}/restoration", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/tokens/{token}/algorithms", LOOK),
    operation("GET", "/api/v1/databases/{database}/conversion", LOOK),
    operation("POST", "/api/v1/databases/{database}/conversion", ADMINISTRATE),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/merge", ADMINISTRATE)),
    operation("GET", "/api/v1/databases/{database}/files", ADMINISTRATE),
    operation("PATCH", "/api/v1/databases/{database}/files", ADMINISTRATE),
    operation("POST", "/api/v1/databases/{database}/command-lines", LOOK),
    operation("POST", "/api/v1/databases/{database}/self-signed", PREPARE),
    operation("GET", "/api/v1/databases/{database}/issued", LOOK),
    operation("POST", "/api/v1/databases/{database}/issued", PREPARE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/renewal", LOOK),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/renewal", PREPARE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/crl", LOOK),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/crl", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/crls", LOOK),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/crls", PREPARE)),
    operation("GET", "/api/v1/databases/{database}/crls/{fingerprint}", LOOK),
    operation("DELETE", "/api/v1/databases/{database}/crls/{fingerprint}", PREPARE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/revocations", LOOK),
    guarded(Guarded::Trust, operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/revocations", PREPARE)),
    operation("GET", "/api/v1/found-services", ADMINISTRATE),
    operation("GET", "/api/v1/services", LOOK_AT_THEIRS),
    operation("POST", "/api/v1/services", ADMINISTRATE),
    operation("GET", "/api/v1/services/{service}", LOOK),
    operation("PATCH", "/api/v1/services/{service}", ADMINISTRATE),
    operation("DELETE", "/api/v1/services/{service}", ADMINISTRATE),
    operation("GET", "/api/v1/services/{service}/bindings", LOOK),
    operation("POST", "/api/v1/services/{service}/bindings", DEPLOY),
    operation("DELETE", "/api/v1/services/{service}/bindings/{binding}", DEPLOY),
    operation("GET", "/api/v1/today", LOOK_AT_THEIRS),
    operation("GET", "/api/v1/endpoints", LOOK_AT_THEIRS),
    operation("POST", "/api/v1/endpoints", ADMINISTRATE),
    operation("GET", "/api/v1/endpoints/listening", ADMINISTRATE),
    operation("GET", "/api/v1/endpoints/table", LOOK_AT_THEIRS),
    operation("PUT", "/api/v1/endpoints/settings", ADMINISTRATE),
    operation("POST", "/api/v1/endpoints/probes", WATCH_ALL),
    operation("GET", "/api/v1/endpoints/{endpoint}", LOOK),
    operation("PATCH", "/api/v1/endpoints/{endpoint}", WATCH),
    operation("DELETE", "/api/v1/endpoints/{endpoint}", ADMINISTRATE),
    operation("POST", "/api/v1/endpoints/{endpoint}/probes", WATCH),
    operation("GET", "/api/v1/endpoints/{endpoint}/probes", LOOK),
    operation("POST", "/api/v1/probes", ADMINISTRATE),
    operation("POST", "/api/v1/probes/inventory", ADMINISTRATE),
    // The operation itself looks at each service and database of the plan.
    operation("POST", "/api/v1/plans", DEPLOY_THEIRS),
    operation("GET", "/api/v1/plans/{plan}", LOOK),
    operation("POST", "/api/v1/plans/{plan}/application", DEPLOY),
    operation("GET", "/api/v1/deployments", LOOK_AT_THEIRS),
    operation("GET", "/api/v1/deployments/{deployment}", LOOK),
    operation("POST", "/api/v1/deployments/{deployment}/rollback", DEPLOY),
    operation("GET", "/api/v1/certificate-maps", ADMINISTRATE),
    operation("PATCH", "/api/v1/certificate-maps", ADMINISTRATE),
    operation("POST", "/api/v1/certificate-maps/trial", ADMINISTRATE),
    operation("GET", "/api/v1/notices", LOOK_AT_THEIRS),
    // Who may watch what it is about; the operation itself looks at that.
    operation("PATCH", "/api/v1/notices/{notice}", WATCH_THEIRS),
    operation("GET", "/api/v1/notices/policy", LOOK_AT_THEIRS),
    operation("PUT", "/api/v1/notices/policy", ADMINISTRATE),
    operation("GET", "/api/v1/notices/channels", ADMINISTRATE),
    operation("POST", "/api/v1/notices/channels", ADMINISTRATE),
    operation("PATCH", "/api/v1/notices/channels/{channel}", ADMINISTRATE),
    operation("DELETE", "/api/v1/notices/channels/{channel}", ADMINISTRATE),
    operation("POST", "/api/v1/notices/channels/{channel}/test", ADMINISTRATE),
    operation("GET", "/api/v1/notices/deliveries", ADMINISTRATE),
    operation("GET", "/api/v1/notices/board", LOOK_AT_THEIRS),
    operation("GET", "/api/v1/notices/calendar", LOOK_AT_THEIRS),
    operation("POST", "/api/v1/notices/calendar", ADMINISTRATE),
    operation("DELETE", "/api/v1/notices/calendar", ADMINISTRATE),
    // Calendar programs cannot sign in: the token in the path is what they have.
    operation("GET", "/api/v1/notices/calendar/{feed}", ANYONE),
    // Outside the OpenAPI document.
    operation("GET", "/api/v1/openapi.json", ANYONE),
    operation("GET", "/healthz", ANYONE),
    operation("GET", "/metrics", LOOK_AT_ALL),
];

/// The line of an operation. A HEAD is answered like a GET.
#[must_use]
pub fn find(method: &str, path: &str) -> Option<&'static Operation> {
    let method = if method == "HEAD" { "GET" } else { method };
    OPERATIONS.iter().find(|operation| operation.method == method && operation.path == path)
}

/// The methods of a path, as the Allow header has them.
#[must_use]
pub fn methods(path: &str) -> String {
    let mut methods: Vec<&str> = OPERATIONS.iter().filter(|operation| operation.path == path).map(|operation| operation.method).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.join(",")
}
