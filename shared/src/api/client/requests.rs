//! Certification requests and the answers of CAs.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::paths;
use crate::api::request::{NewRequest, Reply, ReplyInstalled, Request as CertificationRequest};

impl<T: Transport> Client<T> {
    /// `GET …/requests`: what the console remembers, the newest first.
    pub async fn requests(&self, id: &str) -> Result<Vec<CertificationRequest>, ClientError> {
        self.get(paths::of_database(id, "requests")).await
    }

    /// `POST …/requests`: signs what the page assembled, or makes key and request from a form.
    pub async fn create_request(&self, id: &str, request: &NewRequest) -> Result<CertificationRequest, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "requests")).json(request)).await
    }

    /// `GET …/requests/{request}`.
    pub async fn request(&self, id: &str, request_id: &str) -> Result<CertificationRequest, ClientError> {
        self.get(paths::request(id, request_id)).await
    }

    /// `DELETE …/requests/{request}`: forgets it, and with `with_key` deletes its key too.
    pub async fn delete_request(&self, id: &str, request_id: &str, with_key: bool) -> Result<(), ClientError> {
        let mut request = Request::new(Method::Delete, paths::request(id, request_id));
        if with_key {
            request = request.query("with_key", "true");
        }
        self.done(request).await
    }

    /// `POST …/requests/{request}/reply`: installs the CA's answer.
    pub async fn reply(&self, id: &str, request_id: &str, reply: &Reply) -> Result<ReplyInstalled, ClientError> {
        self.value(Request::new(Method::Post, paths::reply(id, request_id)).json(reply)).await
    }
}
