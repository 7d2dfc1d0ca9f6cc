//! A host of two services: a folder with their files, and a plan that gives both a new certificate.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certdeck::deploy::change::{Activation, ProgramRun, Signal, Takeover, Verdict};
use certdeck::deploy::executor::{Executor, Locks, Observer, Order, Outcome};
use certdeck::deploy::plan::{Basis, Content, PlannedFile, PlannedService, ServiceReference};
use certdeck::host::labels::Labels;
use certdeck::host::tree::Tree;
use certdeck_shared::api::deployment::DeploymentStep;
use certdeck_shared::api::plan::{Disturbance, FilePurpose, OnFailure, PlannedProbe};
use certdeck_shared::api::service::{Protocol, ServiceKind, TlsMode};
use rustix::fs::{XattrFlags, setxattr};

use crate::world::World;

/// An access control list: rw for the owner, r for the user 7, at most r for all but the owner (acl(5), version 2 of the kernel).
const LIST: [u8; 44] = [
    2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 7, 0, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255, 16, 0, 4, 0, 255, 255, 255, 255,
    32, 0, 0, 0, 255, 255, 255, 255,
];

pub struct Scene {
    pub root: PathBuf,
    pub on_failure: OnFailure,
    _folder: Option<tempfile::TempDir>,
}

/// Everything about what is at each path.
pub type Snapshot = BTreeMap<PathBuf, String>;

