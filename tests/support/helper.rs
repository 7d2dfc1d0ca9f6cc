//! A real `certdeck host-helper`, started as systemd starts it: with a socket that somebody else listens at as its standard input.

use std::fmt::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use crate::console::{Console, Options, children, program};
use crate::daemons::Instance;
use crate::pki::Pki;
use crate::run;
use crate::stage::Stage;

/// The user that consoles without rights run as.
pub const USER: u32 = 65534;

/// A helper for some daemons; dropping it ends it.
pub struct Helper {
    room: tempfile::TempDir,
    listener: UnixListener,
    child: Mutex<Option<Child>>,
}

impl Helper {
    /// One that runs and knows these daemons, each with the lines by which it is ruled; `restart` may give another one to restart them all.
    pub fn new(instances: &[&Instance], restart: Option<&str>) -> Self {
        let room = tempfile::Builder::new().prefix("certdeck-helper-").tempdir().unwrap();
        std::fs::set_permissions(room.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut list = format!("user = \"nobody\"\nkept = {:?}\n", room.path().join("kept"));
        for instance in instances {
            write!(list, "[[service]]\nkind = {:?}\nconfig = {:?}\n", instance.kind().name(), instance.config()).unwrap();
            let own = instance.control().restart.clone();
            writeln!(list, "restart = {:?}", restart.map_or(own, |restart| vec![restart.to_owned()])).unwrap();
        }
        std::fs::write(room.path().join("helper.toml"), list).unwrap();
        std::fs::set_permissions(room.path().join("helper.toml"), std::fs::Permissions::from_mode(0o644)).unwrap();
        let listener = UnixListener::bind(room.path().join("helper.sock")).unwrap();
        run::must("chown", &[&format!("0:{USER}"), room.path().join("helper.sock").to_str().unwrap()]);
        std::fs::set_permissions(room.path().join("helper.sock"), std::fs::Permissions::from_mode(0o660)).unwrap();
        let helper = Self { room, listener, child: Mutex::new(None) };
        helper.start();
        helper
    }

    /// Where it is asked.
    pub fn socket(&self) -> PathBuf {
        self.room.path().join("helper.sock")
    }

    /// Starts it, once more if it has ended.
    pub fn start(&self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.room.path().join("log")).unwrap();
        let child = Command::new(program())
            .args(["host-helper", "--list"])
            .arg(self.room.path().join("helper.toml"))
            .env("RUST_LOG", "info")
            .stdin(Stdio::from(OwnedFd::from(self.listener.try_clone().unwrap())))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        *self.child.lock().unwrap() = Some(child);
    }

    /// kill -9.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Process ids of what it runs now: checks and reloads of services.
    pub fn programs(&self) -> Vec<u32> {
        self.child.lock().unwrap().as_ref().map_or_else(Vec::new, |child| children(child.id()))
    }

    /// Everything it wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.room.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("log of the helper:\n{}", self.log());
        }
    }
}

/// A console that runs as an ordinary user, with a database of its own, the root of this CA in it, and what the settings say.
pub async fn stage_of_a_user(settings: &str, pki: Pki) -> Stage {
    let room = tempfile::Builder::new().prefix("certdeck-user-").tempdir().unwrap();
    let console = Console::start(&options_of_a_user(room.path(), settings));
    Stage::furnished(room, console, pki).await
}

/// How to start a console as an ordinary user, to whom this room is given.
pub fn options_of_a_user(room: &Path, settings: &str) -> Options {
    let data_dir = room.join("data");
    std::fs::create_dir(&data_dir).unwrap();
    let config = room.join("certdeck.toml");
    std::fs::write(&config, settings).unwrap();
    std::fs::set_permissions(&data_dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    let owner = format!("{USER}:{USER}");
    run::must("chown", &[&owner, room.to_str().unwrap(), data_dir.to_str().unwrap()]);
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o644)).unwrap();
    // Where the project lies nobody may be allowed to look.
    let copy = room.join("certdeck");
    std::fs::copy(program(), &copy).unwrap();
    Options {
        wrapper: ["setpriv", &format!("--reuid={USER}"), &format!("--regid={USER}"), "--clear-groups", "--no-new-privs"]
            .map(str::to_owned)
            .to_vec(),
        program: copy,
        arguments: vec!["--config".to_owned(), config.display().to_string()],
        ..Options::new(&data_dir)
    }
}

/// Closes the keys of a daemon to everybody but root.
pub fn close(instance: &Instance) {
    run::must("chmod", &["0700", instance.files().key.parent().unwrap().to_str().unwrap()]);
    run::must("chmod", &["0600", instance.files().key.to_str().unwrap()]);
}

/// The setting by which a console asks a helper.
pub fn asking(socket: &Path) -> String {
    format!("host-helper = {socket:?}\n")
}
