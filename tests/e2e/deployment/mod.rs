//! What services serve: bindings.

mod bindings;
