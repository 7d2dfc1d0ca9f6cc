//! What pages are composed of. Components take values and signals and give events; they load nothing.

pub mod data;
pub mod feedback;
pub mod form;
pub mod icon;
pub mod layout;
pub mod trust;
pub mod x509;
