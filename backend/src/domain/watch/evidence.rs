//! What is known of an endpoint when it is judged.

use std::sync::Arc;

use certdeck_shared::api::binding::Binding;
use certdeck_shared::api::probe::ProbeReport;
use certdeck_shared::api::service::{Endpoint, ServiceDescription};
use time::OffsetDateTime;

use super::Watch;
use crate::state::EndpointRecord;

/// A registered service, read anew.
#[derive(Debug)]
pub(super) struct KnownService {
    /// Its configuration, and what is in the files that it names.
    pub(super) description: ServiceDescription,
    /// The certificates that it should serve, each as its database has it now.
    pub(super) bindings: Vec<Binding>,
}

/// Everything that a judgement is made from.
#[derive(Debug)]
pub(super) struct Evidence {
    /// The endpoint.
    pub(super) record: EndpointRecord,
    /// The instant of the probe.
    pub(super) now: OffsetDateTime,
    /// What the probe saw.
    pub(super) report: ProbeReport,
    /// What it saw when it asked for the other kind of key.
    pub(super) other: Option<ProbeReport>,
    /// The service that has it.
    pub(super) service: Option<Arc<KnownService>>,
}

impl Evidence {
    /// The endpoint in the configuration of its service.
    pub(super) fn configured(&self) -> Option<&Endpoint> {
        let (_, name) = self.record.service.as_ref()?;
        self.service.as_ref()?.description.endpoints.iter().find(|endpoint| endpoint.name == *name)
    }
}

impl Watch {
    /// A registered service as it is now; nothing when it was forgotten in this moment.
    pub(super) async fn known_service(&self, id: &str) -> Option<Arc<KnownService>> {
        let description = self.services.describe(id).await.ok()?;
        let bindings = self.deployments.bindings(id).await.ok()?;
        Some(Arc::new(KnownService { description, bindings }))
    }
}
