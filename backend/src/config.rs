//! What the administrator decides: command line first, then the file, then these defaults.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use certdeck_shared::api::approval::Guarded;
use serde::Deserialize;
use time::Duration;

use crate::host::files;
use crate::host::log::LogFormat;

/// Cost of a password hash (argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashingCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
}

impl Default for HashingCost {
    /// OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2 }
    }
}

/// Whether every account has to have a second factor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactorRule {
    /// Whoever wants one.
    #[default]
    Optional,
    /// All: until an account has one, it can do nothing but set it up.
    Required,
}

/// Signing in by certificates of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificateSettings {
    /// File of the CAs, PEM.
    pub authorities: PathBuf,
    /// File of the rules by which a certificate leads to an account, in the form of `certmap.conf`.
    pub map: PathBuf,
    /// File of revocation lists, PEM: with it, a certificate whose CA has no good list in it is refused.
    pub revocations: Option<PathBuf>,
}

/// Settings of a running console.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where state and the embedded database live.
    pub data_dir: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Plain HTTP, only on loopback.
    pub http: bool,
    /// A session ends after so long without a call.
    pub session_idle: Duration,
    /// A session ends after so long whatever happens.
    pub session_absolute: Duration,
    /// After who one is was proved, what asks again is done for so long without asking.
    pub confirmation: Duration,
    /// How long a browser that was here once comes by TLS with a certificate that it trusts, and no other way. Not at all by default.
    pub strict_transport: Option<Duration>,
    /// What a second person has to approve. Nothing by default.
    pub second_person: BTreeSet<Guarded>,
    /// A request for approval waits for so long.
    pub approval_wait: Duration,
    /// What was approved may be done for so long, once.
    pub approval_use: Duration,
    /// Whether every account has to have a second factor.
    pub second_factor_required: bool,
    /// Signing in by certificates; nobody is asked for one without.
    pub client_certificates: Option<ClientCertificateSettings>,
    /// The origin that browsers see when a proxy stands before the console: `https://certdeck.example.com`.
    pub trusted_origin: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed. None by default: a call comes from where its connection comes from.
    pub trusted_proxies: Vec<IpAddr>,
    /// How many snapshots of a database are kept.
    pub snapshots_kept: usize,
    /// How long a snapshot is kept.
    pub snapshot_age: Duration,
    /// Socket of the log of the host, which audit entries are copied to.
    pub audit_syslog: Option<PathBuf>,
    /// Connections that one client may hold open.
    pub connections_per_client: usize,
    /// Calls that one client may make in a second, and ten times as many at once; none for no limit.
    pub requests_per_second: Option<NonZeroU16>,
    /// Something is sent on every stream of events at least so often, so that proxies keep the connection.
    pub events_keep_alive: std::time::Duration,
    /// How the log is written.
    pub log_format: LogFormat,
    /// Cost of a password hash.
    pub hashing: HashingCost,
    /// Hosts that revocation lists and OCSP answers may be fetched from: `crl.example.org`, `ocsp.example.org:8080`, `.example.net` for all
    /// below. None by default: the console asks nobody.
    pub revocation_hosts: Vec<String>,
    /// Socket of the helper that does what this process has no rights to; without it the console does what its user may.
    pub host_helper: Option<PathBuf>,
}

impl Settings {
    /// The defaults, for this data directory.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443),
            http: false,
            session_idle: Duration::minutes(30),
            session_absolute: Duration::hours(12),
            confirmation: Duration::minutes(5),
            strict_transport: None,
            second_person: BTreeSet::new(),
            approval_wait: Duration::hours(24),
            approval_use: Duration::minutes(30),
            second_factor_required: false,
            client_certificates: None,
            trusted_origin: None,
            trusted_proxies: Vec::new(),
            snapshots_kept: 20,
            snapshot_age: Duration::days(90),
            audit_syslog: None,
            connections_per_client: 300,
            requests_per_second: NonZeroU16::new(300),
            events_keep_alive: std::time::Duration::from_secs(15),
            log_format: LogFormat::default(),
            hashing: HashingCost::default(),
            revocation_hosts: Vec::new(),
            host_helper: None,
        }
    }

    /// Whether browsers reach the console by TLS, so that cookies can be `Secure`.
    #[must_use]
    pub fn browsers_use_tls(&self) -> bool {
        self.trusted_origin.as_ref().map_or(!self.http, |origin| origin.starts_with("https://"))
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] files::FileError),
    /// The file is not UTF-8.
    #[error("{} is not UTF-8 text", .0.display())]
    NotText(PathBuf),
    /// The file is not understood.
    #[error("{} is not understood", path.display())]
    NotUnderstood {
        /// The file.
        path: PathBuf,
        /// Line, column and what is wrong there.
        #[source]
        source: toml::de::Error,
    },
    /// A value is out of range.
    #[error("{name}: {problem}")]
    OutOfRange {
        /// The setting.
        name: &'static str,
        /// What is wrong, and the limit.
        problem: String,
    },
}

