//! Certificates made here: self-signed, issued by a CA of the database, renewed; and what a CA revokes.

mod algorithms;
