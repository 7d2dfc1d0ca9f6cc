//! Bindings, plans and deployments.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::binding::{Binding, NewBinding};
use crate::api::deployment::{Deployment, DeploymentSummary};
use crate::api::paths;
use crate::api::plan::{NewPlan, Plan};

impl<T: Transport> Client<T> {
    /// `GET /services/{service}/bindings`: which certificates it is to serve.
    pub async fn bindings(&self, service: &str) -> Result<Vec<Binding>, ClientError> {
        self.get(paths::bindings(service)).await
    }

    /// `POST /services/{service}/bindings`: joins a certificate to it.
    pub async fn bind(&self, service: &str, binding: &NewBinding) -> Result<Binding, ClientError> {
        self.value(Request::new(Method::Post, paths::bindings(service)).json(binding)).await
    }

    /// `DELETE /services/{service}/bindings/{binding}`: forgets it.
    pub async fn unbind(&self, service: &str, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::binding(service, id))).await
    }

    /// `POST /plans`: what a deployment would do.
    pub async fn make_plan(&self, plan: &NewPlan) -> Result<Plan, ClientError> {
        self.value(Request::new(Method::Post, paths::PLANS).json(plan)).await
    }

    /// `GET /plans/{plan}`: a plan, and whether it still stands.
    pub async fn plan(&self, id: &str) -> Result<Plan, ClientError> {
        self.get(paths::plan(id)).await
    }

    /// `POST /plans/{plan}/application`: applies it.
    pub async fn apply_plan(&self, id: &str) -> Result<Deployment, ClientError> {
        self.value(Request::new(Method::Post, paths::plan_application(id))).await
    }

    /// `GET /deployments`: the newest first.
    pub async fn deployments(&self) -> Result<Vec<DeploymentSummary>, ClientError> {
        self.get(paths::DEPLOYMENTS).await
    }

    /// `GET /deployments/{deployment}`: step by step.
    pub async fn deployment(&self, id: &str) -> Result<Deployment, ClientError> {
        self.get(paths::deployment(id)).await
    }

    /// `POST /deployments/{deployment}/rollback`: returns to what was before it.
    pub async fn roll_back(&self, id: &str) -> Result<Deployment, ClientError> {
        self.value(Request::new(Method::Post, paths::rollback(id))).await
    }
}
