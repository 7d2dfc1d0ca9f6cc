//! The operations of the console, as far as lines are to be shown for them.

use serde::{Deserialize, Serialize};

use crate::api::account::{ApiTokenRotation, NewApiToken, NewUser, UserChange};
use crate::api::approval::{ApprovalDecision, ApprovalRequest};
use crate::api::binding::NewBinding;
use crate::api::certificate::{CertificateChange, CertificateDeletion, TrustChanges};
use crate::api::certificate_map::{MapChanges, MapSearch, NewMapTrial};
use crate::api::database::{DatabaseChange, NewDatabase};
use crate::api::endpoint::{EndpointChange, NewEndpoint, WatchSettings};
use crate::api::files::FilesChange;
use crate::api::inventory::NewInventory;
use crate::api::issue::{NewIssued, NewSelfSigned};
use crate::api::key::NewKey;
use crate::api::keystore::{BundleExport, KeystoreExport, KeystoreKind, OutsideKeyFormat, Pkcs12Export};
use crate::api::merge::Merge;
use crate::api::module::{KeyForToken, ModuleChange, NewModule, TokenCertificateChange};
use crate::api::notice::{ChannelChange, ExpiryPolicy, NewChannel, NoticeChange};
use crate::api::plan::{NewPlan, PlanPart};
use crate::api::probe::NewProbe;
use crate::api::renewal::Renewal;
use crate::api::request::{NewRequest, RequestChange};
use crate::api::revocation::{NewRevocation, NewRevocationList};
use crate::api::service::{NewService, ServiceChange, ServiceKind};
use crate::api::validation::{RevocationQuestion, Simulation};

/// A certificate that is to be imported, in a PEM file of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CertificateFile {
    /// The file.
    pub file: String,
    /// Nickname.
    pub nickname: String,
    /// Trust flags; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<String>,
}

/// What is known of a service before its lines are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfiguredService {
    /// Which program.
    pub kind: ServiceKind,
    /// Its configuration.
    pub config: String,
    /// The files with certificates that it names.
    #[serde(default)]
    pub certificates: Vec<String>,
}

