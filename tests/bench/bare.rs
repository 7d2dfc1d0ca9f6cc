//! A server that does nothing but answer, to compare the console with: a process of its own, as the console is one.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};

use axum::body::Bytes;
use axum::routing::get;
use support::run::command;

/// The argument by which this program is that server.
pub const ARGUMENT: &str = "bare-server";

/// The server; it ends when this is dropped.
pub struct Bare {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub origin: String,
}

impl Bare {
    /// Starts one that answers every call of `/` with these octets.
    pub fn start(octets: &[u8]) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut child = command(program).arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(octets).unwrap();
        let mut origin = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut origin).unwrap();
        Self { child, origin: origin.trim_end().to_owned() }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Is that server: answers with what it reads.
pub async fn serve() {
    let mut octets = Vec::new();
    std::io::stdin().read_to_end(&mut octets).unwrap();
    let octets = Bytes::from(octets);
    let answer = get(move || std::future::ready(([("content-type", "application/json")], octets.clone())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    axum::serve(listener, axum::Router::new().route("/", answer)).await.unwrap();
}
