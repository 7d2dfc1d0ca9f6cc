//! Files that hold private keys.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::keystore::{BundleExport, KeystoreExport, KeystoreImport, KeystoreReport, OutsideKeyBundle, Pkcs12Export};
use crate::api::paths;

impl<T: Transport> Client<T> {
    /// `POST …/pkcs12?preview=true`: what is in a file that holds keys, and what an import would do.
    pub async fn preview_keystore(&self, id: &str, import: &KeystoreImport) -> Result<KeystoreReport, ClientError> {
        let request = Request::new(Method::Post, paths::of_database(id, "pkcs12"));
        self.value(request.query("preview", "true").json(import)).await
    }

    /// `POST …/pkcs12`: imports a file that holds keys.
    pub async fn import_keystore(&self, id: &str, import: &KeystoreImport) -> Result<KeystoreReport, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "pkcs12")).json(import)).await
    }

    /// `POST …/certificates/{fingerprint}/pkcs12`: certificate and key as PKCS#12.
    pub async fn export_pkcs12(&self, id: &str, fingerprint: &str, export: &Pkcs12Export) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Post, paths::certificate_file(id, fingerprint, "pkcs12")).json(export);
        self.call(request).await.map(|response| response.body)
    }

    /// `POST …/certificates/{fingerprint}/keystore`: certificate and key as a key store for Java.
    pub async fn export_keystore(&self, id: &str, fingerprint: &str, export: &KeystoreExport) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Post, paths::certificate_file(id, fingerprint, "keystore")).json(export);
        self.call(request).await.map(|response| response.body)
    }

    /// `POST …/certificates/{fingerprint}/bundle`: certificate, chain, key as PEM.
    pub async fn export_bundle(&self, id: &str, fingerprint: &str, export: &BundleExport) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Post, paths::certificate_file(id, fingerprint, "bundle")).json(export);
        self.call(request).await.map(|response| response.body)
    }

    /// `POST …/requests/{request}/bundle`: the answer to a request and its key, which is kept outside, as one file.
    pub async fn bundle_with_outside_key(&self, id: &str, request: &str, bundle: &OutsideKeyBundle) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Post, paths::request_bundle(id, request)).json(bundle);
        self.call(request).await.map(|response| response.body)
    }
}
