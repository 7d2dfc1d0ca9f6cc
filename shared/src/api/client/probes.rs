//! Probes.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::paths;
use crate::api::probe::{NewProbe, ProbeReport};

impl<T: Transport> Client<T> {
    /// `POST /probes`: connects from the console's host, and tells what is served.
    pub async fn probe(&self, probe: &NewProbe) -> Result<ProbeReport, ClientError> {
        self.value(Request::new(Method::Post, paths::PROBES).json(probe)).await
    }
}
