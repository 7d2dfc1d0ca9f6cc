//! Sockets of this host that listen, for somebody who looks what else could be watched.

use std::net::IpAddr;

use certdeck_shared::api::endpoint::{ListeningSocket, PRESETS};

use super::Watch;
use crate::domain::databases::{OperationError, blocking};
use crate::host::sockets;

impl Watch {
    /// Each with its program, what is usually spoken there, and the endpoint that watches it; by port.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn listening(&self) -> Result<Vec<ListeningSocket>, OperationError> {
        let known = self.environment.store.endpoints().list(None).await?;
        let tree = self.tree.clone();
        let mut found = blocking(move || {
            let processes = tree.processes();
            let held: Vec<_> = processes.iter().map(|process| (process, sockets::held_by(&tree, process))).collect();
            let told = sockets::listening(&tree).into_iter().map(|socket| {
                // The child that a listener hands its sockets to comes after it.
                let holder = held.iter().find(|(_, inodes)| inodes.contains(&socket.inode)).map(|(process, _)| *process);
                ListeningSocket {
                    address: socket.address.to_string(),
                    port: socket.port,
                    program: holder.map(|process| process.program.clone()),
                    process: holder.map(|process| process.id),
                    usual: PRESETS.into_iter().find(|preset| preset.port == socket.port),
                    endpoint: None,
                }
            });
            told.collect::<Vec<_>>()
        })
        .await?;
        for socket in &mut found {
            let reaches = |host: &str| {
                let (host, at) = (host.parse::<IpAddr>().ok(), socket.address.parse::<IpAddr>().ok());
                host == at || at.is_some_and(|at| at.is_unspecified()) && host.is_none_or(|host| host.is_loopback())
            };
            let watched = known.iter().find(|(record, _)| record.port == socket.port && reaches(&record.host));
            socket.endpoint = watched.map(|(record, _)| record.id.clone());
        }
        found.sort_by(|one, other| (one.port, &one.address).cmp(&(other.port, &other.address)));
        found.dedup_by(|one, other| (one.port, &one.address) == (other.port, &other.address));
        Ok(found)
    }
}