/// An operation of the REST interface by its `operationId`, with its parameters and its `body`. Passwords in a body are not looked at: the
/// lines take them from files.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "operation", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the operations and their parameters are described where they are, in the OpenAPI document")]
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
#[rustfmt::skip]
pub enum Action {
    // Certificates
    ListCertificates,
    ShowCertificate { fingerprint: String },
    ShowChain { fingerprint: String },
    ImportCertificates { files: Vec<CertificateFile> },
    ChangeCertificate { fingerprint: String, body: CertificateChange },
    DeleteCertificate { fingerprint: String, #[serde(default)] with_key: bool },
    DeleteCertificates { body: CertificateDeletion },
    ChangeTrust { body: TrustChanges },
    // Validity
    /// All usages when `usage`, the letter of `certutil -V -u`, is absent; now when `at` is.
    ShowValidation { fingerprint: String, usage: Option<char>, at: Option<String> },
    ShowValidations { at: Option<String> },
    Simulate { body: Simulation },
    CheckRevocation { fingerprint: String, body: RevocationQuestion },
    // Keys
    ListKeys,
    ShowKey { key: String },
    CreateKey { body: NewKey },
    DeleteKey { key: String },
    ListAlgorithms { token: String },
    // Requests and their answers, which are in the file `reply.pem`
    ListRequests,
    ShowRequest { request: String },
    RequestForm { fingerprint: String },
    CreateRequest { body: NewRequest },
    ChangeRequest { request: String, body: RequestChange },
    DeleteRequest { request: String, key: Option<String> },
    ReplyToRequest { request: String, nickname: String },
    ReplyToAny { nickname: Option<String> },
    BundleWithOutsideKey { request: String, format: OutsideKeyFormat },
    // Certificates and revocation lists made here
    CreateSelfSigned { body: NewSelfSigned },
    IssueCertificate { body: NewIssued },
    ListIssued,
    ShowRenewal { fingerprint: String },
    RenewCertificate { fingerprint: String, body: Renewal },
    ShowRevocationList { fingerprint: String },
    CreateRevocationList { fingerprint: String, body: NewRevocationList },
    ListRevocations { fingerprint: String },
    RevokeCertificate { fingerprint: String, body: NewRevocation },
    // Revocation lists that lie in the database; one to come in is in the file `ca.crl`
    ListRevocationLists { serial_number: Option<String> },
    ShowStoredList { list: String },
    ImportRevocationList { unverified: bool },
    /// `authority`: the nickname of the CA whose list it is.
    DeleteRevocationList { list: String, authority: Option<String> },
    // Files with private keys
    ImportKeystore { file: String, kind: KeystoreKind },
    ExportPkcs12 { fingerprint: String, body: Pkcs12Export },
    ExportKeystore { fingerprint: String, body: KeystoreExport },
    ExportBundle { fingerprint: String, body: BundleExport },
    // Databases
    ListDatabases,
    FoundDatabases,
    CreateDatabase { body: NewDatabase },
    ShowDatabase,
    ShowFiles,
    ChangeFiles { body: FilesChange },
    ChangeDatabase { body: DatabaseChange },
    ForgetDatabase,
    PreviewConversion,
    ConvertDatabase,
    /// `source_directory` is where the database to take from lies.
    MergeDatabase { body: Merge, source_directory: String, #[serde(default)] source_prefix: String },
    ShowPassword,
    ChangePassword,
    ListSnapshots,
    RestoreSnapshot { snapshot: String },
    // Modules and tokens
    ListModules,
    ShowModule { module: String },
    AddModule { body: NewModule },
    ChangeModule { module: String, body: ModuleChange },
    RemoveModule { module: String },
    ListTokens,
    UnlockToken { token: String },
    LockToken { token: String },
    ChangeTokenPassword { token: String },
    WriteTokenPassword { token: String },
    RemoveTokenPassword { token: String },
    ListTokenCertificates { token: String },
    AddTokenCertificate { token: String, file: String, nickname: String, trust: Option<String> },
    ChangeTokenCertificate { token: String, fingerprint: String, nickname: String, body: TokenCertificateChange },
    DeleteTokenCertificate { token: String, fingerprint: String, nickname: String, #[serde(default)] with_key: bool },
    ListTokenKeys { token: String },
    CreateTokenKey { token: String, body: KeyForToken },
    DeleteTokenKey { token: String, key: String },
    // Services
    ListServices,
    FoundServices,
    CreateService { body: NewService },
    ShowService { service: String, #[serde(default)] configured: Option<ConfiguredService> },
    ChangeService { service: String, body: ServiceChange },
    ForgetService { service: String },
    // What services serve
    ListBindings { service: String },
    CreateBinding { service: String, body: NewBinding },
    RemoveBinding { service: String, binding: String },
    CreateProbe { body: NewProbe },
    CreateInventory { body: NewInventory },
    // Endpoints that are watched
    ShowToday,
    ListEndpoints,
    ListListeningSockets,
    ShowEndpointTable,
    DecideWatch { body: WatchSettings },
    AddEndpoint { body: NewEndpoint },
    /// `probe`: how it is probed.
    ShowEndpoint { endpoint: String, #[serde(default)] probe: Option<NewProbe> },
    ChangeEndpoint { endpoint: String, body: EndpointChange },
    RemoveEndpoint { endpoint: String },
    ProbeEndpoints,
    /// `probe`: how it is probed.
    ProbeEndpoint { endpoint: String, #[serde(default)] probe: Option<NewProbe> },
    ShowEndpointHistory { endpoint: String },
    // Notices
    ListNotices { #[serde(default)] over: bool },
    ChangeNotice { notice: String, body: NoticeChange },
    ShowExpiryPolicy,
    SetExpiryPolicy { body: ExpiryPolicy },
    ListChannels,
    CreateChannel { body: NewChannel },
    ChangeChannel { channel: String, body: ChannelChange },
    RemoveChannel { channel: String },
    TestChannel { channel: String },
    ListDeliveries { channel: Option<String> },
    ShowBoard,
    ShowCalendar,
    MakeCalendar,
    EndCalendar,
    // Plans and deployments
    CreatePlan { body: NewPlan },
    ShowPlan { plan: String },
    /// `parts`: what the plan says.
    ApplyPlan { plan: String, #[serde(default)] parts: Vec<PlanPart> },
    ListDeployments,
    ShowDeployment { deployment: String },
    RollBackDeployment { deployment: String },
    // Files certmap.conf
    ShowCertificateMaps { path: String },
    ChangeCertificateMaps { path: String, body: MapChanges },
    /// The searches that the maps make of the certificate, where they are known, are those that `ldapsearch` makes.
    TryCertificateMap { body: NewMapTrial, #[serde(default)] searches: Vec<MapSearch> },
    // The console
    ListUsers,
    CreateUser { body: NewUser },
    ChangeUser { user_name: String, body: UserChange },
    RemoveUser { user_name: String },
    ListApiTokens,
    CreateApiToken { body: NewApiToken },
    RotateApiToken { id: String, body: ApiTokenRotation },
    RevokeApiToken { id: String },
    ListApprovals,
    ShowApproval { approval: String },
    RequestApproval { approval: String, body: ApprovalRequest },
    DecideApproval { approval: String, body: ApprovalDecision },
    WithdrawApproval { approval: String },
    ListSessions,
    EndSession { id: String },
    ListAudit,
    VerifyAudit,
    ExportAudit,
    ListJobs,
    ShowJob { id: String },
    CancelJob { id: String },
}

impl Action {
    /// The import of a file with private keys whose name nobody knows.
    #[must_use]
    pub fn of_keystore(kind: KeystoreKind) -> Self {
        let file = match kind {
            KeystoreKind::Pkcs12 => "keys.p12",
            KeystoreKind::Jks => "keys.jks",
            KeystoreKind::Keys => "keys.pem",
        };
        Self::ImportKeystore { file: file.to_owned(), kind }
    }
}

/// The operations that no lines are shown for, and why.
pub const WITHOUT_LINES: &[(&str, &str)] = &[
    ("show_setup", "asked once, by the page that the setup link opens"),
    ("set_up", "done once, by the setup link; the token in it is a secret"),
    ("sign_in", "gives a browser its cookie; a script has an API token"),
    ("sign_in_by_certificate", "gives a browser its cookie; a script has an API token"),
    ("show_session", "tells a browser whom its cookie stands for"),
    ("sign_out", "takes the cookie of a browser; an API token is revoked"),
    ("confirm_session", "proves again who sits at a browser; a script cannot be asked"),
    ("show_second_factor", "tells a person of their own account"),
    ("begin_second_factor", "a person does it with a program of theirs; the secret in it is shown once"),
    ("activate_second_factor", "a person does it with a program of theirs"),
    ("remove_second_factor", "a person does it for their own account; for another one there is certdeck user second-factor remove"),
    ("renew_recovery_codes", "a person does it for their own account; they are shown once"),
    ("begin_passkey", "a browser asks it; only its answer is of use"),
    ("add_passkey", "a browser does it with an authenticator of a person"),
    ("remove_passkey", "a person does it for their own account; for another one there is certdeck user second-factor remove"),
    ("stream_events", "tells a page what it has to read anew; it does nothing"),
    ("show_command_lines", "tells the lines themselves"),
    ("show_console_command_lines", "tells the lines themselves"),
    ("read_calendar", "for calendar programs, which have its address; that is a secret"),
];