impl Scene {
    /// In memory, because disks take their time to make something durable.
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in("/dev/shm").unwrap();
        let scene = Self { root: folder.path().to_owned(), on_failure: OnFailure::ReturnAll, _folder: Some(folder) };
        scene.fill();
        scene
    }

    /// The scene that another process made.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), on_failure: OnFailure::ReturnAll, _folder: None }
    }

    fn fill(&self) {
        for directory in ["web", "mail", "shared", "running"] {
            std::fs::create_dir(self.path(directory)).unwrap();
        }
        self.file("shared/snakeoil.pem", "old web", 0o644, (0, 0));
        symlink("../shared/snakeoil.pem", self.path("web/certificate.pem")).unwrap();
        self.file("web/site.conf", "key none\n", 0o644, (0, 0));
        self.fill_mail();
        setxattr(self.path("web/site.conf"), "user.comment", b"by hand", XattrFlags::empty()).unwrap();
        self.file("running/web", "old web", 0o644, (0, 0));
        self.file("running/mail", "old mail", 0o644, (0, 0));
    }

    /// The files of one of them.
    pub fn fill_mail(&self) {
        self.file("mail/certificate.pem", "old mail", 0o640, (0, 8));
        self.file("mail/key.pem", "old key of mail", 0o640, (8, 12));
        setxattr(self.path("mail/key.pem"), "system.posix_acl_access", &LIST, XattrFlags::empty()).unwrap();
    }

    pub fn file(&self, name: &str, content: &str, mode: u32, owner: (u32, u32)) {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        chown(&path, Some(owner.0), Some(owner.1)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// All paths but the executor's own, with everything that can be seen of them, and what the services serve.
    pub fn snapshot(&self) -> Snapshot {
        let (mut found, mut directories) = (Snapshot::new(), vec![self.root.clone()]);
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path == self.checkpoints() || path.ends_with("filler") {
                    continue;
                }
                let seen = path.symlink_metadata().unwrap();
                let content = if seen.is_symlink() {
                    format!("{:?}", path.read_link().unwrap())
                } else if seen.is_dir() {
                    directories.push(path.clone());
                    String::new()
                } else {
                    std::fs::read_to_string(&path).unwrap()
                };
                let labels = Labels::at(&path).unwrap();
                found.insert(path, format!("{:o} {}:{} {content:?} {labels:?}", seen.mode(), seen.uid(), seen.gid()));
            }
        }
        found
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.path("deployments")
    }

    pub fn executor(&self, world: World) -> Executor {
        Executor::new(self.checkpoints(), Arc::new(world))
    }

    /// Both services, made from what is there now.
    pub fn plan(&self) -> Vec<PlannedService> {
        vec![self.web("new web"), self.mail("new mail")]
    }

    /// Replaces a link by a file, makes a directory and a file in it, changes the configuration; started again when it has died.
    pub fn web(&self, certificate: &str) -> PlannedService {
        let files = vec![
            self.planned("web/private", FilePurpose::Directory, 0o710, (0, 33), Content::Directory),
            self.planned("web/private/key.pem", FilePurpose::Key, 0o600, (0, 0), Content::Bytes(b"new key of web".to_vec())),
            self.planned("web/certificate.pem", FilePurpose::Certificate, 0o644, (0, 0), Content::Bytes(certificate.into())),
            self.planned("web/site.conf", FilePurpose::Configuration, 0o644, (0, 0), Content::Bytes(b"key private/key.pem\n".to_vec())),
        ];
        let takeover = Takeover { activation: Activation::Signal(Signal::Hup), disturbance: Disturbance::Reload, why: String::new() };
        self.service("web", files, takeover, certificate)
    }

    /// Replaces two files of which one has an access control list; it is restarted.
    pub fn mail(&self, certificate: &str) -> PlannedService {
        let files = vec![
            self.planned("mail/key.pem", FilePurpose::Key, 0o640, (8, 12), Content::Bytes(b"new key of mail".to_vec())),
            self.planned("mail/certificate.pem", FilePurpose::Certificate, 0o640, (0, 8), Content::Bytes(certificate.into())),
        ];
        let takeover = Takeover { activation: Activation::Run(program("mail")), disturbance: Disturbance::Restart, why: String::new() };
        self.service("mail", files, takeover, certificate)
    }

    fn planned(&self, name: &str, purpose: FilePurpose, mode: u32, (user, group): (u32, u32), content: Content) -> PlannedFile {
        PlannedFile { path: self.path(name), purpose, user, group, mode, content }
    }

    fn service(&self, name: &str, files: Vec<PlannedFile>, takeover: Takeover, certificate: &str) -> PlannedService {
        let tree = Tree::of_machine();
        let basis = files.iter().map(|file| Basis::of(&tree, &file.path).unwrap()).collect();
        let service = ServiceReference {
            id: format!("id-of-{name}"),
            kind: ServiceKind::Nginx,
            label: name.to_owned(),
            config: self.path(name).display().to_string(),
        };
        let probe = |port| PlannedProbe {
            endpoint: name.to_owned(),
            host: "127.0.0.1".to_owned(),
            port,
            protocol: Protocol::Http,
            tls: TlsMode::Implicit,
            server_name: None,
            key_type: None,
            expected: certificate.to_owned(),
            before: Some(format!("old {name}")),
        };
        let (attributes, probes) = (Vec::new(), vec![probe(443), probe(8443)]);
        PlannedService { service, files, attributes, check: Some(program(name)), takeover, restart: Some(program(name)), probes, basis }
    }

    pub fn lock(&self) -> Locks {
        self.executor(World::of(self)).lock(&self.plan()).unwrap()
    }

    pub async fn apply(&self, world: World, services: Vec<PlannedService>, observer: &dyn Observer) -> Outcome {
        let executor = self.executor(world);
        let locks = executor.lock(&services).unwrap();
        let order = Order { id: "first".to_owned(), services, materials: Vec::new(), on_failure: self.on_failure, locks };
        executor.apply(order, observer).await
    }
}

fn program(name: &str) -> ProgramRun {
    ProgramRun { arguments: vec![name.to_owned()], environment: Vec::new(), directory: None, seconds: 5, verdict: Verdict::ExitZero }
}

/// Sees nothing.
pub struct Blind;

impl Observer for Blind {
    fn step(&self, _place: usize, _step: &DeploymentStep) {}
}
