//! A daemon that runs: where it is reached, how it is told to read its files again, and its end.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use certdeck_shared::api::probe::NewProbe;
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};

use super::ports::Port;
use super::room::Room;
use super::served;
use crate::console::kill_at_once;
use crate::pki::Pair;
use crate::run;

/// How long a daemon may take to serve: Tomcat on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where an instance is reached with TLS.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// As Table 2 of the deployment manuals calls it: `https`, `ldaps`, `submission`.
    pub name: &'static str,
    /// What is spoken.
    pub protocol: Protocol,
    /// How TLS begins.
    pub tls: TlsMode,
    /// At 127.0.0.1.
    pub port: u16,
    /// The host that is asked for by SNI; `localhost` when absent.
    pub server_name: Option<String>,
}

impl Endpoint {
    /// One without a host name of its own.
    pub fn new(name: &'static str, protocol: Protocol, tls: TlsMode, port: &Port) -> Self {
        Self { name, protocol, tls, port: port.number, server_name: None }
    }

    /// What asks the console to probe it.
    pub fn question(&self) -> NewProbe {
        NewProbe {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            protocol: self.protocol,
            tls: self.tls,
            server_name: self.server_name.clone(),
            key_type: None,
        }
    }

    /// The leaf that openssl gets in a finished handshake.
    ///
    /// # Errors
    /// What openssl said.
    pub fn leaf(&self) -> Result<Vec<u8>, String> {
        served::leaf(self)
    }
}

/// The files that the configuration names.
#[derive(Debug, Clone)]
pub struct Files {
    /// Leaf and intermediates.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

impl Files {
    /// Writes another pair into them, in place: owners and modes stay.
    pub fn write(&self, pair: &Pair) {
        std::fs::write(&self.certificate, pair.certificate_file()).unwrap();
        std::fs::write(&self.key, pair.key_file()).unwrap();
    }
}

/// The commands of an instance, each an argument list that needs no shell.
#[derive(Debug, Clone)]
pub struct Control {
    /// Its own check of the configuration, where it has one.
    pub check: Option<Vec<String>>,
    /// Makes it read its files again, where it can.
    pub reload: Option<Vec<String>>,
    /// Stops it and starts it anew, detached from who asked, as a service manager would.
    pub restart: Vec<String>,
}

/// How a daemon behaves when it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It stays in the foreground and writes its process id to the file.
    Own,
    /// It stays in the foreground, and its process id is written for it.
    Told,
    /// It leaves for the background and writes its process id to the file.
    Detached,
}

/// What an instance is made of.
pub(super) struct Parts {
    pub kind: ServiceKind,
    pub room: Room,
    pub config: PathBuf,
    pub files: Files,
    pub endpoints: Vec<Endpoint>,
    pub ports: Vec<Port>,
    pub command: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub pid_file: PathBuf,
    pub manner: Manner,
    pub check: Option<Vec<String>>,
    pub reload: Option<Vec<String>>,
}

/// A running daemon; dropping it stops it, whoever restarted it meanwhile.
pub struct Instance {
    parts: Parts,
    control: Control,
}

impl Instance {
    /// Starts it and waits until each endpoint has finished a handshake.
    pub(super) fn start(parts: Parts) -> Self {
        let service = parts.room.text("service");
        std::fs::write(&service, script(&parts)).unwrap();
        std::fs::set_permissions(&service, std::fs::Permissions::from_mode(0o755)).unwrap();
        let verb = |verb: &str| vec![service.clone(), verb.to_owned()];
        let control = Control { check: parts.check.clone(), reload: parts.reload.clone(), restart: verb("restart") };
        let instance = Self { parts, control };
        instance.run(&verb("start"));
        for endpoint in instance.endpoints() {
            instance.until(&format!("{} at port {} does not serve", endpoint.name, endpoint.port), || endpoint.leaf().map(|_| ()));
        }
        instance
    }

    /// Which program.
    pub fn kind(&self) -> ServiceKind {
        self.parts.kind
    }

    /// What is registered at the console.
    pub fn config(&self) -> &Path {
        &self.parts.config
    }

