//! The daemons of Debian as they really run.

mod serving;
