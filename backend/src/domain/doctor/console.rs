//! The console itself: whether it runs and answers, and how long its certificate is good.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use certdeck_shared::x509::parse;
use time::OffsetDateTime;

use super::{Finding, Level};
use crate::domain::console::Console;
use crate::domain::console_certificate::NICKNAME;
use crate::host::clock::moment;
use crate::host::tree::Tree;
use crate::host::{holders, sockets};

const SUBJECT: &str = "console";
const PATIENCE: Duration = Duration::from_secs(5);
/// The console renews its certificate 30 days before its end: one that is nearer to it was not renewed.
const RENEWED: time::Duration = time::Duration::days(29);

/// Whether a console holds the directory, and its port answers.
pub(super) fn running(directory: &Path) -> Vec<Finding> {
    let found = holders::of(&[directory.join("lock")]);
    let Some(holder) = found.holders.first() else {
        let hidden = if found.hidden == 0 { "" } else { ", as far as this user can see" };
        return vec![Finding::good(SUBJECT, format!("none runs on {}{hidden}", directory.display()))];
    };
    let tree = Tree::of_machine();
    let processes = tree.processes();
    let held = processes.iter().find(|process| process.id == holder.pid).map(|process| sockets::held_by(&tree, process));
    let held = held.unwrap_or_default();
    let listening = sockets::listening(&tree).into_iter().filter(|socket| held.contains(&socket.inode));
    let findings: Vec<Finding> = listening.map(|socket| answers(holder.pid, SocketAddr::new(socket.address, socket.port))).collect();
    if findings.is_empty() {
        let what = format!("process {} has the data directory and listens nowhere", holder.pid);
        let why = "It is starting or ending, or a command holds the directory.";
        return vec![Finding::bad(Level::Warning, SUBJECT, what, why, "ask again in a minute; its log says what it does")];
    }
    findings
}

fn answers(pid: u32, address: SocketAddr) -> Finding {
    let here = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    match sockets::answers(SocketAddr::new(here, address.port()), PATIENCE) {
        Ok(()) => Finding::good(SUBJECT, format!("process {pid} answers on {address}")),
        Err(error) => {
            let what = format!("process {pid} listens on {address}, and does not answer: {error}");
            Finding::bad(
                Level::Failure,
                SUBJECT,
                what,
                "Nobody gets to it.",
                "look at its log and at the packet filter; then start it again",
            )
        }
    }
}

/// How long the certificate is good that the console serves.
pub(super) async fn certificate(console: &Console, now: OffsetDateTime) -> Vec<Finding> {
    const SUBJECT: &str = "console certificate";
    const WHY: &str = "Browsers refuse it.";
    let Some(own) = console.databases.all().into_iter().find(|database| database.embedded) else {
        return vec![Finding::good(SUBJECT, "none yet; the first start makes it")];
    };
    let Ok(listing) = own.listing().await else {
        // What is wrong with the database is said with the databases.
        return Vec::new();
    };
    let ours = listing.certificates.iter().filter(|certificate| certificate.nickname.as_deref() == Some(NICKNAME));
    let newest = ours.filter_map(|certificate| parse::certificate(&certificate.der).ok()).max_by_key(|certificate| certificate.not_after);
    let Some(newest) = newest else {
        return vec![Finding::good(SUBJECT, "none yet; the next start makes it")];
    };
    let (from, until) = (newest.not_before, newest.not_after);
    let end = moment(until);
    vec![match () {
        () if from > now => Finding::bad(
            Level::Failure,
            SUBJECT,
            format!("it begins on {}, and it is {} here", moment(from), moment(now)),
            WHY,
            "set the clock",
        ),
        () if until - now < RENEWED => {
            let level = if until < now { Level::Failure } else { Level::Warning };
            let what = format!("it ends on {end}");
            Finding::bad(level, SUBJECT, what, WHY, "start the console: it renews its certificate 30 days before the end, while it runs")
        }
        () => Finding::good(SUBJECT, format!("good until {end}")),
    }]
}
