//! The authorization table: every operation with the scope it needs. The OpenAPI document is stamped from it, and a test holds
//! each handler to it, so that an operation without a line here does not pass.

use certdeck_shared::api::account::Scope;

/// An operation and who may call it; `None` is anyone.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Method in upper case.
    pub method: &'static str,
    /// Path as in the OpenAPI document.
    pub path: &'static str,
    /// The scope it needs.
    pub scope: Option<Scope>,
}

const fn operation(method: &'static str, path: &'static str, scope: Option<Scope>) -> Operation {
    Operation { method, path, scope }
}

const ANYONE: Option<Scope> = None;
const READ: Option<Scope> = Some(Scope::Read);
const WRITE: Option<Scope> = Some(Scope::Write);
const ADMIN: Option<Scope> = Some(Scope::Admin);

/// All operations.
pub const OPERATIONS: &[Operation] = &[
    operation("GET", "/api/v1/setup", ANYONE),
    operation("POST", "/api/v1/setup", ANYONE),
    operation("POST", "/api/v1/session", ANYONE),
    operation("GET", "/api/v1/session", READ),
    operation("DELETE", "/api/v1/session", READ),
    operation("GET", "/api/v1/users", ADMIN),
    operation("POST", "/api/v1/users", ADMIN),
    // One's own password; the operation itself wants `admin` for everything else.
    operation("PATCH", "/api/v1/users/{user_name}", READ),
    operation("DELETE", "/api/v1/users/{user_name}", ADMIN),
    operation("GET", "/api/v1/api-tokens", ADMIN),
    operation("POST", "/api/v1/api-tokens", ADMIN),
    operation("DELETE", "/api/v1/api-tokens/{id}", ADMIN),
    operation("GET", "/api/v1/audit", ADMIN),
    operation("POST", "/api/v1/command-lines", READ),
    operation("GET", "/api/v1/jobs", READ),
    operation("GET", "/api/v1/jobs/{id}", READ),
    operation("DELETE", "/api/v1/jobs/{id}", WRITE),
    operation("GET", "/api/v1/events", READ),
    operation("GET", "/api/v1/found-databases", ADMIN),
    operation("GET", "/api/v1/databases", READ),
    operation("POST", "/api/v1/databases", ADMIN),
    operation("GET", "/api/v1/databases/{database}", READ),
    operation("PATCH", "/api/v1/databases/{database}", ADMIN),
    operation("DELETE", "/api/v1/databases/{database}", ADMIN),
    operation("POST", "/api/v1/databases/{database}/tokens/{token}/login", WRITE),
    operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/login", WRITE),
    operation("GET", "/api/v1/databases/{database}/password", READ),
    operation("PUT", "/api/v1/databases/{database}/password", ADMIN),
    operation("GET", "/api/v1/databases/{database}/modules", READ),
    operation("POST", "/api/v1/databases/{database}/modules", ADMIN),
    operation("GET", "/api/v1/databases/{database}/modules/{module}", READ),
    operation("PATCH", "/api/v1/databases/{database}/modules/{module}", ADMIN),
    operation("DELETE", "/api/v1/databases/{database}/modules/{module}", ADMIN),
    operation("GET", "/api/v1/databases/{database}/tokens", READ),
    operation("PUT", "/api/v1/databases/{database}/tokens/{token}/password", ADMIN),
    operation("PUT", "/api/v1/databases/{database}/tokens/{token}/password-line", ADMIN),
    operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/password-line", ADMIN),
    operation("GET", "/api/v1/databases/{database}/tokens/{token}/certificates", READ),
    operation("POST", "/api/v1/databases/{database}/tokens/{token}/certificates", WRITE),
    operation("PATCH", "/api/v1/databases/{database}/tokens/{token}/certificates/{fingerprint}", WRITE),
    operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/certificates/{fingerprint}", WRITE),
    operation("GET", "/api/v1/databases/{database}/tokens/{token}/keys", READ),
    operation("POST", "/api/v1/databases/{database}/tokens/{token}/keys", WRITE),
    operation("DELETE", "/api/v1/databases/{database}/tokens/{token}/keys/{key}", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates", READ),
    operation("POST", "/api/v1/databases/{database}/certificates", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}", READ),
    operation("PATCH", "/api/v1/databases/{database}/certificates/{fingerprint}", WRITE),
    operation("DELETE", "/api/v1/databases/{database}/certificates/{fingerprint}", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/chain", READ),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/validation", READ),
    // It makes the console speak to other hosts.
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/revocation-check", WRITE),
    operation("GET", "/api/v1/databases/{database}/validation", READ),
    // Tries changes and makes none.
    operation("POST", "/api/v1/databases/{database}/validation", READ),
    operation("PATCH", "/api/v1/databases/{database}/trust", WRITE),
    operation("POST", "/api/v1/databases/{database}/deletion", WRITE),
    operation("GET", "/api/v1/databases/{database}/keys", READ),
    operation("POST", "/api/v1/databases/{database}/keys", WRITE),
    operation("GET", "/api/v1/databases/{database}/keys/{key}", READ),
    operation("DELETE", "/api/v1/databases/{database}/keys/{key}", WRITE),
    operation("GET", "/api/v1/databases/{database}/requests", READ),
    operation("POST", "/api/v1/databases/{database}/requests", WRITE),
    operation("GET", "/api/v1/databases/{database}/requests/{request}", READ),
    operation("DELETE", "/api/v1/databases/{database}/requests/{request}", WRITE),
    operation("POST", "/api/v1/databases/{database}/requests/{request}/reply", WRITE),
    operation("PATCH", "/api/v1/databases/{database}/requests/{request}", WRITE),
    operation("POST", "/api/v1/databases/{database}/requests/{request}/bundle", WRITE),
    operation("POST", "/api/v1/databases/{database}/replies", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/request-form", READ),
    operation("POST", "/api/v1/databases/{database}/pkcs12", WRITE),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/pkcs12", WRITE),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/keystore", WRITE),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/bundle", WRITE),
    operation("GET", "/api/v1/databases/{database}/snapshots", READ),
    operation("POST", "/api/v1/databases/{database}/snapshots/{snapshot}/restoration", WRITE),
    operation("GET", "/api/v1/databases/{database}/tokens/{token}/algorithms", READ),
    operation("GET", "/api/v1/databases/{database}/conversion", READ),
    operation("POST", "/api/v1/databases/{database}/conversion", ADMIN),
    operation("POST", "/api/v1/databases/{database}/merge", ADMIN),
    operation("GET", "/api/v1/databases/{database}/files", ADMIN),
    operation("PATCH", "/api/v1/databases/{database}/files", ADMIN),
    operation("POST", "/api/v1/databases/{database}/command-lines", READ),
    operation("POST", "/api/v1/databases/{database}/self-signed", WRITE),
    operation("GET", "/api/v1/databases/{database}/issued", READ),
    operation("POST", "/api/v1/databases/{database}/issued", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/renewal", READ),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/renewal", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/crl", READ),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/crl", WRITE),
    operation("GET", "/api/v1/databases/{database}/crls", READ),
    operation("POST", "/api/v1/databases/{database}/crls", WRITE),
    operation("GET", "/api/v1/databases/{database}/crls/{fingerprint}", READ),
    operation("DELETE", "/api/v1/databases/{database}/crls/{fingerprint}", WRITE),
    operation("GET", "/api/v1/databases/{database}/certificates/{fingerprint}/revocations", READ),
    operation("POST", "/api/v1/databases/{database}/certificates/{fingerprint}/revocations", WRITE),
    operation("GET", "/api/v1/found-services", ADMIN),
    operation("GET", "/api/v1/services", READ),
    operation("POST", "/api/v1/services", ADMIN),
    operation("GET", "/api/v1/services/{service}", READ),
    operation("PATCH", "/api/v1/services/{service}", ADMIN),
    operation("DELETE", "/api/v1/services/{service}", ADMIN),
    operation("GET", "/api/v1/services/{service}/bindings", READ),
    operation("POST", "/api/v1/services/{service}/bindings", ADMIN),
    operation("DELETE", "/api/v1/services/{service}/bindings/{binding}", ADMIN),
    operation("POST", "/api/v1/probes", ADMIN),
    operation("POST", "/api/v1/plans", ADMIN),
    operation("GET", "/api/v1/plans/{plan}", READ),
    operation("POST", "/api/v1/plans/{plan}/application", ADMIN),
    operation("GET", "/api/v1/deployments", READ),
    operation("GET", "/api/v1/deployments/{deployment}", READ),
    operation("POST", "/api/v1/deployments/{deployment}/rollback", ADMIN),
];
