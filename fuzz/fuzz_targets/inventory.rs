//! What servers answer to the hellos of an inventory: nothing that they say stops us, and what is known does not get less when more comes.

#![no_main]
#![allow(dead_code, reason = "only the readers are tried")]

use libfuzzer_sys::fuzz_target;

/// The readers by themselves: they need nothing of the server.
#[path = "../../backend/src/probe/inventory/answer.rs"]
mod answer;
#[path = "../../backend/src/probe/inventory/hello.rs"]
mod hello;
#[path = "../../backend/src/probe/inventory/ssl2.rs"]
mod ssl2;

use answer::Reading;

fuzz_target!(|data: &[u8]| {
    let whole = answer::read(data);
    for cut in 0..data.len().min(64) {
        match (answer::read(&data[..cut]), &whole) {
            // What was whole or refused stays what it was.
            (Reading::Whole(flight), whole) => assert!(matches!(whole, Reading::Whole(same) if *same == flight)),
            (Reading::Refused(alert), whole) => assert_eq!(*whole, Reading::Refused(alert)),
            (Reading::NotTls, whole) => assert_eq!(*whole, Reading::NotTls),
            (Reading::Partly(Some(flight)), Reading::Whole(later)) => assert_eq!(flight.suite, later.suite),
            (Reading::Partly(_), _) => {}
        }
    }
    if let ssl2::Answer::Ciphers(ciphers) = ssl2::read(data) {
        assert!(ciphers.len() < data.len());
    }
});