/// The file of `--config`. Every entry may be absent; an unknown one is refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    /// As `--data-dir`.
    pub data_dir: Option<PathBuf>,
    /// As `--listen`.
    pub listen: Option<SocketAddr>,
    /// As `--http`.
    pub http: Option<bool>,
    /// As `--log-format`.
    pub log_format: Option<LogFormat>,
    /// Minutes until an unused session ends, 1 to 1440.
    pub session_idle_minutes: Option<u16>,
    /// Hours until a session ends in any case, 1 to 168.
    pub session_absolute_hours: Option<u16>,
    /// Minutes for which a password is not asked for again, 1 to 60.
    pub confirmation_minutes: Option<u16>,
    /// Days for which a browser insists on TLS and on a certificate that it trusts, 1 to 730: `Strict-Transport-Security` (RFC 6797).
    pub strict_transport_days: Option<u16>,
    /// What a second person has to approve: `key-export`, `restore`, `modules`, `passwords`, `trust`, `users`.
    pub second_person: Option<BTreeSet<Guarded>>,
    /// Hours for which a request for approval waits, 1 to 720.
    pub approval_hours: Option<u16>,
    /// Minutes for which what was approved may be done, 1 to 1440.
    pub approval_minutes: Option<u16>,
    /// `required`: every account has to have a second factor; `optional` otherwise.
    pub second_factor: Option<SecondFactorRule>,
    /// Absolute path of a PEM file of CAs whose clients may sign in with their certificates, by the rules of `client-certificate-map`.
    pub client_certificate_authorities: Option<PathBuf>,
    /// Absolute path of those rules, in the form of `certmap.conf`.
    pub client_certificate_map: Option<PathBuf>,
    /// Absolute path of a PEM file of revocation lists of those CAs; each of them needs one then.
    pub client_certificate_revocations: Option<PathBuf>,
    /// Origin that browsers see behind a proxy.
    pub trusted_origin: Option<String>,
    /// Addresses of proxies before the console, which say in `X-Forwarded-For` where a call comes from; at most 20.
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// Snapshots kept of a database, 1 to 1000.
    pub snapshots_kept: Option<u16>,
    /// Days a snapshot is kept, 1 to 3650.
    pub snapshot_days: Option<u16>,
    /// Absolute path of a socket of syslog (`/dev/log`): audit entries are copied to it.
    pub audit_syslog: Option<PathBuf>,
    /// Connections that one client may hold open, 1 to 10000.
    pub connections_per_client: Option<u16>,
    /// Calls that one client may make in a second, 1 to 10000, and ten times as many at once; 0 for no limit.
    pub requests_per_second: Option<u16>,
    /// Hosts that revocation may be looked up at: `host`, `host:port`, or `.domain` for all below it; at most 200.
    pub revocation_hosts: Option<Vec<String>>,
    /// Absolute path of the socket of `certdeck host-helper` (`/run/certdeck-helper/helper.sock`).
    pub host_helper: Option<PathBuf>,
}

