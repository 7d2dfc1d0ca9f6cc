//! How many certificates a second are read: `cargo run --release -p certdeck-shared --example throughput FILE…` with PEM bundles.

#![allow(clippy::disallowed_methods, reason = "measures time")]

use std::time::Instant;

use certdeck_shared::{detect, x509::parse};

fn main() {
    let mut certificates = Vec::new();
    for file in std::env::args().skip(1) {
        if let Ok(bytes) = std::fs::read(&file) {
            certificates.extend(detect::read(&bytes).certificates);
        }
    }
    let (mut read, start) = (0u32, Instant::now());
    while start.elapsed().as_secs() < 3 && !certificates.is_empty() {
        for found in &certificates {
            read += u32::from(parse::certificate(&found.der).is_ok());
        }
    }
    println!("{} certificates, {:.0} a second", certificates.len(), f64::from(read) / start.elapsed().as_secs_f64());
}
