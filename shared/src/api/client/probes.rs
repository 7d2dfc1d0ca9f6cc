//! Probes.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::inventory::{Inventory, NewInventory};
use crate::api::job::Job;
use crate::api::paths;
use crate::api::probe::{NewProbe, ProbeReport};

impl<T: Transport> Client<T> {
    /// `POST /probes`: connects from the console's host, and tells what is served.
    pub async fn probe(&self, probe: &NewProbe) -> Result<ProbeReport, ClientError> {
        self.value(Request::new(Method::Post, paths::PROBES).json(probe)).await
    }

    /// `POST /probes/inventory`: finds out what a port takes, and tells it at the end.
    pub async fn inventory(&self, new: &NewInventory) -> Result<Inventory, ClientError> {
        self.value(Request::new(Method::Post, paths::PROBES_INVENTORY).json(new)).await
    }

    /// The same as a job, whose result becomes the inventory.
    pub async fn inventory_job(&self, new: &NewInventory) -> Result<Job, ClientError> {
        self.value(Request::new(Method::Post, paths::PROBES_INVENTORY).json(new).header("prefer", "respond-async")).await
    }
}