impl ConfigFile {
    /// Reads a file of at most 64 KiB.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = String::from_utf8(files::read_limited(path, 64 * 1024)?).map_err(|_| ConfigError::NotText(path.to_owned()))?;
        toml::from_str(&text).map_err(|source| ConfigError::NotUnderstood { path: path.to_owned(), source })
    }

    /// Puts what the file says into the settings.
    pub fn apply(self, settings: &mut Settings) -> Result<(), ConfigError> {
        if let Some(minutes) = within("session-idle-minutes", self.session_idle_minutes, 1440)? {
            settings.session_idle = Duration::minutes(minutes.into());
        }
        if let Some(hours) = within("session-absolute-hours", self.session_absolute_hours, 168)? {
            settings.session_absolute = Duration::hours(hours.into());
        }
        if let Some(minutes) = within("confirmation-minutes", self.confirmation_minutes, 60)? {
            settings.confirmation = Duration::minutes(minutes.into());
        }
        if let Some(days) = within("strict-transport-days", self.strict_transport_days, 730)? {
            settings.strict_transport = Some(Duration::days(days.into()));
        }
        if let Some(second_person) = self.second_person {
            settings.second_person = second_person;
        }
        if let Some(hours) = within("approval-hours", self.approval_hours, 720)? {
            settings.approval_wait = Duration::hours(hours.into());
        }
        if let Some(minutes) = within("approval-minutes", self.approval_minutes, 1440)? {
            settings.approval_use = Duration::minutes(minutes.into());
        }
        if let Some(count) = within("snapshots-kept", self.snapshots_kept, 1000)? {
            settings.snapshots_kept = count.into();
        }
        if let Some(days) = within("snapshot-days", self.snapshot_days, 3650)? {
            settings.snapshot_age = Duration::days(days.into());
        }
        if let Some(socket) = self.audit_syslog {
            if !socket.is_absolute() {
                let problem = "not an absolute path; mostly it is /dev/log".to_owned();
                return Err(ConfigError::OutOfRange { name: "audit-syslog", problem });
            }
            settings.audit_syslog = Some(socket);
        }
        if let Some(count) = within("connections-per-client", self.connections_per_client, 10_000)? {
            settings.connections_per_client = count.into();
        }
        match self.requests_per_second {
            Some(0) => settings.requests_per_second = None,
            given => {
                let given = within("requests-per-second", given, 10_000)?;
                settings.requests_per_second = given.and_then(NonZeroU16::new).or(settings.requests_per_second);
            }
        }
        if let Some(rule) = self.second_factor {
            settings.second_factor_required = rule == SecondFactorRule::Required;
        }
        settings.client_certificates =
            client_certificates(self.client_certificate_authorities, self.client_certificate_map, self.client_certificate_revocations)?
                .or(settings.client_certificates.take());
        if let Some(origin) = self.trusted_origin {
            settings.trusted_origin = Some(checked_origin(&origin)?);
        }
        if let Some(proxies) = self.trusted_proxies {
            if proxies.len() > 20 {
                let problem = format!("at most 20 addresses, not {}", proxies.len());
                return Err(ConfigError::OutOfRange { name: "trusted-proxies", problem });
            }
            settings.trusted_proxies = proxies.iter().map(IpAddr::to_canonical).collect();
        }
        if let Some(socket) = self.host_helper {
            if !socket.is_absolute() {
                let problem = "not an absolute path; mostly it is /run/certdeck-helper/helper.sock".to_owned();
                return Err(ConfigError::OutOfRange { name: "host-helper", problem });
            }
            settings.host_helper = Some(socket);
        }
        if let Some(hosts) = self.revocation_hosts {
            settings.revocation_hosts = checked_hosts(hosts)?;
        }
        Ok(())
    }
}

fn within(name: &'static str, value: Option<u16>, most: u16) -> Result<Option<u16>, ConfigError> {
    match value {
        Some(value) if value == 0 || value > most => {
            Err(ConfigError::OutOfRange { name, problem: format!("{value} is not between 1 and {most}") })
        }
        other => Ok(other),
    }
}

fn client_certificates(
    authorities: Option<PathBuf>,
    map: Option<PathBuf>,
    revocations: Option<PathBuf>,
) -> Result<Option<ClientCertificateSettings>, ConfigError> {
    let wrong = |name, problem: &str| Err(ConfigError::OutOfRange { name, problem: problem.to_owned() });
    let named = [
        ("client-certificate-authorities", &authorities),
        ("client-certificate-map", &map),
        ("client-certificate-revocations", &revocations),
    ];
    if let Some((name, _)) = named.into_iter().find(|(_, path)| path.as_ref().is_some_and(|path| !path.is_absolute())) {
        return wrong(name, "not an absolute path");
    }
    match (authorities, map, revocations) {
        (Some(authorities), Some(map), revocations) => Ok(Some(ClientCertificateSettings { authorities, map, revocations })),
        (None, None, None) => Ok(None),
        (None, ..) => wrong("client-certificate-authorities", "missing; the CAs are needed with the other settings of client certificates"),
        (_, None, _) => wrong("client-certificate-map", "missing; without rules no certificate leads to an account"),
    }
}

