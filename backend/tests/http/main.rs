//! The router in process, with a clock that the tests turn.

mod accounts;
mod answers;
mod authorization;
mod deck;
mod events;
