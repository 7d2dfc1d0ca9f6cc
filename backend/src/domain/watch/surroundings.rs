//! This host around an endpoint that is its own: who listens there, what runs, since when.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use super::Watch;
use crate::domain::databases::blocking;
use crate::host::sockets::{self, Socket};
use crate::host::started;
use crate::host::tree::{Process, Tree};

/// How long a look at all processes is good enough for probes that find everything well.
const FRESH: Duration = Duration::from_secs(5);

/// What of this host concerns an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Here {
    /// Who listens at its address and port.
    pub(super) listeners: Vec<Listener>,
    /// The processes of its service, without those that they started.
    pub(super) processes: Vec<Running>,
    /// Where else those listen.
    pub(super) elsewhere: Vec<SocketAddr>,
}

/// Who has a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listener {
    /// Its address; unspecified for all.
    pub(super) address: IpAddr,
    /// The first process that has it; for a socket of the service, the service's own first one. Absent when that cannot be seen.
    pub(super) holder: Option<Running>,
    /// Whether it is the service; absent when nobody can tell.
    pub(super) of_service: Option<bool>,
}

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running {
    /// Its identifier.
    pub(super) id: u32,
    /// Its program.
    pub(super) program: String,
    /// When it started.
    pub(super) started_at: Option<OffsetDateTime>,
}

/// All sockets and processes of one moment.
#[derive(Debug)]
pub(super) struct Surroundings {
    sockets: Vec<Socket>,
    processes: Vec<(Process, Vec<u64>)>,
}

/// The last look, and when it was taken.
pub(super) type Looked = Option<(Instant, Arc<Surroundings>)>;

impl Watch {
    /// What of this host concerns an address of its own, at a moment that is not before `since`.
    pub(super) async fn here(&self, address: SocketAddr, service: Vec<u32>, since: Instant) -> Option<Here> {
        let surroundings = {
            let mut looked = self.looked.lock().await;
            match looked.as_ref().filter(|(at, _)| *at >= since) {
                Some((_, known)) => Arc::clone(known),
                None => {
                    let (at, tree) = (Instant::now(), self.tree.clone());
                    let found = Arc::new(blocking(move || Surroundings::now(&tree)).await.ok()?);
                    *looked = Some((at, Arc::clone(&found)));
                    found
                }
            }
        };
        let tree = self.tree.clone();
        blocking(move || surroundings.at(&tree, address, &service)).await.ok()
    }

    /// The moment from which on a look is good enough.
    pub(super) fn recently() -> Instant {
        let now = Instant::now();
        now.checked_sub(FRESH).unwrap_or(now)
    }
}

impl Surroundings {
    /// Looks at everything. Blocks.
    fn now(tree: &Tree) -> Self {
        let processes = tree.processes().into_iter().map(|process| {
            let held = sockets::held_by(tree, &process);
            (process, held)
        });
        Self { processes: processes.collect(), sockets: sockets::listening(tree) }
    }

    /// What concerns an address, for a service with these first processes.
    fn at(&self, tree: &Tree, address: SocketAddr, service: &[u32]) -> Here {
        let is_there = |socket: &&Socket| {
            let (bound, asked) = (socket.address.to_canonical(), address.ip().to_canonical());
            let all = bound.is_unspecified() && (bound.is_ipv6() || asked.is_ipv4());
            socket.port == address.port() && (all || bound == asked)
        };
        let processes: Vec<Running> = service.iter().filter_map(|id| self.running(tree, *id)).collect();
        let listeners = self.sockets.iter().filter(is_there).map(|socket| {
            let holders: Vec<&Process> = self.holders(socket).collect();
            let own = service.iter().copied().find(|first| holders.iter().any(|holder| self.descends(holder, *first)));
            // The child that a listener hands its sockets to has them as well.
            let first = holders.iter().find(|one| !holders.iter().any(|other| other.id == one.parent)).or(holders.first());
            let holder = own.or(first.map(|first| first.id)).and_then(|id| self.running(tree, id));
            let of_service = holder.as_ref().filter(|_| !processes.is_empty()).map(|_| own.is_some());
            Listener { address: socket.address, holder, of_service }
        });
        let elsewhere = self
            .sockets
            .iter()
            .filter(|socket| !is_there(socket))
            .filter(|socket| self.holders(socket).any(|holder| service.iter().any(|first| self.descends(holder, *first))));
        Here {
            listeners: listeners.collect(),
            elsewhere: elsewhere.map(|socket| SocketAddr::new(socket.address, socket.port)).collect(),
            processes,
        }
    }

    fn holders(&self, socket: &Socket) -> impl Iterator<Item = &Process> {
        let inode = socket.inode;
        self.processes.iter().filter(move |(_, held)| held.contains(&inode)).map(|(process, _)| process)
    }

    fn running(&self, tree: &Tree, id: u32) -> Option<Running> {
        let process = self.process(id)?;
        Some(Running { id, program: process.program.clone(), started_at: started::started_at(tree, id) })
    }

    fn process(&self, id: u32) -> Option<&Process> {
        self.processes.iter().map(|(process, _)| process).find(|process| process.id == id)
    }

    fn descends(&self, process: &Process, from: u32) -> bool {
        process.lineage(|id| self.process(id)).any(|one| one.id == from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_has_its_process_and_the_service_is_known_by_its_own() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, elsewhere) = (listener.local_addr().unwrap(), other.local_addr().unwrap());
        let (tree, own) = (Tree::of_machine(), std::process::id());
        let surroundings = Surroundings::now(&tree);
        let here = surroundings.at(&tree, address, &[own]);
        let [found] = here.listeners.as_slice() else { panic!("{here:?}") };
        let holder = found.holder.as_ref().unwrap();
        assert_eq!((holder.id, found.of_service, found.address), (own, Some(true), address.ip()));
        assert!(holder.started_at.is_some_and(|at| at <= crate::host::now()));
        assert!(here.elsewhere.contains(&elsewhere) && !here.elsewhere.contains(&address), "{here:?}");
        // The first process of all has none of our sockets.
        assert_eq!(surroundings.at(&tree, address, &[]).listeners[0].of_service, None);
        let nobody = SocketAddr::new(address.ip(), 1);
        assert_eq!(surroundings.at(&tree, nobody, &[]), Here::default());
    }
}
