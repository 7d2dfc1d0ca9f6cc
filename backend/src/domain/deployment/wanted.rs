//! What a caller wants of services, looked up: bindings with their certificates, settings with the certificates they name.

use certdeck_shared::api::plan::{ClientVerification, NewPlan, NewPlanPart, SettingWish};
use certdeck_shared::api::service::Endpoint;

use super::Deployments;
use super::bound::Named;
use crate::deploy::plan::{BoundMaterial, Setting, Source, Target};
use crate::domain::databases::OperationError;
use crate::state::BindingRecord;

/// Most services of one plan.
const MOST_PARTS: usize = 50;
/// Most settings of one service in a plan.
const MOST_SETTINGS: usize = 50;
/// Most octets of a list of ciphers.
const LONGEST_CIPHERS: usize = 4_096;

/// Refuses a plan whose shape is wrong, before anything is looked up.
pub(super) fn check(new: &NewPlan) -> Result<(), OperationError> {
    if new.parts.is_empty() || new.parts.len() > MOST_PARTS {
        return Err(OperationError::invalid("/parts", format!("A plan has 1 to {MOST_PARTS} parts, one for each service.")));
    }
    for (place, part) in new.parts.iter().enumerate() {
        if new.parts.iter().take(place).any(|earlier| earlier.service == part.service) {
            return Err(OperationError::invalid(format!("/parts/{place}/service"), "A service has one part of a plan. Put both in one."));
        }
        if part.settings.len() > MOST_SETTINGS {
            let words = format!("There are at most {MOST_SETTINGS} settings for one service.");
            return Err(OperationError::invalid(format!("/parts/{place}/settings"), words));
        }
    }
    Ok(())
}

impl Deployments {
    /// What is wanted of the service at a place of a plan. Its certificates join the sources of the plan.
    pub(super) async fn target(
        &self,
        actor: &str,
        place: usize,
        part: &NewPlanPart,
        endpoints: &[Endpoint],
        sources: &mut Vec<Source>,
    ) -> Result<Target, OperationError> {
        let mut target = Target::default();
        for record in self.chosen(place, part).await? {
            let named = Named::from(&record);
            // One certificate for many services is looked up once.
            let known = sources.iter().position(|source| Named::from(&source.reference) == named);
            let material = match known {
                Some(place) => place,
                None => {
                    sources.push(self.bound(named, actor).await?.source().await?);
                    sources.len() - 1
                }
            };
            target.bindings.push(BoundMaterial {
                material,
                endpoints: record.endpoints,
                layout: record.layout,
                directory: record.directory.map(Into::into),
            });
        }
        for (number, wish) in part.settings.iter().enumerate() {
            let pointer = format!("/parts/{place}/settings/{number}");
            check_wish(&pointer, wish, endpoints)?;
            let certificates = self.certificates(actor, &pointer, wish).await?;
            target.settings.push(Setting { wish: wish.clone(), certificates });
        }
        if target.bindings.is_empty() && target.settings.is_empty() {
            let words = "Nothing is wanted of this service: it has no binding, and no setting is named. Join a certificate to it first.";
            return Err(OperationError::invalid(format!("/parts/{place}"), words));
        }
        Ok(target)
    }

    /// The bindings that a part names; all when it names none.
    async fn chosen(&self, place: usize, part: &NewPlanPart) -> Result<Vec<BindingRecord>, OperationError> {
        let all = self.environment.store.bindings().list(Some(&part.service)).await?;
        let Some(named) = &part.bindings else { return Ok(all) };
        let chosen = named.iter().enumerate().map(|(number, id)| {
            all.iter().find(|record| record.id == *id).cloned().ok_or_else(|| {
                let pointer = format!("/parts/{place}/bindings/{number}");
                OperationError::invalid(pointer, "The service has no such binding. GET /services/{service}/bindings lists those it has.")
            })
        });
        chosen.collect()
    }

    /// The CA certificates that a setting names.
    async fn certificates(&self, actor: &str, pointer: &str, wish: &SettingWish) -> Result<Vec<Vec<u8>>, OperationError> {
        let SettingWish::ClientCa { database, certificates, .. } = wish else { return Ok(Vec::new()) };
        let operation = self
            .databases
            .operation(database, actor)
            .map_err(|_| OperationError::invalid(format!("{pointer}/database"), "There is no such database at this console."))?;
        let mut found = Vec::with_capacity(certificates.len());
        for (number, address) in certificates.iter().enumerate() {
            let reach = operation.reach(&[address]).await?;
            found.push(reach.find(address, &format!("{pointer}/certificates/{number}"))?.der.clone());
        }
        if found.is_empty() {
            let words = "Name at least one CA certificate; without any no client could show a certificate that is good.";
            return Err(OperationError::invalid(format!("{pointer}/certificates"), words));
        }
        Ok(found)
    }
}

fn check_wish(pointer: &str, wish: &SettingWish, known: &[Endpoint]) -> Result<(), OperationError> {
    let named: Vec<(String, &String)> = match wish {
        SettingWish::Tls { endpoint, .. } => vec![("endpoint".to_owned(), endpoint)],
        SettingWish::Listener { port: 0, .. } => {
            return Err(OperationError::invalid(format!("{pointer}/port"), "A port is a number from 1 to 65535."));
        }
        SettingWish::Listener { .. } | SettingWish::CertificateWatch => Vec::new(),
        SettingWish::Profile { endpoints, .. }
        | SettingWish::Protocols { endpoints, .. }
        | SettingWish::Ciphers { endpoints, .. }
        | SettingWish::ClientCa { endpoints, .. }
        | SettingWish::ClientVerification { endpoints, .. } => {
            endpoints.iter().enumerate().map(|(number, name)| (format!("endpoints/{number}"), name)).collect()
        }
    };
    for (field, name) in named {
        if !known.iter().any(|endpoint| endpoint.name == *name) {
            let names: Vec<&str> = known.iter().map(|endpoint| endpoint.name.as_str()).collect();
            let words = format!("The service has no endpoint of this name. It has: {}.", names.join(", "));
            return Err(OperationError::invalid(format!("{pointer}/{field}"), words));
        }
    }
    if let SettingWish::Protocols { lowest, highest: Some(highest), .. } = wish
        && lowest > highest
    {
        return Err(OperationError::invalid(format!("{pointer}/highest"), "The highest version is not below the lowest one."));
    }
    if let SettingWish::ClientVerification { verification: ClientVerification::Off, depth: Some(_), .. } = wish {
        let words = "Clients that are not asked show no chain that could be too long.";
        return Err(OperationError::invalid(format!("{pointer}/depth"), words));
    }
    if let SettingWish::Ciphers { ciphers, .. } = wish
        && (ciphers.trim().is_empty() || ciphers.len() > LONGEST_CIPHERS || ciphers.contains(char::is_control))
    {
        let words = format!("A list of ciphers has 1 to {LONGEST_CIPHERS} octets and no control characters.");
        return Err(OperationError::invalid(format!("{pointer}/ciphers"), words));
    }
    Ok(())
}
