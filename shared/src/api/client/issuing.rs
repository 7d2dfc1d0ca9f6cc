//! Certificates made here, renewed, revoked.

use super::{Client, ClientError, ExportFormat, Method, Request, Transport};
use crate::api::issue::{IssuancePreview, IssuedCertificate, IssuedRecord, NewIssued, NewSelfSigned};
use crate::api::key::TokenAlgorithm;
use crate::api::paths;
use crate::api::renewal::{Renewal, RenewalProposal, Renewed};
use crate::api::revocation::{NewRevocation, NewRevocationList, Revocation, RevocationList};

impl<T: Transport> Client<T> {
    /// `GET …/tokens/{token}/algorithms`: which kinds of keys a token makes.
    pub async fn token_algorithms(&self, id: &str, token: &str) -> Result<Vec<TokenAlgorithm>, ClientError> {
        self.get(paths::token_algorithms(id, token)).await
    }

    /// `POST …/self-signed`: a self-signed certificate or a root CA.
    pub async fn create_self_signed(&self, id: &str, new: &NewSelfSigned) -> Result<IssuedCertificate, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "self-signed")).json(new)).await
    }

    /// `GET …/issued`: what the console issued from CAs of the database.
    pub async fn issued(&self, id: &str) -> Result<Vec<IssuedRecord>, ClientError> {
        self.get(paths::of_database(id, "issued")).await
    }

    /// `POST …/issued?preview=true`: what would be issued, and what becomes of each part of a request.
    pub async fn preview_issue(&self, id: &str, new: &NewIssued) -> Result<IssuancePreview, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "issued")).query("preview", "true").json(new)).await
    }

    /// `POST …/issued`: issues from a CA of the database.
    pub async fn issue(&self, id: &str, new: &NewIssued) -> Result<IssuedCertificate, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "issued")).json(new)).await
    }

    /// `GET …/certificates/{fingerprint}/renewal`: what a renewal would do.
    pub async fn renewal_proposal(&self, id: &str, fingerprint: &str) -> Result<RenewalProposal, ClientError> {
        self.get(paths::renewal(id, fingerprint)).await
    }

    /// `POST …/certificates/{fingerprint}/renewal`: the successor, or the request for it.
    pub async fn renew(&self, id: &str, fingerprint: &str, renewal: &Renewal) -> Result<Renewed, ClientError> {
        self.value(Request::new(Method::Post, paths::renewal(id, fingerprint)).json(renewal)).await
    }

    /// `GET …/certificates/{fingerprint}/crl`: the revocation list of a CA.
    pub async fn revocation_list(&self, id: &str, fingerprint: &str) -> Result<RevocationList, ClientError> {
        self.value(Request::new(Method::Get, paths::revocation_list(id, fingerprint)).header("accept", "application/json")).await
    }

    /// The same as a file.
    pub async fn export_revocation_list(&self, id: &str, fingerprint: &str, format: ExportFormat) -> Result<Vec<u8>, ClientError> {
        let accept = match format {
            ExportFormat::Pem => "application/x-pem-file",
            ExportFormat::Der => "application/pkix-crl",
        };
        let request = Request::new(Method::Get, paths::revocation_list(id, fingerprint)).header("accept", accept);
        self.call(request).await.map(|response| response.body)
    }

    /// `POST …/certificates/{fingerprint}/crl`: a new revocation list.
    pub async fn create_revocation_list(
        &self,
        id: &str,
        fingerprint: &str,
        new: &NewRevocationList,
    ) -> Result<RevocationList, ClientError> {
        self.value(Request::new(Method::Post, paths::revocation_list(id, fingerprint)).json(new)).await
    }

    /// `GET …/certificates/{fingerprint}/revocations`: what a CA has revoked.
    pub async fn revocations(&self, id: &str, fingerprint: &str) -> Result<Vec<Revocation>, ClientError> {
        self.get(paths::revocations(id, fingerprint)).await
    }

    /// `POST …/certificates/{fingerprint}/revocations`: revokes, and answers with the new list.
    pub async fn revoke(&self, id: &str, fingerprint: &str, new: &NewRevocation) -> Result<RevocationList, ClientError> {
        self.value(Request::new(Method::Post, paths::revocations(id, fingerprint)).json(new)).await
    }
}
