//! Endpoints that are watched, and what needs a hand.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::endpoint::{
    Endpoint, EndpointChange, EndpointDetail, EndpointHistory, Endpoints, ListeningSocket, NewEndpoint, WatchSettings,
};
use crate::api::paths;
use crate::api::today::Today;

impl<T: Transport> Client<T> {
    /// `GET /today`: what needs a hand, and how much is watched.
    pub async fn today(&self) -> Result<Today, ClientError> {
        self.get(paths::TODAY).await
    }

    /// `GET /endpoints`: all, with how they are watched.
    pub async fn endpoints(&self) -> Result<Endpoints, ClientError> {
        self.get(paths::ENDPOINTS).await
    }

    /// `POST /endpoints`: watches one.
    pub async fn add_endpoint(&self, endpoint: &NewEndpoint) -> Result<Endpoint, ClientError> {
        self.value(Request::new(Method::Post, paths::ENDPOINTS).json(endpoint)).await
    }

    /// `GET /endpoints/listening`: sockets of this host.
    pub async fn listening_sockets(&self) -> Result<Vec<ListeningSocket>, ClientError> {
        self.get(paths::LISTENING_SOCKETS).await
    }

    /// `PUT /endpoints/settings`: how often, and what may be probed.
    pub async fn decide_watch(&self, settings: &WatchSettings) -> Result<WatchSettings, ClientError> {
        self.value(Request::new(Method::Put, paths::WATCH_SETTINGS).json(settings)).await
    }

    /// `POST /endpoints/probes`: all are due at once.
    pub async fn probe_endpoints(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::Post, paths::ENDPOINT_PROBES)).await
    }

    /// `GET /endpoints/{endpoint}`: everything about one.
    pub async fn endpoint(&self, id: &str) -> Result<EndpointDetail, ClientError> {
        self.get(paths::endpoint(id)).await
    }

    /// `PATCH /endpoints/{endpoint}`: name, tags, paused, snoozed.
    pub async fn change_endpoint(&self, id: &str, change: &EndpointChange) -> Result<Endpoint, ClientError> {
        self.value(Request::new(Method::Patch, paths::endpoint(id)).json(change)).await
    }

    /// `DELETE /endpoints/{endpoint}`: forgets it.
    pub async fn remove_endpoint(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::endpoint(id))).await
    }

    /// `POST /endpoints/{endpoint}/probes`: probes it now.
    pub async fn probe_endpoint(&self, id: &str) -> Result<EndpointDetail, ClientError> {
        self.value(Request::new(Method::Post, paths::probes_of(id))).await
    }

    /// `GET /endpoints/{endpoint}/probes`: its days and changes.
    pub async fn endpoint_history(&self, id: &str, days: u16) -> Result<EndpointHistory, ClientError> {
        self.value(Request::new(Method::Get, paths::probes_of(id)).query("days", days.to_string())).await
    }
}
