//! First run, sessions, users, API tokens, audit log, jobs.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::account::{
    ApiToken, ApiTokenRotation, CertificateSignIn, Confirmation, CreatedApiToken, NewApiToken, NewUser, OpenSession, Session, Setup,
    SetupStatus, SignIn, User, UserChange,
};
use crate::api::activity::{AuditPage, AuditVerification};
use crate::api::job::Job;
use crate::api::passkey::{NewPasskey, PasskeyCreation, RegisteredPasskey};
use crate::api::paths;
use crate::api::second_factor::{RecoveryCodes, SecondFactor, SecondFactorActivation, SecondFactorSecret};

/// Which audit entries to read; the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only entries before this id.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: Option<u32>,
    /// Only those of this database.
    pub database: Option<String>,
    /// Only those of this actor.
    pub actor: Option<String>,
    /// Only those whose action begins so.
    pub action: Option<String>,
    /// Only those about the service with this configuration.
    pub service: Option<String>,
    /// `success`, `refused`, or the code of a problem.
    pub outcome: Option<String>,
    /// Only those in which all these words stand.
    pub text: Option<String>,
    /// Only those from this moment on, as RFC 3339 has it.
    pub from: Option<String>,
    /// Only those before this moment.
    pub until: Option<String>,
}

impl<T: Transport> Client<T> {
    /// `GET /setup`: whether the console waits for its first account.
    pub async fn setup_status(&self) -> Result<SetupStatus, ClientError> {
        self.get(paths::SETUP).await
    }

    /// `POST /setup`: makes the first account and signs it in.
    pub async fn setup(&self, setup: &Setup) -> Result<Session, ClientError> {
        self.value(Request::new(Method::Post, paths::SETUP).json(setup)).await
    }

    /// `GET /session`: who is signed in.
    pub async fn session(&self) -> Result<Session, ClientError> {
        self.get(paths::SESSION).await
    }

    /// `POST /session`: signs in.
    pub async fn sign_in(&self, sign_in: &SignIn) -> Result<Session, ClientError> {
        self.value(Request::new(Method::Post, paths::SESSION).json(sign_in)).await
    }

    /// `POST /session/certificate`: signs in with the certificate of the connection.
    pub async fn sign_in_by_certificate(&self, sign_in: &CertificateSignIn) -> Result<Session, ClientError> {
        self.value(Request::new(Method::Post, paths::SESSION_CERTIFICATE).json(sign_in)).await
    }

    /// `POST /session/confirmation`: proves again who one is, for what asks again.
    pub async fn confirm(&self, confirmation: &Confirmation) -> Result<Session, ClientError> {
        self.value(Request::new(Method::Post, paths::SESSION_CONFIRMATION).json(confirmation)).await
    }

    /// `GET /session/second-factor`: whether the caller's account has one.
    pub async fn second_factor(&self) -> Result<SecondFactor, ClientError> {
        self.get(paths::SECOND_FACTOR).await
    }

    /// `POST /session/second-factor`: a secret for an authenticator program.
    pub async fn begin_second_factor(&self) -> Result<SecondFactorSecret, ClientError> {
        self.value(Request::new(Method::Post, paths::SECOND_FACTOR)).await
    }

    /// `PUT /session/second-factor`: lets it count, by its first code.
    pub async fn activate_second_factor(&self, first: &SecondFactorActivation) -> Result<RecoveryCodes, ClientError> {
        self.value(Request::new(Method::Put, paths::SECOND_FACTOR).json(first)).await
    }

    /// `POST /session/second-factor/recovery-codes`: new ones; those of before are void.
    pub async fn renew_recovery_codes(&self) -> Result<RecoveryCodes, ClientError> {
        self.value(Request::new(Method::Post, paths::RECOVERY_CODES)).await
    }

    /// `POST /session/second-factor/passkey-creation`: what the browser makes a passkey with.
    pub async fn begin_passkey(&self) -> Result<PasskeyCreation, ClientError> {
        self.value(Request::new(Method::Post, paths::PASSKEY_CREATION)).await
    }

    /// `POST /session/second-factor/passkeys`: adds the one that it made.
    pub async fn add_passkey(&self, passkey: &NewPasskey) -> Result<RegisteredPasskey, ClientError> {
        self.value(Request::new(Method::Post, paths::PASSKEYS).json(passkey)).await
    }

