//! Validation: verdicts, simulations, revocation.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::paths;
use crate::api::revocation::{ImportedList, StoredLists};
use crate::api::validation::{
    DatabaseValidation, OtherVerdicts, RevocationQuestion, RevocationReport, ServerFacts, Simulation, SimulationResult, Validation,
};

/// What verdicts are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationQuery {
    /// Time of the question, RFC 3339; now when absent.
    pub at: Option<String>,
    /// Letters of usages; all ten when absent.
    pub usage: Option<String>,
    /// Host name that the web's rules are asked about; the certificate's own first one when absent.
    pub name: Option<String>,
}

impl ValidationQuery {
    fn onto(&self, mut request: Request) -> Request {
        for (name, value) in [("at", &self.at), ("usage", &self.usage), ("name", &self.name)] {
            if let Some(value) = value {
                request = request.query(name, value.clone());
            }
        }
        request
    }
}

impl<T: Transport> Client<T> {
    /// `GET …/certificates/{fingerprint}/validation`: what NSS, OpenSSL and the web's rules say.
    pub async fn validation(&self, id: &str, fingerprint: &str, query: &ValidationQuery) -> Result<Validation, ClientError> {
        self.value(query.onto(Request::new(Method::Get, paths::validation(id, fingerprint)))).await
    }

    /// `GET …/validation`: NSS's verdicts for all certificates.
    pub async fn validations(&self, id: &str, query: &ValidationQuery) -> Result<DatabaseValidation, ClientError> {
        self.value(query.onto(Request::new(Method::Get, paths::validations(id)))).await
    }

    /// `GET …/certificates/{fingerprint}/validation`, of which only OpenSSL's and the web's verdicts are read.
    pub async fn other_verdicts(&self, id: &str, fingerprint: &str, query: &ValidationQuery) -> Result<OtherVerdicts, ClientError> {
        self.value(query.onto(Request::new(Method::Get, paths::validation(id, fingerprint)))).await
    }

    /// `GET …/validation`, of which only the bad signatures and the revocation lists are read.
    pub async fn server_facts(&self, id: &str) -> Result<ServerFacts, ClientError> {
        self.value(Request::new(Method::Get, paths::validations(id)).query("usage", "A")).await
    }

    /// `POST …/validation`: what changes would do; nothing is changed.
    pub async fn simulate(&self, id: &str, simulation: &Simulation) -> Result<SimulationResult, ClientError> {
        self.value(Request::new(Method::Post, paths::validations(id)).json(simulation)).await
    }

    /// `GET …/crls`: the revocation lists that lie in the database, and what each says of a serial number (decimal, or `0x` and hex).
    pub async fn stored_lists(&self, id: &str, serial_number: Option<&str>) -> Result<StoredLists, ClientError> {
        let request = Request::new(Method::Get, paths::stored_lists(id));
        self.value(match serial_number {
            Some(serial_number) => request.query("serial_number", serial_number),
            None => request,
        })
        .await
    }

    /// `GET …/crls/{fingerprint}` as a file, DER.
    pub async fn export_stored_list(&self, id: &str, fingerprint: &str) -> Result<Vec<u8>, ClientError> {
        let request = Request::new(Method::Get, paths::stored_list(id, fingerprint)).header("accept", "application/pkix-crl");
        self.call(request).await.map(|response| response.body)
    }

    /// `POST …/crls`: imports a revocation list, or tells what an import would do.
    pub async fn import_list(&self, id: &str, list: Vec<u8>, preview: bool, unverified: bool) -> Result<ImportedList, ClientError> {
        let request = Request::new(Method::Post, paths::stored_lists(id)).bytes("application/pkix-crl", list);
        let request = if preview { request.query("preview", "true") } else { request };
        self.value(if unverified { request.query("unverified", "true") } else { request }).await
    }

    /// `DELETE …/crls/{fingerprint}`.
    pub async fn delete_list(&self, id: &str, fingerprint: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::stored_list(id, fingerprint))).await
    }

    /// `POST …/certificates/{fingerprint}/revocation-check`: fetches what the certificate names, where the settings allow it.
    pub async fn check_revocation(
        &self,
        id: &str,
        fingerprint: &str,
        question: &RevocationQuestion,
    ) -> Result<RevocationReport, ClientError> {
        self.value(Request::new(Method::Post, paths::revocation_check(id, fingerprint)).json(question)).await
    }
}
