//! A real `certdeck serve` on a free port with a data directory of its own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use certdeck_shared::api::account::{Setup, SignIn};
use certdeck_shared::api::client::Client;
use rustix::process::{Pid, Signal, kill_process};

use crate::poll;
use crate::transport::Native;

/// The account that the tests make.
pub const USER_NAME: &str = "ada";
/// Its password.
pub const PASSWORD: &str = "analytical engine no. 1";

/// How to start a console.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its data directory.
    pub data_dir: PathBuf,
    /// Plain HTTP instead of HTTPS.
    pub http: bool,
    /// What starts it instead of the test itself: `setpriv --reuid=…`, `prlimit --fsize=…`.
    pub wrapper: Vec<String>,
    /// The server; the one just built unless a test needs it elsewhere.
    pub program: PathBuf,
    /// Address and port; port 0 takes a free one.
    pub listen: String,
    /// More of its options.
    pub arguments: Vec<String>,
}

impl Options {
    /// HTTPS on a free port of the loopback interface.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            http: false,
            wrapper: Vec::new(),
            program: program(),
            listen: "127.0.0.1:0".to_owned(),
            arguments: Vec::new(),
        }
    }

    /// The same with a file of settings, which lies in this directory beside the data.
    pub fn with_settings(room: &Path, settings: &str) -> Self {
        let file = room.join("certdeck.toml");
        std::fs::write(&file, settings).unwrap();
        Self { arguments: vec!["--config".to_owned(), file.display().to_string()], ..Self::new(room.join("data")) }
    }
}

/// A running console; dropping it kills it.
pub struct Console {
    child: Child,
    /// `https://127.0.0.1:PORT`.
    pub origin: String,
    /// The setup link, on a first run.
    pub setup_link: Option<String>,
    /// Everything it printed until it listened.
    pub printed: Vec<String>,
    options: Options,
}

/// The server under test, beside the test's own executable.
pub fn program() -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    let candidates = executable.ancestors().skip(1).take(2).map(|directory| directory.join("certdeck"));
    candidates.into_iter().find(|path| path.is_file()).expect("build the server first: cargo build -p certdeck (`make test` does)")
}

impl Console {
    /// Starts a console and waits until it listens.
    pub fn start(options: &Options) -> Self {
        Self::try_start(options).unwrap_or_else(|printed| panic!("the console did not start:\n{printed}"))
    }

    /// Starts a console; the error is what it printed before it ended.
    pub fn try_start(options: &Options) -> Result<Self, String> {
        let mut command = options.wrapper.clone();
        command.push(options.program.display().to_string());
        command.extend(["serve", "--listen", &options.listen, "--data-dir"].map(str::to_owned));
        command.push(options.data_dir.display().to_string());
        command.extend(options.http.then(|| "--http".to_owned()));
        command.extend(options.arguments.iter().cloned());
        // Standard error goes where a failing test shows it.
        let log = std::fs::File::create(options.data_dir.with_extension("log")).unwrap();
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", command[0]));
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut console = Self { child, origin: String::new(), setup_link: None, printed: Vec::new(), options: options.clone() };
        let started = Instant::now();
        // The setup line may follow the address; it is printed at once or not at all.
        let mut patience = Duration::from_secs(60);
        while let Ok(line) = lines.recv_timeout(patience.saturating_sub(started.elapsed())) {
            if let Some(url) = line.strip_prefix("listening on ") {
                url.trim_end_matches('/').clone_into(&mut console.origin);
                patience = started.elapsed() + Duration::from_millis(if console.expects_setup() { 5000 } else { 0 });
            }
            if let Some(link) = line.strip_prefix("setup: ") {
                console.setup_link = Some(link.to_owned());
            }
            console.printed.push(line);
            if !console.origin.is_empty() && (console.setup_link.is_some() || !console.expects_setup()) {
                break;
            }
        }
        if console.origin.is_empty() {
            console.child.kill().ok();
            let log = console.log();
            return Err(format!("{}\n{log}", console.printed.join("\n")));
        }
        Ok(console)
    }

    /// A first run has no state yet when it is started; afterwards the setup line may be missing.
    fn expects_setup(&self) -> bool {
        !self.options.data_dir.join(".tests-set-up").exists()
    }

    /// What it wrote to standard error so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.options.data_dir.with_extension("log")).unwrap_or_default()
    }

    /// How it was started.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Its data directory.
    pub fn data_dir(&self) -> &Path {
        &self.options.data_dir
    }

    /// The one-time token of the setup link.
    pub fn setup_token(&self) -> &str {
        let link = self.setup_link.as_deref().expect("a setup line is printed on the first run");
        link.rsplit_once('#').expect("the setup link ends in #token").1
    }

    /// Makes the first account and returns a client that is signed in.
    pub async fn set_up(&self) -> Client<Native> {
        let client = Client::new(Native::new(&self.origin));
        let setup = Setup { token: self.setup_token().to_owned(), user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned() };
        client.setup(&setup).await.unwrap_or_else(|error| panic!("{error:?}\n{}", self.log()));
        std::fs::write(self.options.data_dir.join(".tests-set-up"), "").unwrap();
        client
    }

    /// A client that signs in to an account made before.
    pub async fn sign_in(&self) -> Client<Native> {
        let client = Client::new(Native::new(&self.origin));
        client.sign_in(&SignIn { user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned(), ..SignIn::default() }).await.unwrap();
        client
    }

    /// Process id of the server.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Process ids of the token workers alive now.
    pub fn workers(&self) -> Vec<u32> {
        children(self.pid()).into_iter().filter(|pid| is_worker(*pid)).collect()
    }

    /// Process ids of its other children: programs of services that it runs.
    pub fn programs(&self) -> Vec<u32> {
        children(self.pid()).into_iter().filter(|pid| !is_worker(*pid)).collect()
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().unwrap();
    }

    /// What leaves a core where cores are allowed; how it ended.
    pub fn abort(&mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.child), Signal::ABORT).unwrap();
        self.child.wait().unwrap()
    }

    /// SIGTERM; returns whether it ended by itself and with success.
    pub fn stop(&mut self) -> bool {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("log of the console at {}:\n{}", self.origin, self.log());
        }
    }
}

/// Process ids of the children of a process, none when it has ended.
pub fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let children = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    children.flat_map(|text| text.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<u32>>()).collect()
}

/// Waits until no worker of a database below this directory is left: one whose server was killed brings the call at hand to an end.
pub async fn workers_ended(directory: &Path) {
    let place = format!("SQLITE_TMPDIR={}", directory.display());
    let is_there = |pid: u32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        is_worker(pid) && environment.split(|octet| *octet == 0).any(|variable| variable.starts_with(place.as_bytes()))
    };
    poll::until_true("the end of the orphaned workers", Duration::from_secs(60), async || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        !processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).any(is_there)
    })
    .await;
}

fn is_worker(pid: u32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.split(|byte| *byte == 0).any(|part| part == b"token-worker"))
}

/// kill -9 for a process of ours; it may be gone already.
pub fn kill_at_once(pid: u32) {
    if let Some(pid) = Pid::from_raw(i32::try_from(pid).unwrap()) {
        kill_process(pid, Signal::KILL).ok();
    }
}
