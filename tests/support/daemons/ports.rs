//! Free ports, kept for one instance from the choice to its end, also against other test programs.

use std::fs::{File, TryLockError};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below those that the kernel hands out by itself (`ip_local_port_range` begins at 32768), above those that services have by custom.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// A port that nobody listens at, and that no other instance takes while this lives.
#[derive(Debug)]
pub struct Port {
    /// Its number.
    pub number: u16,
    _lock: File,
}

/// Takes a free port.
pub fn free() -> Port {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let locks = std::env::temp_dir().join("certdeck-tests-ports");
    std::fs::create_dir_all(&locks).unwrap();
    // Test programs begin at different places, so that they seldom meet.
    let start = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap();
    for _ in 0..COUNT {
        let offset = (u32::from(start) + u32::from(NEXT.fetch_add(1, Ordering::Relaxed))) % u32::from(COUNT);
        let number = FIRST + u16::try_from(offset).unwrap();
        let lock = File::create(locks.join(number.to_string())).unwrap();
        match lock.try_lock() {
            Ok(()) if TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() => return Port { number, _lock: lock },
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => panic!("{} cannot be locked: {error}", locks.display()),
        }
    }
    panic!("there is no free port between {FIRST} and {}", FIRST + COUNT);
}
