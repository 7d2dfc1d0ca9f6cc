//! Certification requests and the answers of CAs.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::paths;
use crate::api::request::{NewRequest, Reply, ReplyInstalled, Request as CertificationRequest, RequestChange, RequestPreview};
use crate::request::RequestForm;

impl<T: Transport> Client<T> {
    /// `GET …/requests`: what the console remembers, the newest first.
    pub async fn requests(&self, id: &str) -> Result<Vec<CertificationRequest>, ClientError> {
        self.get(paths::of_database(id, "requests")).await
    }

    /// `POST …/requests`: signs what the page assembled, makes key and request from a form, or takes a request that is signed.
    pub async fn create_request(&self, id: &str, request: &NewRequest) -> Result<CertificationRequest, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "requests")).json(request)).await
    }

    /// `POST …/requests?preview=true`: what it would be.
    pub async fn preview_request(&self, id: &str, request: &NewRequest) -> Result<RequestPreview, ClientError> {
        self.value(Request::new(Method::Post, paths::of_database(id, "requests")).query("preview", "true").json(request)).await
    }

    /// `GET …/requests/{request}`.
    pub async fn request(&self, id: &str, request_id: &str) -> Result<CertificationRequest, ClientError> {
        self.get(paths::request(id, request_id)).await
    }

    /// `PATCH …/requests/{request}`: nickname, note, name of the CA.
    pub async fn change_request(&self, id: &str, request_id: &str, change: &RequestChange) -> Result<CertificationRequest, ClientError> {
        self.value(Request::new(Method::Patch, paths::request(id, request_id)).json(change)).await
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

    /// `POST …/requests/{request}/reply?preview=true`: what it would install.
    pub async fn preview_reply(&self, id: &str, request_id: &str, reply: &Reply) -> Result<ReplyInstalled, ClientError> {
        self.value(Request::new(Method::Post, paths::reply(id, request_id)).query("preview", "true").json(reply)).await
    }

    /// `POST …/replies`: installs a CA's answer to whichever request has its key; with `preview` tells what it would install.
    pub async fn reply_to_any(&self, id: &str, reply: &Reply, preview: bool) -> Result<ReplyInstalled, ClientError> {
        let mut request = Request::new(Method::Post, paths::replies(id));
        if preview {
            request = request.query("preview", "true");
        }
        self.value(request.json(reply)).await
    }

    /// `GET …/certificates/{fingerprint}/request-form`: the form that asks for a certificate again.
    pub async fn request_form(&self, id: &str, fingerprint_sha256: &str) -> Result<RequestForm, ClientError> {
        self.get(paths::request_form(id, fingerprint_sha256)).await
    }
}
