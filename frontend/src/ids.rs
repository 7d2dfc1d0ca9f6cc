//! DOM ids, in one place: the page focuses by them and the browser tests find by them.

/// The note that stands until the page has started.
pub const LOADING: &str = "loading";
/// The filter of the list of certificates.
pub const FILTER: &str = "certificate-filter";
/// The scrolling list of certificates.
pub const CERTIFICATE_LIST: &str = "certificate-list";
/// The text field of the command palette.
pub const PALETTE: &str = "command-palette";
/// The field for the database password in the bar.
pub const UNLOCK: &str = "unlock-password";
/// The field for a new nickname.
pub const RENAME: &str = "new-nickname";
/// The trust matrix of the detail.
pub const TRUST_MATRIX: &str = "trust";
/// The slider of the time that a certificate is judged at.
pub const VERDICT_TIME: &str = "verdict-time";
/// The main pane, target of the skip link.
pub const MAIN: &str = "main";
/// The file field of the viewer.
pub const VIEWER_FILE: &str = "viewer-file";
/// The one-time token of the setup link.
pub const SETUP_TOKEN: &str = "setup-token";
/// User name, at the gate and for a new account.
pub const USER_NAME: &str = "user-name";
/// The present password, at the gate and when it is changed.
pub const PASSWORD: &str = "password";
/// What asks for a passkey at the gate.
pub const PASSKEY: &str = "use-passkey";
/// Name of a new passkey.
pub const PASSKEY_NAME: &str = "passkey-name";
/// The password that confirms who one is.
pub const CONFIRMATION: &str = "confirmation";
/// Why a second person is asked.
pub const APPROVAL_REASON: &str = "approval-reason";
/// What whoever decides says to it.
pub const APPROVAL_WORDS: &str = "approval-words";
/// A code of the second factor.
pub const ONE_TIME_CODE: &str = "one-time-code";
/// A new password.
pub const NEW_PASSWORD: &str = "new-password";
/// The new password once more.
pub const PASSWORD_AGAIN: &str = "password-again";
/// Directory of a database to create or register.
pub const DATABASE_PATH: &str = "database-path";
/// What the names of a database's files begin with.
pub const DATABASE_PREFIX: &str = "database-prefix";
/// The database that a merge takes from.
pub const MERGE_SOURCE: &str = "merge-source";
/// Its password.
pub const MERGE_PASSWORD: &str = "merge-password";
/// Name of a database for people.
pub const DATABASE_LABEL: &str = "database-label";
/// Owner of a database to create.
pub const DATABASE_OWNER: &str = "database-owner";
/// Group of a database to create.
pub const DATABASE_GROUP: &str = "database-group";
/// Mode of a directory to create.
pub const DATABASE_MODE: &str = "database-mode";
/// Password, or password file, that unlocks a database on the page of databases.
pub const DATABASE_PASSWORD: &str = "database-password";
/// Password of a database to convert.
pub const CONVERT_PASSWORD: &str = "convert-password";
/// The filter of the audit log.
pub const ACTIVITY_FILTER: &str = "activity-filter";
/// The words that the whole audit log is searched for.
pub const ACTIVITY_WORDS: &str = "activity-words";
/// First password of another account.
pub const OTHER_PASSWORD: &str = "other-password";
/// What an API token is for.
pub const TOKEN_LABEL: &str = "token-label";
/// How long an API token is good.
pub const TOKEN_DAYS: &str = "token-days";
/// For how long a secret stays good beside the new one.
pub const TOKEN_OVERLAP: &str = "token-overlap";
/// The PEM of a request.
pub const REQUEST_PEM: &str = "request-pem";
/// Algorithm of the key of a new request.
pub const REQUEST_KEY: &str = "request-key";
/// File that holds the key of a request.
pub const OUTSIDE_FILE: &str = "outside-file";
/// Password of that file.
pub const OUTSIDE_PASSWORD: &str = "outside-password";
/// Nickname of a new request.
pub const REQUEST_NICKNAME: &str = "request-nickname";
/// Alternative names of a new request.
pub const REQUEST_NAMES: &str = "request-names";
/// Note of a new request.
pub const REQUEST_NOTE: &str = "request-note";
/// The CA's answer.
pub const REPLY: &str = "reply";
/// Nickname for the CA's answer.
pub const REPLY_NICKNAME: &str = "reply-nickname";
/// Files to import.
pub const IMPORT_FILE: &str = "import-file";
/// Password of a file that holds keys.
pub const KEY_FILE_PASSWORD: &str = "key-file-password";
/// Password of the keys in it.
pub const KEY_FILE_KEY_PASSWORD: &str = "key-file-key-password";
/// What to export.
pub const EXPORT_WHAT: &str = "export-what";
/// The database's password, entered again.
pub const EXPORT_DATABASE_PASSWORD: &str = "export-database-password";
/// Password for what is exported.
pub const EXPORT_FILE_PASSWORD: &str = "export-file-password";
/// Name of the entry in a key store.
pub const EXPORT_ALIAS: &str = "export-alias";
/// Text to import.
pub const IMPORT_TEXT: &str = "import-text";
/// Serial number to be looked up in revocation lists.
pub const LISTS_SERIAL: &str = "lists-serial";
/// File with a revocation list.
pub const LISTS_FILE: &str = "lists-file";
/// Text of a revocation list.
pub const LISTS_TEXT: &str = "lists-text";
/// The flags that many certificates are given at once.
pub const TRUST_MANY: &str = "trust-of-many";
/// Name of a PKCS#11 module.
pub const MODULE_NAME: &str = "module-name";
/// Library of a PKCS#11 module.
pub const MODULE_LIBRARY: &str = "module-library";
/// Parameters of a PKCS#11 module.
pub const MODULE_PARAMETERS: &str = "module-parameters";
/// Password of a token.
pub const TOKEN_PASSWORD: &str = "token-password";
/// Trust letters of a certificate on a token.
pub const TOKEN_TRUST: &str = "token-trust";
/// Name of what is made on a token.
pub const TOKEN_COMMON_NAME: &str = "token-common-name";
/// Nickname of what is made on a token.
pub const TOKEN_NICKNAME: &str = "token-nickname";
/// Key of what is made on a token.
pub const TOKEN_ALGORITHM: &str = "token-algorithm";
/// Present password of a token.
pub const TOKEN_CURRENT: &str = "token-current";
/// Its new one.
pub const TOKEN_NEW: &str = "token-new";
/// Its new one again.
pub const TOKEN_AGAIN: &str = "token-again";
/// Password of a database as it is.
pub const CURRENT_PASSWORD: &str = "current-password";
/// Password of a database as it is to be.
pub const DATABASE_NEW_PASSWORD: &str = "database-new-password";
/// The same once more.
pub const DATABASE_PASSWORD_AGAIN: &str = "database-password-again";
/// Subject of a new request from a key.
pub const KEY_SUBJECT: &str = "key-subject";
/// Subject instead of that of a request to be signed.
pub const MAKE_INSTEAD: &str = "make-instead";
/// Last day of a new certificate.
pub const MAKE_LAST_DAY: &str = "make-last-day";
/// When a new certificate begins.
pub const MAKE_BEGINS: &str = "make-begins";
/// In how many months it begins.
pub const MAKE_OFFSET: &str = "make-offset";
/// The day it begins.
pub const MAKE_FIRST_DAY: &str = "make-first-day";
/// How many CAs may follow below a new one.
pub const MAKE_PATH_LENGTH: &str = "make-path-length";
/// Addresses of the issuer's revocation list.
pub const MAKE_LISTS: &str = "make-lists";
/// Addresses of OCSP responders.
pub const MAKE_RESPONDERS: &str = "make-responders";
/// Adds an attribute to a subject.
pub const SUBJECT_ADD: &str = "subject-add";
/// A subject as RFC 4514 writes it.
pub const SUBJECT_RFC4514: &str = "subject-rfc4514";
/// A subject as OpenSSL writes it.
pub const SUBJECT_OPENSSL: &str = "subject-openssl";
/// What is wrong with a subject.
pub const SUBJECT_NOTE: &str = "subject-note";
/// Alternative names of a new certificate.
pub const MAKE_NAMES: &str = "make-names";
/// What a new certificate is for.
pub const MAKE_TEMPLATE: &str = "make-template";
/// Key of a new certificate.
pub const MAKE_KEY: &str = "make-key";
/// How long a new certificate is good.
pub const MAKE_LENGTH: &str = "make-length";
/// In which unit.
pub const MAKE_UNIT: &str = "make-unit";
/// Serial number of a new certificate.
pub const MAKE_SERIAL: &str = "make-serial";
/// Nickname of a new certificate.
pub const MAKE_NICKNAME: &str = "make-nickname";
/// Trust of a new certificate.
pub const MAKE_TRUST: &str = "make-trust";
/// The CA that issues.
pub const MAKE_ISSUER: &str = "make-issuer";
/// The request to be signed.
pub const MAKE_REQUEST: &str = "make-request";
/// Serial number to revoke.
pub const REVOKE_SERIAL: &str = "revoke-serial";
/// Reason of a revocation.
pub const REVOKE_REASON: &str = "revoke-reason";
/// Days until the next revocation list.
pub const REVOKE_DAYS: &str = "revoke-days";
/// Key that is there.
pub const REQUEST_EXISTING: &str = "request-existing";
/// What becomes of a browser's key.
pub const REQUEST_KEEP: &str = "request-keep";
/// Password of a key's file.
pub const REQUEST_PASSWORD: &str = "request-password";
/// Template of a request.
pub const REQUEST_TEMPLATE: &str = "request-template";
/// Length of paths below a CA.
pub const REQUEST_PATH_LENGTH: &str = "request-path-length";
/// Certificate to take over from.
pub const REQUEST_LIKE: &str = "request-like";
/// CA of a request.
pub const REQUEST_CA: &str = "request-ca";
/// Telephone number of a request.
pub const REQUEST_PHONE: &str = "request-phone";
/// Challenge password of a request.
pub const REQUEST_CHALLENGE: &str = "request-challenge";
/// Program of a service to register.
pub const SERVICE_KIND: &str = "service-kind";
/// Configuration of a service to register.
pub const SERVICE_CONFIG: &str = "service-config";
/// Name of a service for people.
pub const SERVICE_LABEL: &str = "service-label";
/// Database of a new binding.
pub const BINDING_DATABASE: &str = "binding-database";
/// Certificate of a new binding.
pub const BINDING_CERTIFICATE: &str = "binding-certificate";
/// Endpoint of a new binding.
pub const BINDING_ENDPOINT: &str = "binding-endpoint";
/// Directory of a new binding.
pub const BINDING_DIRECTORY: &str = "binding-directory";
/// Program that checks the configuration of a service.
pub const CONTROL_CHECK: &str = "control-check";
/// Program that reloads a service.
pub const CONTROL_RELOAD: &str = "control-reload";
/// Program that restarts a service.
pub const CONTROL_RESTART: &str = "control-restart";
/// File of the certificate of a program that is described.
pub const DESCRIBED_CERTIFICATE: &str = "described-certificate";
/// File of its key.
pub const DESCRIBED_KEY: &str = "described-key";
/// File of its chain.
pub const DESCRIBED_CHAIN: &str = "described-chain";
/// CAs of its clients.
pub const DESCRIBED_AUTHORITIES: &str = "described-authorities";
/// User that reads its key.
pub const DESCRIBED_READER: &str = "described-reader";
/// Adds a port to it.
pub const DESCRIBED_ADD: &str = "described-add";
/// Host to probe.
pub const PROBE_HOST: &str = "probe-host";
/// Port to probe.
pub const PROBE_PORT: &str = "probe-port";
/// What is spoken at a port to probe.
pub const PROBE_PROTOCOL: &str = "probe-protocol";
/// How TLS begins at a port to probe.
pub const PROBE_TLS: &str = "probe-tls";
/// Server name of a probe.
pub const PROBE_NAME: &str = "probe-name";
/// Profile that an inventory is compared with.
pub const PROBE_PROFILE: &str = "probe-profile";
/// Kind of key of a probe.
pub const PROBE_KEY: &str = "probe-key";
/// Path of a `certmap.conf`.
pub const MAPS_PATH: &str = "maps-path";
/// Name of a new certificate map.
pub const MAPS_NAME: &str = "maps-name";
/// Issuer of a new certificate map.
pub const MAPS_ISSUER: &str = "maps-issuer";
/// Certificate that is tried on certificate maps.
pub const MAPS_CERTIFICATE: &str = "maps-certificate";
/// Directory that is asked for an entry.
pub const MAPS_URL: &str = "maps-url";
/// Where the tree of the directory begins.
pub const MAPS_SUFFIX: &str = "maps-suffix";
/// Who asks the directory.
pub const MAPS_BIND: &str = "maps-bind";
/// Password of who asks the directory.
pub const MAPS_PASSWORD: &str = "maps-password";
/// The matrix of endpoints that are watched.
pub const ENDPOINT_LIST: &str = "endpoint-list";
/// The first of the areas.
pub const FIRST_AREA: &str = "first-area";
/// The button that shows all areas in a narrow window.
pub const MORE_AREAS: &str = "more-areas";
/// Filter of notices.
pub const NOTICE_FILTER: &str = "notice-filter";
/// Filter of endpoints.
pub const ENDPOINT_FILTER: &str = "endpoint-filter";
/// Host of an endpoint to watch.
pub const ENDPOINT_HOST: &str = "endpoint-host";
/// Its port.
pub const ENDPOINT_PORT: &str = "endpoint-port";
/// What is spoken there.
pub const ENDPOINT_PROTOCOL: &str = "endpoint-protocol";
/// How TLS begins there.
pub const ENDPOINT_TLS: &str = "endpoint-tls";
/// Name that the server is asked for.
pub const ENDPOINT_SERVER_NAME: &str = "endpoint-server-name";
/// Name of an endpoint to watch, for people.
pub const ENDPOINT_LABEL: &str = "endpoint-label";
/// Its tags.
pub const ENDPOINT_TAGS: &str = "endpoint-tags";
/// Database with the certificate that a new endpoint should serve.
pub const ENDPOINT_DATABASE: &str = "endpoint-database";
/// That certificate.
pub const ENDPOINT_NICKNAME: &str = "endpoint-nickname";
/// Name for people of an endpoint that is watched.
pub const ENDPOINT_OWN_LABEL: &str = "endpoint-own-label";
/// Its tags.
pub const ENDPOINT_OWN_TAGS: &str = "endpoint-own-tags";
/// How often endpoints are probed.
pub const WATCH_EVERY: &str = "watch-every";
/// What may be probed.
pub const WATCH_ALLOWED: &str = "watch-allowed";
/// Hours between reminders of notices.
pub const POLICY_REMIND: &str = "policy-remind";
/// Lifetime that the expiry policy is shown for.
pub const POLICY_PREVIEW: &str = "policy-preview";
/// By what a rule of the expiry policy chooses.
pub const RULE_BY: &str = "rule-by";
/// Database of a rule.
pub const RULE_DATABASE: &str = "rule-database";
/// What a rule names.
pub const RULE_NAME: &str = "rule-name";
/// Name of a channel for people.
pub const CHANNEL_LABEL: &str = "channel-label";
/// Mail server of a channel.
pub const CHANNEL_HOST: &str = "channel-host";
/// Its port.
pub const CHANNEL_PORT: &str = "channel-port";
/// How TLS begins there.
pub const CHANNEL_TLS: &str = "channel-tls";
/// Who mail is from.
pub const CHANNEL_FROM: &str = "channel-from";
/// Who mail is for.
pub const CHANNEL_TO: &str = "channel-to";
/// Account at the mail server.
pub const CHANNEL_USER_NAME: &str = "channel-user-name";
/// Password of a mail account, or secret of a webhook.
pub const CHANNEL_SECRET: &str = "channel-secret";
/// Address of a webhook.
pub const CHANNEL_URL: &str = "channel-url";
/// CAs that count for the server of a channel.
pub const CHANNEL_CA: &str = "channel-ca";
/// In which way the log is written to.
pub const CHANNEL_WAY: &str = "channel-way";
/// Socket of the log.
pub const CHANNEL_SOCKET: &str = "channel-socket";
/// Program of a channel and its arguments.
pub const CHANNEL_ARGUMENTS: &str = "channel-arguments";
/// Seconds that it may take.
pub const CHANNEL_SECONDS: &str = "channel-seconds";
/// How urgent a notice must be to go to a channel.
pub const CHANNEL_AT_LEAST: &str = "channel-at-least";
