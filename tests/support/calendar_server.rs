//! What stands for Sun's Calendar Server, which cannot be had: its `ics.conf` where its packages put it, a process of its name, and a program
//! that starts it again as stop-cal and start-cal do. The process can be NSS's own server: it serves from a database by nickname, as Sun's does.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use certdeck_shared::api::service::{NewService, ServiceControl, ServiceKind};

use crate::{console, run};

/// How long a restart may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

const FILE: &str = "SUNWics5/config/ics.conf";

/// One of it, in a directory that a console sees as `/etc/opt`.
pub struct CalendarServer {
    room: tempfile::TempDir,
}

impl CalendarServer {
    /// Its directory, without a process.
    pub fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(room.path().join("opt").join(FILE).parent().unwrap()).unwrap();
        Self { room }
    }

    /// Starts it with this configuration. It is `program` under another name; the arguments are a shell's words, in which `$CONFIG` is the
    /// configuration that it reads.
    pub fn start(&self, program: &str, arguments: &str, config: &str) {
        std::fs::write(self.config(), config).unwrap();
        std::fs::copy(program, self.program()).unwrap();
        // One at a time: the program that a killed console called may be at it still. The port is free when the old process has ended, and it
        // returns when the new one has its name.
        let restart = format!(
            "#!/bin/sh\nexec 9>'{0}/turn'\nflock 9\nif read -r old <'{0}/pid'; then kill \"$old\"; while readlink \"/proc/$old/exe\" >&9; do sleep 0.02; done; fi\nCONFIG='{0}/read'\ncp '{0}/opt/{FILE}' \"$CONFIG\"\n\
             setsid '{0}/cshttpd' {arguments} </dev/null >'{0}/log' 2>&1 9>&- &\necho $! >'{0}/pid'\n\
             until [ \"$(readlink /proc/$!/exe)\" = '{0}/cshttpd' ]; do kill -0 $! || exit; done\n",
            self.room.path().display()
        );
        let script = self.room.path().join("restart");
        std::fs::write(&script, restart).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        run::must::<&str>(script.to_str().unwrap(), &[]);
    }

    /// What is put in front of a console, which alone sees the files below `/etc/opt`.
    pub fn wrapper(&self) -> Vec<String> {
        let script = "mount --bind \"$0\" /etc/opt && exec \"$@\"";
        ["unshare", "--mount", "sh", "-c", script, self.files().to_str().unwrap()].map(str::to_owned).to_vec()
    }

    /// How it is registered.
    pub fn service(&self) -> NewService {
        let restart = self.room.path().join("restart").display().to_string();
        let control = ServiceControl { restart: Some(vec![restart]), ..ServiceControl::default() };
        NewService { control, ..NewService::new(ServiceKind::SunCalendar, format!("/etc/opt/{FILE}")) }
    }

    /// The directory of its files.
    pub fn files(&self) -> PathBuf {
        self.room.path().join("opt")
    }

    /// Its configuration.
    pub fn config(&self) -> PathBuf {
        self.files().join(FILE)
    }

    /// The configuration that the running process has read, once no restart is under way: the one that a killed console asked for may be at it
    /// still, or may not even have begun.
    pub fn has_read(&self) -> String {
        let begun = Instant::now();
        while self.is_restarting() {
            assert!(begun.elapsed() < PATIENCE, "a restart comes to no end\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        std::fs::read_to_string(self.room.path().join("read")).unwrap()
    }

    fn is_restarting(&self) -> bool {
        let script = self.room.path().join("restart");
        let script = script.to_str().unwrap().as_bytes();
        let runs_it = |process: &Path| {
            std::fs::read(process.join("cmdline")).is_ok_and(|line| line.split(|octet| *octet == 0).any(|argument| argument == script))
        };
        std::fs::read_dir("/proc").unwrap().flatten().any(|process| runs_it(&process.path()))
    }

    /// What the process said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.room.path().join("log")).unwrap_or_default()
    }

    /// Whether its process is there.
    pub fn runs(&self) -> bool {
        self.pid().is_some_and(|pid| std::fs::read_link(Path::new("/proc").join(pid).join("exe")).is_ok_and(|exe| exe == self.program()))
    }

    fn program(&self) -> PathBuf {
        self.room.path().join("cshttpd")
    }

    fn pid(&self) -> Option<String> {
        Some(std::fs::read_to_string(self.room.path().join("pid")).ok()?.trim().to_owned())
    }
}

impl Default for CalendarServer {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for CalendarServer {
    fn drop(&mut self) {
        if let Some(pid) = self.pid().filter(|_| self.runs()) {
            console::kill_at_once(pid.parse().unwrap());
        }
    }
}
