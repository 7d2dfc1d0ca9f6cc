//! What the console counts on of the kernel: its protections, and a clock that somebody keeps right.

use std::path::Path;

use super::{Finding, Level};
use crate::host::synchronisation;
use crate::host::tree::Tree;

/// `/proc/sys/fs` (proc(5)): what each stops when it is not 0.
const PROTECTIONS: [(&str, &str); 3] = [
    ("protected_symlinks", "In /tmp somebody else could lead a file of root's to another place by a symbolic link."),
    ("protected_hardlinks", "Somebody could keep a file of others by a second name, beyond its removal."),
    ("protected_regular", "In /tmp somebody else could put a file where a program expects its own."),
];

/// Looks at this host.
pub(super) fn look() -> Vec<Finding> {
    let tree = Tree::of_machine();
    let read = |path: &str| tree.read(Path::new(path), 4096).ok().map(|text| String::from_utf8_lossy(&text).trim().to_owned());
    let mut findings: Vec<Finding> = PROTECTIONS
        .into_iter()
        .filter(|(name, _)| read(&format!("/proc/sys/fs/{name}")).as_deref() == Some("0"))
        .map(|(name, why)| {
            let cure = format!("sysctl fs.{name}=1, and the same in /etc/sysctl.d");
            Finding::bad(Level::Warning, "kernel", format!("fs.{name} is 0"), why, cure)
        })
        .collect();
    if findings.is_empty() {
        let release = read("/proc/sys/kernel/osrelease").unwrap_or_else(|| "of an unknown release".to_owned());
        findings.push(Finding::good("kernel", format!("Linux {release}, links and files in /tmp are protected")));
    }
    findings.extend(synchronisation::of_clock().map(|clock| time_source(clock.synchronised, clock.error)));
    findings
}

fn time_source(synchronised: bool, error: u64) -> Finding {
    if synchronised {
        return Finding::good("time source", format!("the kernel's clock is kept right, within {} ms", error.div_ceil(1000)));
    }
    Finding::bad(
        Level::Warning,
        "time source",
        "nothing tells the kernel that its clock is right",
        "Certificates begin and end by this clock, and one-time codes are refused when it is half a minute off.",
        "systemctl enable --now systemd-timesyncd, or install chrony; a guest whose host keeps its clock needs neither",
    )
}
