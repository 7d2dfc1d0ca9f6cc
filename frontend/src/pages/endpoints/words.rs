//! How endpoints are called: states, protocols, rungs.

use certdeck_shared::api::endpoint::{EndpointState, RungKind, RungState};
use certdeck_shared::api::service::{Protocol, TlsMode};

use crate::components::icon::state;
use crate::view::*;

/// Glyph, tone and word of a state.
pub fn state_mark(state: EndpointState) -> (&'static str, &'static str, &'static str) {
    match state {
        EndpointState::Down => ("expired", "bad", "Down"),
        EndpointState::Broken => ("broken", "bad", "Broken"),
        EndpointState::Stale => ("stale", "bad", "Stale"),
        EndpointState::Due => ("due", "bad", "Due"),
        EndpointState::Weak => ("soon", "warn", "Weak"),
        EndpointState::Good => ("ok", "ok", "Good"),
        EndpointState::Unknown => ("unknown", "off", "Unknown"),
        EndpointState::Paused => ("none", "off", "Paused"),
    }
}

/// A state as shape, colour and word.
pub fn state_view(of: EndpointState) -> View {
    let (glyph, tone, word) = state_mark(of);
    state(glyph, tone, word)
}

/// The state of a letter in a plot.
pub fn state_of_letter(letter: char) -> Option<EndpointState> {
    EndpointState::ALL.into_iter().find(|state| state.letter() == letter)
}

/// The usual name of a protocol with its way of TLS.
pub fn protocol_words(protocol: Protocol, tls: TlsMode) -> &'static str {
    match (protocol, tls) {
        (Protocol::Http, TlsMode::Implicit) => "HTTPS",
        (Protocol::Smtp, TlsMode::Implicit) => "SMTPS",
        (Protocol::Ftp, TlsMode::Implicit) => "FTPS",
        (Protocol::Ldap, TlsMode::Implicit) => "LDAPS",
        (Protocol::Sip, _) => "SIPS",
        (other, _) => other.title(),
    }
}

/// How TLS begins, by the word of the protocol.
pub fn tls_words(protocol: Protocol, tls: TlsMode) -> &'static str {
    match tls {
        TlsMode::Implicit => "implicit",
        TlsMode::Starttls => protocol.starttls_word(),
        TlsMode::Off => "none",
    }
}

/// Whether a key exchange holds against a quantum computer: a hybrid with ML-KEM, or with Kyber, its draft.
pub fn is_post_quantum(group: &str) -> bool {
    let group = group.to_ascii_uppercase();
    group.contains("MLKEM") || group.contains("KYBER")
}

/// A version that nobody should speak any more (RFC 8996).
pub fn is_old(version: &str) -> bool {
    !matches!(version, "TLS 1.2" | "TLS 1.3")
}

/// What a rung asks.
pub fn rung_words(kind: RungKind) -> &'static str {
    match kind {
        RungKind::Listening => "Somebody listens",
        RungKind::Connects => "A connection is taken",
        RungKind::Starttls => "STARTTLS begins",
        RungKind::Handshake => "The handshake completes",
        RungKind::Chain => "The chain is whole",
        RungKind::Dates => "Valid today",
        RungKind::Names => "Bears the name",
        RungKind::Expected => "The one that should be there",
    }
}

/// Glyph, tone and word of how a rung holds.
pub fn rung_mark(state: RungState) -> (&'static str, &'static str, &'static str) {
    match state {
        RungState::Pass => ("ok", "ok", "Pass"),
        RungState::Warn => ("soon", "warn", "Look"),
        RungState::Fail => ("expired", "bad", "Fails"),
        RungState::Skipped => ("none", "off", "Skipped"),
        RungState::Unknown => ("unknown", "off", "Unknown"),
    }
}