    /// Where it is reached.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.parts.endpoints
    }

    /// The files of its pair.
    pub fn files(&self) -> &Files {
        &self.parts.files
    }

    /// Its commands.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Its directory, which holds all that it has.
    pub fn directory(&self) -> &Path {
        self.parts.room.path()
    }

    /// Runs one of its commands, which must succeed.
    pub fn run(&self, command: &[String]) -> String {
        let said = run::ask(&command[0], &command[1..]);
        assert!(said.success, "{command:?} failed\n{}{}{}", said.out, said.err, self.log());
        said.out
    }

    /// Makes it read its files again: reload where that is possible, restart otherwise.
    pub fn read_again(&self) {
        self.run(self.control.reload.as_ref().unwrap_or(&self.control.restart));
    }

    /// Waits until every endpoint serves this leaf, and nothing else for a fifth of a second: after a reload nginx's old workers take connections for
    /// half as long.
    pub fn until_served(&self, leaf: &[u8]) {
        for endpoint in self.endpoints() {
            self.until(&format!("{} at port {} does not serve what it was given", endpoint.name, endpoint.port), || {
                (0..10).try_for_each(|_| {
                    let served = endpoint.leaf()?;
                    std::thread::sleep(Duration::from_millis(20));
                    if served == leaf { Ok(()) } else { Err("it serves another certificate".to_owned()) }
                })
            });
        }
    }

    fn until(&self, what: &str, attempt: impl Fn() -> Result<(), String>) {
        let started = Instant::now();
        while let Err(words) = attempt() {
            assert!(started.elapsed() < PATIENCE, "{:?}: {what}: {words}\n{}", self.kind(), self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Process id of the daemon, when it runs.
    pub fn pid(&self) -> Option<u32> {
        let written: u32 = std::fs::read_to_string(&self.parts.pid_file).ok()?.trim().parse().ok()?;
        self.processes().into_iter().find(|pid| *pid == written)
    }

    /// Its processes: all that name its directory in their arguments or their environment, or work in it; without those that are over.
    pub fn processes(&self) -> Vec<u32> {
        let directory = self.directory().to_str().unwrap().as_bytes();
        let names_it = |path: PathBuf| std::fs::read(path).is_ok_and(|line| line.windows(directory.len()).any(|part| part == directory));
        let is_in_it = |link: PathBuf| std::fs::read_link(link).is_ok_and(|path| path.starts_with(self.directory()));
        let is_ours = |process: &Path| {
            ["cmdline", "environ"].iter().any(|file| names_it(process.join(file)))
                || ["cwd", "root"].iter().any(|link| is_in_it(process.join(link)))
        };
        let runs = |process: &Path| std::fs::read_to_string(process.join("status")).is_ok_and(|status| !status.contains("State:\tZ"));
        let entries = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        let ids = entries.filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path)));
        ids.filter(|(_, path)| is_ours(path) && runs(path)).map(|(pid, _)| pid).collect()
    }

    /// Stops it as a service manager would, and tells which processes are still there some seconds later.
    pub fn stop(&self) -> Vec<u32> {
        run::ask(&self.control.restart[0], &["stop"]);
        let started = Instant::now();
        loop {
            let left = self.processes();
            if left.is_empty() || started.elapsed() > Duration::from_secs(5) {
                return left;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything it wrote to its log files.
    pub fn log(&self) -> String {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.parts.room.join("log")).unwrap().flatten().map(|entry| entry.path()).collect();
        files.sort();
        files.iter().map(|path| format!("{}:\n{}\n", path.display(), std::fs::read_to_string(path).unwrap_or_default())).collect()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.stop().into_iter().for_each(kill_at_once);
        if std::thread::panicking() {
            eprintln!("logs of {:?}:\n{}", self.kind(), self.log());
        }
    }
}

/// The script that starts and stops the instance, for the tests and for whoever restarts a service.
fn script(parts: &Parts) -> String {
    let quoted = |word: &str| format!("'{}'", word.replace('\'', r"'\''"));
    let command: Vec<String> = parts.command.iter().map(|word| quoted(word)).collect();
    // Nothing of the environment that the tests run in: cargo's library path is no business of a daemon.
    let environment: String = parts.environment.iter().map(|(name, value)| format!("{name}={} ", quoted(value))).collect();
    let ports: Vec<String> = parts.ports.iter().map(|port| format!("{:04X}", port.number)).collect();
    let (manner, detach) = match parts.manner {
        Manner::Own => ("own", "exec setsid"),
        Manner::Told => ("told", "exec setsid"),
        Manner::Detached => ("detached", ""),
    };
    format!(
        "#!/bin/sh\nroom={}\npid_file={}\nports='{}'\nmanner={manner}\nrun() {{ {detach} env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin {environment}{}; }}\n\n{}",
        quoted(&parts.room.text("")),
        quoted(&parts.pid_file.display().to_string()),
        ports.join(" "),
        command.join(" "),
        include_str!("service.sh"),
    )
}

/// Words as an argument list.
pub(super) fn words<const N: usize>(list: [&str; N]) -> Vec<String> {
    list.map(str::to_owned).to_vec()
}
