//! Certificates: listing, import, trust, names, deletion, chains, export.

use super::{Client, ClientError, Method, Request, Transport, decode};
use crate::api::certificate::{
    CertificateChange, CertificateDeletion, CertificateEntry, CertificateList, Chain, ParsedCertificate, ParsedCertificateList,
    TrustChanged, TrustChanges,
};
use crate::api::import::{Import, ImportReport};
use crate::api::job::Job;
use crate::api::paths;

/// What an import answers: the report, or for a large one the job that will hold it.
#[derive(Debug, Clone, PartialEq)]
pub enum Imported {
    /// Done already.
    Done(ImportReport),
    /// Under way; the job's `result` becomes the report.
    Started(Box<Job>),
}

/// How an exported certificate is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 7468.
    Pem,
    /// DER.
    Der,
}

impl ExportFormat {
    /// The media type to ask for.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pem => "application/x-pem-file",
            Self::Der => "application/pkix-cert",
        }
    }
}

impl<T: Transport> Client<T> {
    /// `GET …/certificates`: all certificates as DER.
    pub async fn certificates(&self, id: &str) -> Result<CertificateList, ClientError> {
        self.get(paths::of_database(id, "certificates")).await
    }

    /// `GET …/certificates?representation=parsed`: all certificates as views.
    pub async fn parsed_certificates(&self, id: &str) -> Result<ParsedCertificateList, ClientError> {
        let request = Request::new(Method::Get, paths::of_database(id, "certificates"));
        self.value(request.query("representation", "parsed")).await
    }

    /// `GET …/certificates/{fingerprint}`: one certificate with its view.
    pub async fn certificate(&self, id: &str, fingerprint: &str) -> Result<ParsedCertificate, ClientError> {
        self.value(Request::new(Method::Get, paths::certificate(id, fingerprint)).header("accept", "application/json")).await
    }

    /// Of `GET …/certificates/{fingerprint}` only whether the stored trust carries a good signature, which listings do not say.
    pub async fn trust_is_authentic(&self, id: &str, fingerprint: &str) -> Result<Option<bool>, ClientError> {
        #[derive(serde::Deserialize)]
        struct Signed {
            trust_authentic: Option<bool>,
        }
        let request = Request::new(Method::Get, paths::certificate(id, fingerprint)).header("accept", "application/json");
        self.value::<Signed>(request).await.map(|signed| signed.trust_authentic)
    }

    /// `GET …/certificates/{fingerprint}` as PEM or DER.
    pub async fn export_certificate(&self, id: &str, fingerprint: &str, format: ExportFormat) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Get, paths::certificate(id, fingerprint)).header("accept", format.media_type());
        self.call(request).await.map(|response| response.body)
    }

    /// `PATCH …/certificates/{fingerprint}`: nickname, trust; refused with 412 when the database is no longer at `revision`.
    pub async fn change_certificate(
        &self,
        id: &str,
        fingerprint: &str,
        change: &CertificateChange,
        revision: Option<&str>,
    ) -> Result<CertificateEntry, ClientError> {
        let request = Request::new(Method::Patch, paths::certificate(id, fingerprint)).json(change);
        self.value(if_match(request, revision)).await
    }

    /// `DELETE …/certificates/{fingerprint}`, with its private key if wanted.
    pub async fn delete_certificate(&self, id: &str, fingerprint: &str, with_key: bool) -> Result<(), ClientError> {
        let mut request = Request::new(Method::Delete, paths::certificate(id, fingerprint));
        if with_key {
            request = request.query("with_key", "true");
        }
        self.done(request).await
    }

    /// `POST …/deletion`: deletes several, all or none.
    pub async fn delete_certificates(&self, id: &str, deletion: &CertificateDeletion) -> Result<(), ClientError> {
        self.done(Request::new(Method::Post, paths::deletion(id)).json(deletion)).await
    }

    /// `PATCH …/trust`: changes the trust of several, all or none.
    pub async fn change_trust(&self, id: &str, changes: &TrustChanges, revision: Option<&str>) -> Result<TrustChanged, ClientError> {
        self.value(if_match(Request::new(Method::Patch, paths::trust(id)).json(changes), revision)).await
    }

    /// `POST …/certificates?preview=true`: what an import would do.
    pub async fn preview_import(&self, id: &str, import: &Import) -> Result<ImportReport, ClientError> {
        let request = Request::new(Method::Post, paths::of_database(id, "certificates"));
        self.value(request.query("preview", "true").json(import)).await
    }

    /// `POST …/certificates`: imports; with `as_job` always as a job.
    pub async fn import(&self, id: &str, import: &Import, as_job: bool) -> Result<Imported, ClientError> {
        let mut request = Request::new(Method::Post, paths::of_database(id, "certificates")).json(import);
        if as_job {
            request = request.header("prefer", "respond-async");
        }
        self.imported(request).await
    }

    /// `POST …/certificates` with a file as it is: PEM, DER or PKCS#7, nicknames proposed, no trust.
    pub async fn import_file(&self, id: &str, content_type: &'static str, file: Vec<u8>) -> Result<Imported, ClientError> {
        self.imported(Request::new(Method::Post, paths::of_database(id, "certificates")).bytes(content_type, file)).await
    }

    /// `GET …/certificates/{fingerprint}/chain`: as far as the database knows it.
    pub async fn chain(&self, id: &str, fingerprint: &str) -> Result<Chain, ClientError> {
        self.value(Request::new(Method::Get, paths::chain(id, fingerprint)).header("accept", "application/json")).await
    }

    /// The chain as PEM, leaf first.
    pub async fn export_chain(&self, id: &str, fingerprint: &str) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Get, paths::chain(id, fingerprint)).header("accept", ExportFormat::Pem.media_type());
        self.call(request).await.map(|response| response.body)
    }

    async fn imported(&self, request: Request) -> Result<Imported, ClientError> {
        let response = self.call(request).await?;
        if response.status == 202 {
            return decode(&response).map(|job| Imported::Started(Box::new(job)));
        }
        decode(&response).map(Imported::Done)
    }
}

/// Entity tags are quoted (RFC 9110 section 8.8.3), revisions are not.
fn if_match(request: Request, revision: Option<&str>) -> Request {
    match revision {
        Some(revision) => request.header("if-match", format!("\"{revision}\"")),
        None => request,
    }
}
