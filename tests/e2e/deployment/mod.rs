//! What services serve: bindings, programs that are described, and deployments that were cut short.

mod bindings;
mod cut_short;
mod described;