fn checked_hosts(hosts: Vec<String>) -> Result<Vec<String>, ConfigError> {
    let wrong = |problem: String| ConfigError::OutOfRange { name: "revocation-hosts", problem };
    if hosts.len() > 200 {
        return Err(wrong(format!("at most 200 hosts, not {}", hosts.len())));
    }
    let is_host = |text: &str| !text.trim_start_matches('.').is_empty() && !text.contains(['/', '@', ' ', '*', '?']);
    match hosts.iter().find(|host| !is_host(host)) {
        Some(host) => {
            Err(wrong(format!("{host:?} is no host; write crl.example.org, ocsp.example.org:8080, or .example.net for all below")))
        }
        None => Ok(hosts.into_iter().map(|host| host.to_ascii_lowercase()).collect()),
    }
}

fn checked_origin(origin: &str) -> Result<String, ConfigError> {
    let origin = origin.to_ascii_lowercase();
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(origin),
        _ => Err(ConfigError::OutOfRange {
            name: "trusted-origin",
            problem: "not an origin; write scheme, host and perhaps port without a slash at the end: https://certdeck.example.com"
                .to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        let mut settings = Settings::new("/nowhere");
        let file: ConfigFile = toml::from_str(text).map_err(|error| error.to_string())?;
        file.apply(&mut settings).map_err(|error| error.to_string())?;
        Ok(settings)
    }

    #[test]
    fn an_unknown_entry_is_refused_by_name() {
        assert!(read("sesion-idle-minutes = 5").unwrap_err().contains("sesion-idle-minutes"));
    }

    #[test]
    fn a_value_out_of_range_names_the_limit() {
        assert_eq!(read("snapshots-kept = 0").unwrap_err(), "snapshots-kept: 0 is not between 1 and 1000");
        assert_eq!(read("confirmation-minutes = 61").unwrap_err(), "confirmation-minutes: 61 is not between 1 and 60");
        assert_eq!(read("confirmation-minutes = 60").unwrap().confirmation, Duration::hours(1));
    }

    #[test]
    fn what_a_second_person_approves_is_named() {
        let settings = read("second-person = [\"key-export\", \"users\"]\napproval-hours = 2").unwrap();
        assert_eq!(settings.second_person.into_iter().collect::<Vec<_>>(), [Guarded::KeyExport, Guarded::Users]);
        assert_eq!(settings.approval_wait, Duration::hours(2));
        assert!(read("second-person = [\"keys\"]").unwrap_err().contains("key-export"), "the words there are");
        assert!(read("approval-minutes = 0").is_err());
    }

    #[test]
    fn a_rate_of_none_is_no_limit() {
        assert_eq!(read("").unwrap().requests_per_second, NonZeroU16::new(300));
        assert_eq!(read("requests-per-second = 7").unwrap().requests_per_second, NonZeroU16::new(7));
        assert_eq!(read("requests-per-second = 0").unwrap().requests_per_second, None);
        assert!(read("requests-per-second = 10001").is_err());
    }

    #[test]
    fn hosts_for_revocation_are_hosts() {
        assert!(read("revocation-hosts = [\"http://crl.example.org/\"]").unwrap_err().contains("is no host"));
        assert_eq!(read("revocation-hosts = [\"CRL.example.org\", \".x.y\"]").unwrap().revocation_hosts, ["crl.example.org", ".x.y"]);
    }

    #[test]
    fn certificates_of_clients_need_cas_and_rules() {
        assert!(read("client-certificate-authorities = \"/etc/ca.pem\"").unwrap_err().starts_with("client-certificate-map: missing"));
        assert!(read("client-certificate-map = \"certmap.conf\"").unwrap_err().contains("not an absolute path"));
        let both = "client-certificate-map = \"/etc/certmap.conf\"\nclient-certificate-authorities = \"/etc/ca.pem\"";
        assert_eq!(read(both).unwrap().client_certificates.unwrap().map, PathBuf::from("/etc/certmap.conf"));
        assert_eq!(read("").unwrap().client_certificates, None);
    }

    #[test]
    fn a_second_factor_is_required_when_the_setting_says_so() {
        assert!(read("second-factor = \"required\"").unwrap().second_factor_required);
        assert!(!read("second-factor = \"optional\"").unwrap().second_factor_required && !read("").unwrap().second_factor_required);
        assert!(read("second-factor = \"sometimes\"").is_err());
    }

    #[test]
    fn an_origin_has_no_path() {
        assert!(read("trusted-origin = \"https://a.example/\"").is_err());
        assert_eq!(read("trusted-origin = \"https://A.example:8443\"").unwrap().trusted_origin.as_deref(), Some("https://a.example:8443"));
    }
}
