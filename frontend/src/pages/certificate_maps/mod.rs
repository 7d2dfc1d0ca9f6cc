//! Files `certmap.conf`: which entry of a directory a client's certificate leads to.

mod add;
mod edit;
mod maps;
mod page;
mod tried;

pub use page::certificate_maps_page;
