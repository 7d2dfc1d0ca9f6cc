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
pub const TRUST_MATRIX: &str = "trust-matrix";
/// The main pane, target of the skip link.
pub const MAIN: &str = "main";
/// The file field of the viewer.
pub const VIEWER_FILE: &str = "viewer-file";
