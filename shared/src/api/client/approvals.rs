//! Requests for approval by a second person.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::approval::{Approval, ApprovalDecision, ApprovalRequest};
use crate::api::paths;

impl<T: Transport> Client<T> {
    /// `GET /approvals`: one's own, and what one may decide or could have.
    pub async fn approvals(&self) -> Result<Vec<Approval>, ClientError> {
        self.get(paths::APPROVALS).await
    }

    /// `GET /approvals/{approval}`: how one stands.
    pub async fn approval(&self, id: &str) -> Result<Approval, ClientError> {
        self.get(paths::approval(id)).await
    }

    /// `POST /approvals/{approval}/request`: asks for it, with a reason.
    pub async fn request_approval(&self, id: &str, request: &ApprovalRequest) -> Result<Approval, ClientError> {
        self.value(Request::new(Method::Post, paths::approval_request(id)).json(request)).await
    }

    /// `POST /approvals/{approval}/decision`: approves or refuses.
    pub async fn decide_approval(&self, id: &str, decision: &ApprovalDecision) -> Result<Approval, ClientError> {
        self.value(Request::new(Method::Post, paths::approval_decision(id)).json(decision)).await
    }

    /// `DELETE /approvals/{approval}`: thinks better of it.
    pub async fn withdraw_approval(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::approval(id))).await
    }
}
