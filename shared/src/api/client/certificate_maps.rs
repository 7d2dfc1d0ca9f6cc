//! Files `certmap.conf`.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::certificate_map::{CertificateMaps, MapChanges, MapTrialResult, NewMapTrial};
use crate::api::paths;

impl<T: Transport> Client<T> {
    /// `GET /certificate-maps`: the maps of a file.
    pub async fn certificate_maps(&self, path: &str) -> Result<CertificateMaps, ClientError> {
        self.value(Request::new(Method::Get, paths::CERTIFICATE_MAPS).query("path", path)).await
    }

    /// `PATCH /certificate-maps`: changes them, provided that the file is the one with this digest.
    pub async fn change_certificate_maps(&self, path: &str, digest: &str, changes: &MapChanges) -> Result<CertificateMaps, ClientError> {
        let request = Request::new(Method::Patch, paths::CERTIFICATE_MAPS).query("path", path);
        self.value(request.header("if-match", format!("\"{digest}\"")).json(changes)).await
    }

    /// `POST /certificate-maps/trial`: where a certificate leads.
    pub async fn try_certificate_map(&self, trial: &NewMapTrial) -> Result<MapTrialResult, ClientError> {
        self.value(Request::new(Method::Post, paths::CERTIFICATE_MAP_TRIAL).json(trial)).await
    }
}
