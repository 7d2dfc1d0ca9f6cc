use proptest::prelude::*;

use super::super::hello::TLS12;
use super::*;

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3][..], &u16::try_from(content.len()).unwrap().to_be_bytes(), content].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &u32::try_from(body.len()).unwrap().to_be_bytes()[1..], body].concat()
}

fn hello(version: u16, random: [u8; 32], suite: u16, extensions: &[u8]) -> Vec<u8> {
    let mut body = [&version.to_be_bytes()[..], &random, &[0], &suite.to_be_bytes(), &[0]].concat();
    if !extensions.is_empty() {
        body.extend_from_slice(&u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend_from_slice(extensions);
    }
    message(SERVER_HELLO, &body)
}

/// A flight of TLS 1.2 with DHE: certificate, a prime of 1,024 bits with a zero before it, a request and the end.
fn flight_of_old() -> Vec<u8> {
    let share = [&[0, 129, 0][..], &[0x80; 128], &[0, 1, 2, 0, 1, 7, 4, 1, 0, 2, 9, 9]].concat();
    [
        hello(TLS12, [7; 32], 0x0033, &[0xFF, 1, 0, 1, 0]),
        message(CERTIFICATE, &[0, 0, 5, 0, 0, 2, 1, 2]),
        message(SERVER_KEY_EXCHANGE, &share),
        message(CERTIFICATE_REQUEST, &[0]),
        message(SERVER_HELLO_DONE, &[]),
    ]
    .concat()
}

#[test]
fn a_flight_in_clear_is_read_however_it_is_cut() {
    let messages = flight_of_old();
    let expected = Flight {
        version: TLS12,
        suite: 0x0033,
        dh_bits: Some(1_024),
        signature: Some(0x0401),
        extensions: vec![0xFF01],
        certificates: vec![vec![1, 2]],
        certificate_requested: true,
        ..Flight::default()
    };
    for split in 1..messages.len() {
        let (first, second) = messages.split_at(split);
        let octets = [record(HANDSHAKE, first), record(HANDSHAKE, second)].concat();
        assert_eq!(read(&octets), Reading::Whole(Box::new(expected.clone())), "{split}");
        for arrived in 0..octets.len() {
            assert!(matches!(read(&octets[..arrived]), Reading::Partly(_)), "{split} {arrived}");
        }
    }
}

#[test]
fn a_curve_and_its_signature_are_read() {
    let share = [3, 0, 29, 2, 1, 1, 8, 4, 0, 1, 9];
    let messages = [hello(TLS12, [7; 32], 0xC02F, &[]), message(SERVER_KEY_EXCHANGE, &share), message(SERVER_HELLO_DONE, &[])].concat();
    let Reading::Whole(flight) = read(&record(HANDSHAKE, &messages)) else { panic!() };
    assert_eq!((flight.group, flight.signature, flight.dh_bits), (Some(29), Some(0x0804), None));
}

#[test]
fn a_wish_for_another_hello_says_suite_and_group() {
    let extensions = [0, 43, 0, 2, 3, 4, 0, 51, 0, 2, 0x11, 0xEC];
    let Reading::Whole(flight) = read(&record(HANDSHAKE, &hello(TLS12, RETRY, 0x1302, &extensions))) else { panic!() };
    assert_eq!((flight.version, flight.suite, flight.group, flight.retry), (TLS13, 0x1302, Some(0x11EC), true));
}

#[test]
fn alerts_refuse_and_warnings_do_not() {
    assert_eq!(read(&record(ALERT, &[2, 40])), Reading::Refused(40));
    assert_eq!(read(&record(ALERT, &[1, 0])), Reading::Refused(0));
    assert_eq!(read(&record(ALERT, &[1, 112])), Reading::Partly(None));
    let warned = [record(ALERT, &[1, 112]), record(HANDSHAKE, &flight_of_old())].concat();
    assert!(matches!(read(&warned), Reading::Whole(flight) if flight.suite == 0x0033));
    let broken = [record(HANDSHAKE, &hello(TLS12, [7; 32], 0x0035, &[])), record(ALERT, &[2, 80])].concat();
    assert!(matches!(read(&broken), Reading::Whole(flight) if flight.suite == 0x0035));
}

#[test]
fn other_things_are_no_tls() {
    for other in [&b"220 mail.example.org"[..], b"HTTP/1.1 400", &[22, 2, 0], &[23, 3, 3, 0, 1, 0], &[21, 3, 3, 0, 1, 2], &[0x80]] {
        assert_eq!(read(other), Reading::NotTls, "{other:?}");
    }
    assert_eq!(read(&record(HANDSHAKE, &message(1, &[]))), Reading::NotTls);
    assert_eq!(read(&record(HANDSHAKE, &message(SERVER_HELLO, &[3, 3]))), Reading::NotTls);
}

proptest! {
    #[test]
    fn no_octets_are_too_much(octets in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&octets);
    }

    #[test]
    fn a_flight_with_one_octet_changed_is_read_or_not(place in 0_usize..200, octet in any::<u8>()) {
        let mut octets = record(HANDSHAKE, &flight_of_old());
        if let Some(changed) = octets.get_mut(place) {
            *changed = octet;
        }
        let _ = read(&octets);
    }

    #[test]
    fn what_is_known_never_gets_less(cut in 0_usize..250) {
        let octets = record(HANDSHAKE, &flight_of_old());
        let cut = cut.min(octets.len());
        if let Reading::Partly(Some(flight)) = read(&octets[..cut]) {
            prop_assert_eq!(flight.suite, 0x0033);
        }
    }
}
