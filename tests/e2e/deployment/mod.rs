//! What services serve: bindings, and deployments that were cut short.

mod bindings;
mod cut_short;
