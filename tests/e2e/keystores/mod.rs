//! Files that hold private keys: what pk12util, openssl and keytool write comes in, and what leaves they read.

mod keys;
mod leaving;
mod matrix;
mod refused;
mod stores;
mod workshop;
