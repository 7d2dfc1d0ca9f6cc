//! The server of Certdeck. Arrows point downward only: http → domain → {nss, token, keystore, helper → deploy,
//! probe, state, verifiers} → host.

pub mod command;
pub mod config;
pub mod deploy;
pub mod domain;
pub mod helper;
pub mod host;
pub mod http;
pub mod keystore;
pub mod nss;
pub mod probe;
pub mod state;
pub mod token;
pub mod verifiers;