    /// `DELETE /session/second-factor/passkeys/{passkey}`: takes it away.
    pub async fn remove_passkey(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::passkey(id))).await
    }

    /// `DELETE /session/second-factor`: codes of the authenticator program count no longer.
    pub async fn remove_second_factor(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::SECOND_FACTOR)).await
    }

    /// `DELETE /session`: signs out here.
    pub async fn sign_out(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::SESSION)).await
    }

    /// `DELETE /session?everywhere=true`: ends all sessions of the account, this one too.
    pub async fn sign_out_everywhere(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::SESSION).query("everywhere", "true")).await
    }

    /// `GET /sessions`: those that are open; of everybody for an administrator, else of one's own account.
    pub async fn open_sessions(&self) -> Result<Vec<OpenSession>, ClientError> {
        self.get(paths::SESSIONS).await
    }

    /// `DELETE /sessions/{session}`: ends it.
    pub async fn end_session(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::open_session(id))).await
    }

    /// `GET /users`: all accounts.
    pub async fn users(&self) -> Result<Vec<User>, ClientError> {
        self.get(paths::USERS).await
    }

    /// `POST /users`: makes an account.
    pub async fn create_user(&self, user: &NewUser) -> Result<User, ClientError> {
        self.value(Request::new(Method::Post, paths::USERS).json(user)).await
    }

    /// `PATCH /users/{user}`: changes password or grants.
    pub async fn change_user(&self, user_name: &str, change: &UserChange) -> Result<User, ClientError> {
        self.value(Request::new(Method::Patch, paths::user(user_name)).json(change)).await
    }

    /// `DELETE /users/{user}`: removes an account and its sessions.
    pub async fn delete_user(&self, user_name: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::user(user_name))).await
    }

    /// `GET /api-tokens`: all API tokens, without their secrets.
    pub async fn api_tokens(&self) -> Result<Vec<ApiToken>, ClientError> {
        self.get(paths::API_TOKENS).await
    }

    /// `POST /api-tokens`: makes an API token; the only answer with its secret.
    pub async fn create_api_token(&self, token: &NewApiToken) -> Result<CreatedApiToken, ClientError> {
        self.value(Request::new(Method::Post, paths::API_TOKENS).json(token)).await
    }

    /// `DELETE /api-tokens/{id}`: from now on it is refused.
    pub async fn delete_api_token(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::api_token(id))).await
    }

    /// `POST /api-tokens/{id}/rotation`: gives it a new secret; the only answer with it.
    pub async fn rotate_api_token(&self, id: &str, rotation: &ApiTokenRotation) -> Result<CreatedApiToken, ClientError> {
        self.value(Request::new(Method::Post, paths::api_token_rotation(id)).json(rotation)).await
    }

    /// `GET /audit`: a page of the audit log.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, ClientError> {
        let mut request = Request::new(Method::Get, paths::AUDIT);
        request.query.extend(query.before.map(|before| ("before", before.to_string())));
        request.query.extend(query.limit.map(|limit| ("limit", limit.to_string())));
        let words = [
            ("database", &query.database),
            ("actor", &query.actor),
            ("action", &query.action),
            ("service", &query.service),
            ("outcome", &query.outcome),
            ("text", &query.text),
            ("from", &query.from),
            ("until", &query.until),
        ];
        request.query.extend(words.into_iter().filter_map(|(name, word)| Some((name, word.clone()?))));
        self.value(request).await
    }

    /// `GET /audit/verification`: whether the audit log is as it was written; `head` is a digest that was kept elsewhere.
    pub async fn verify_audit(&self, head: Option<&str>) -> Result<AuditVerification, ClientError> {
        let mut request = Request::new(Method::Get, paths::AUDIT_VERIFICATION);
        request.query.extend(head.map(|head| ("head", head.to_owned())));
        self.value(request).await
    }

    /// `GET /audit/export`: the log from its first entry on, or after one, a JSON object a line.
    pub async fn export_audit(&self, after: Option<i64>) -> Result<Vec<u8>, ClientError> {
        let mut request = Request::new(Method::Get, paths::AUDIT_EXPORT);
        request.query.extend(after.map(|after| ("after", after.to_string())));
        Ok(self.call(request).await?.body)
    }

    /// `GET /jobs`: jobs, the newest first.
    pub async fn jobs(&self) -> Result<Vec<Job>, ClientError> {
        self.get(paths::JOBS).await
    }

    /// `GET /jobs/{id}`: where a job stands.
    pub async fn job(&self, id: &str) -> Result<Job, ClientError> {
        self.get(paths::job(id)).await
    }

    /// `DELETE /jobs/{id}`: asks a job to stop; it ends as `cancelled` or, if it was done already, as it would have.
    pub async fn cancel_job(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::job(id))).await
    }
}
