//! Other people's verifiers, asked for their opinion: OpenSSL and the web's rules. Nothing here reads files or the clock.

pub mod signature;
