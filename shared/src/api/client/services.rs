//! Services that use certificates.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::paths;
use crate::api::service::{FoundService, NewService, Service, ServiceChange, ServiceDescription, ServiceOutline};

impl<T: Transport> Client<T> {
    /// `GET /services`: the registered services.
    pub async fn services(&self) -> Result<Vec<Service>, ClientError> {
        self.get(paths::SERVICES).await
    }

    /// `GET /found-services`: those of this host.
    pub async fn found_services(&self) -> Result<Vec<FoundService>, ClientError> {
        self.get(paths::FOUND_SERVICES).await
    }

    /// `POST /services`: registers one; nothing of it changes.
    pub async fn add_service(&self, service: &NewService) -> Result<Service, ClientError> {
        self.value(Request::new(Method::Post, paths::SERVICES).json(service)).await
    }

    /// `GET /services/{service}`: what its configuration says about TLS, and what is in the files it names.
    pub async fn service(&self, id: &str) -> Result<ServiceDescription, ClientError> {
        self.get(paths::service(id)).await
    }

    /// The same, and only what a wish for other settings has to know.
    pub async fn service_outline(&self, id: &str) -> Result<ServiceOutline, ClientError> {
        self.get(paths::service(id)).await
    }

    /// `PATCH /services/{service}`: another label, or other programs that act on it.
    pub async fn change_service(&self, id: &str, change: &ServiceChange) -> Result<ServiceDescription, ClientError> {
        self.value(Request::new(Method::Patch, paths::service(id)).json(change)).await
    }

    /// `DELETE /services/{service}`: forgets it.
    pub async fn forget_service(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::service(id))).await
    }
}
