//! Problems (RFC 9457) with stable codes.

use serde::{Deserialize, Serialize};

use super::second_factor::SecondFactorOffer;

/// An `application/problem+json` answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `urn:certdeck:problem:<code>`.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// Short, the same for every problem of this code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What is so here, and the cure.
    pub detail: String,
    /// Identifier of this occurrence: `urn:certdeck:request:<id>`, to find it in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Stable code for programs.
    pub code: ProblemCode,
    /// Which fields are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Seconds after which another try makes sense; the same number as the Retry-After header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Identifier of the request for approval, under `approval-required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// What is needed as well, of `second-factor-required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor: Option<Box<SecondFactorOffer>>,
}

/// One wrong field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong, the limit, and the cure.
    pub message: String,
}

impl Problem {
    /// A problem of this code; title and status follow from it.
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            problem_type: format!("urn:certdeck:problem:{}", code.name()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: detail.into(),
            instance: None,
            code,
            errors: Vec::new(),
            retry_after: None,
            approval: None,
            second_factor: None,
        }
    }

    /// Adds a wrong field.
    #[must_use]
    pub fn with_field(mut self, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { pointer: pointer.into(), message: message.into() });
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.detail, self.code.name())
    }
}

impl std::error::Error for Problem {}

// The name is a `tt`: a `literal` comes to utoipa's macro in a wrapping through which it does not see the name of the variant.
macro_rules! problem_codes {
    ($($(#[$doc:meta])* $variant:ident = $name:tt, $status:literal, $title:literal;)*) => {
        /// Every problem the console answers with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl ProblemCode {
            /// All codes, for documents and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// HTTP status.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// Short title.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

problem_codes! {
    /// A field is missing, malformed or out of range.
    InvalidInput = "invalid-input", 400, "The request is not valid";
    /// The body is not what the content type says.
    MalformedBody = "malformed-body", 400, "The body could not be read";
    /// No session and no token, or they are no longer good.
    NotSignedIn = "not-signed-in", 401, "Sign in first";
    /// Wrong user name or password.
    CredentialsIncorrect = "credentials-incorrect", 401, "User name or password is wrong";
    /// The password is right, and the account has a second factor: send a code or the answer of a passkey as well.
    SecondFactorRequired = "second-factor-required", 401, "The second factor is needed";
    /// The answer of a passkey is not that of one of the account's to the challenge that it was asked.
    PasskeyRefused = "passkey-refused", 401, "The passkey is refused";
    /// The address of the console is none that a passkey can be made for.
    PasskeysUnavailable = "passkeys-unavailable", 409, "No passkeys at this address";
    /// The console wants a second factor, and the account has none: nothing else is answered until it has.
    SecondFactorMissing = "second-factor-missing", 403, "Set up a second factor first";
    /// The console wants a second factor, and this is the account's last.
    LastSecondFactor = "last-second-factor", 409, "The last second factor stays";
    /// The connection has no certificate, or one that signs nobody in.
    CertificateRefused = "certificate-refused", 401, "The certificate signs nobody in";
    /// The setup token is wrong, used or too old.
    SetupTokenIncorrect = "setup-token-incorrect", 403, "The setup link is not good";
    /// The console already has an account.
    SetupDone = "setup-done", 409, "The console is already set up";
    /// The caller's grants do not allow it.
    ScopeInsufficient = "scope-insufficient", 403, "Not allowed for this account or token";
    /// It asks again who one is, and that was too long ago.
    ConfirmationRequired = "confirmation-required", 403, "Confirm that it is you";
    /// A second person has to approve the call; `approval` names the request for that.
    ApprovalRequired = "approval-required", 403, "A second person has to approve this";
    /// The request for approval was decided, withdrawn, used or ended otherwise.
    ApprovalOver = "approval-over", 409, "Nothing is left to decide";
    /// The Origin header is not the console's.
    OriginRefused = "origin-refused", 403, "Request from another origin";
    /// No such thing.
    NotFound = "not-found", 404, "Not found";
    /// The path exists, the method does not.
    MethodNotAllowed = "method-not-allowed", 405, "Method not allowed here";
    /// None of the Accept header's types is available.
    NotAcceptable = "not-acceptable", 406, "No such representation";
    /// It is there already.
    AlreadyExists = "already-exists", 409, "Already there";
    /// An NSS database is already in the directory.
    DatabaseExists = "database-exists", 409, "A database is already there";
    /// The nickname belongs to another subject.
    NicknameTaken = "nickname-taken", 409, "The nickname belongs to another subject";
    /// Another certificate of the issuer has the serial number.
    SerialNumberReused = "serial-number-reused", 409, "Issuer and serial number belong to another certificate";
    /// The last administrator would be lost.
    LastAdministrator = "last-administrator", 409, "The last administrator stays";
    /// The thing changed since it was read.
    RevisionMismatch = "revision-mismatch", 412, "Changed meanwhile";
    /// The body is too large.
    BodyTooLarge = "body-too-large", 413, "Too large";
    /// The content type is not one that is read here.
    UnsupportedMediaType = "unsupported-media-type", 415, "Content type not read here";
    /// The bytes are not a certificate, request or bundle.
    Unreadable = "unreadable", 422, "Not a certificate, request or bundle";
    /// The reply holds no certificate for the request's key.
    ReplyDoesNotMatch = "reply-does-not-match", 422, "No certificate for this key";
    /// A revocation list that NSS would not heed, or that is older than the one in the database.
    ListRefused = "list-refused", 409, "The revocation list is refused";
    /// What should be signed is not a request for that key.
    NotSignable = "not-signable", 422, "Not a request for this key";
    /// The request has weaknesses that were not accepted by their ids.
    WeakRequest = "weak-request", 422, "The request is weak";
    /// Another certificate answered the request before.
    RequestAnswered = "request-answered", 409, "The request has an answer";
    /// The certificate of the issuer is none of a CA, is over, or its key is not here.
    IssuerUnfit = "issuer-unfit", 409, "The issuer cannot sign this";
    /// The CA's policy refuses the request.
    RequestRefused = "request-refused", 422, "The request is refused";
    /// A file of a program is not understood, and so not edited.
    ConfigurationNotUnderstood = "configuration-not-understood", 422, "The configuration is not understood";
    /// A directory cannot be asked.
    DirectoryUnreachable = "directory-unreachable", 502, "The directory does not answer";
    /// A file that holds keys is protected by a password, and none was given.
    FilePasswordRequired = "file-password-required", 422, "The file needs its password";
    /// The password of a file that holds keys is wrong.
    FilePasswordIncorrect = "file-password-incorrect", 422, "The file's password is wrong";
    /// A file breaks off or was changed.
    FileDamaged = "file-damaged", 422, "The file is damaged";
    /// A private key is broken, or of a kind that NSS does not keep.
    KeyNotUsable = "key-not-usable", 422, "A key that NSS does not keep";
    /// No certificate belongs to a key.
    KeyWithoutCertificate = "key-without-certificate", 409, "No certificate belongs to the key";
    /// The private key of the certificate is not in the database.
    KeyMissing = "key-missing", 409, "The private key is not here";
    /// The database password is wrong.
    PinIncorrect = "pin-incorrect", 403, "The database password is wrong";
    /// The database is locked; unlock it with its password.
    TokenLocked = "token-locked", 409, "Unlock the database first";
    /// The password does not pass the quality check.
    PasswordWeak = "password-weak", 422, "The password is too weak";
    /// The client makes more calls than it may; Retry-After says when it may again.
    TooManyRequests = "too-many-requests", 429, "Too many calls";
    /// Too many wrong passwords; wait.
    TooManyAttempts = "too-many-attempts", 429, "Too many wrong passwords";
    /// The database, its directory or its file system cannot be written.
    DatabaseReadOnly = "database-read-only", 409, "The database cannot be written";
    /// The files are not a readable NSS database.
    DatabaseUnusable = "database-unusable", 409, "The database cannot be read";
    /// Another program holds the database.
    DatabaseBusy = "database-busy", 503, "The database is in use";
    /// No space is left.
    DiskFull = "disk-full", 507, "No space left";
    /// The token worker has too much to do.
    TokenBusy = "token-busy", 503, "The token is busy";
    /// The token worker did not answer in time and was ended.
    TokenTimeout = "token-timeout", 504, "The token did not answer";
    /// The call takes too long to be waited for; the work goes on.
    StillUnderWay = "still-under-way", 504, "Not finished yet";
    /// The token worker ended in the middle of the work.
    TokenCrashed = "token-crashed", 502, "The token worker ended";
    /// A PKCS#11 call failed in a way we have no better word for.
    TokenError = "token-error", 502, "The token refused";
    /// The library of a PKCS#11 module cannot be loaded, hangs or dies.
    ModuleUnusable = "module-unusable", 422, "The module cannot be used";
    /// The token is not in its slot.
    TokenAbsent = "token-absent", 409, "The token is not there";
    /// The token has locked itself after wrong passwords.
    PinLocked = "pin-locked", 409, "The token has locked itself";
    /// One more wrong password locks the token; say that it may be tried.
    PinFinalTry = "pin-final-try", 409, "One more wrong password locks the token";
    /// The private key never leaves its token.
    KeyUnextractable = "key-unextractable", 409, "The private key never leaves its token";
    /// A change of the password was cut short, and it is not known yet how far it came.
    PasswordChangeUnfinished = "password-change-unfinished", 409, "A change of the password is not finished";
    /// Somebody stopped the work; everything done so far was put back.
    Cancelled = "cancelled", 409, "Stopped on request";
    /// The database was written by an NSS that is newer than the console's.
    NssTooOld = "nss-too-old", 409, "A newer NSS is needed";
    /// Something changed since the plan was made, or it is too old: make it anew.
    PlanStale = "plan-stale", 409, "The plan is out of date";
    /// A check of the plan failed, it would change nothing, or it was applied already.
    PlanNotReady = "plan-not-ready", 409, "The plan cannot be applied";
    /// Another deployment to the service is under way.
    DeploymentRunning = "deployment-running", 409, "A deployment is under way";
    /// The deployment did not work, and everything is as it was before.
    DeploymentFailed = "deployment-failed", 409, "The deployment was taken back";
    /// The deployment did not work and could not be taken back entirely.
    NeedsAttention = "needs-attention", 500, "A deployment needs attention";
    /// The deployment cannot be taken back.
    NotReturnable = "not-returnable", 409, "The deployment cannot be taken back";
    /// A fault of the console; the log has more.
    Internal = "internal", 500, "A fault of the console";
}
