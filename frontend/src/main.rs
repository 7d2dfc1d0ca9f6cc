//! The page of Certdeck: a Leptos application in the browser. It parses and renders certificates, assembles requests and stages trust;
//! the server only keeps, signs and stores.

mod app;
mod chunks;
mod components;
mod ids;
mod pages;
mod place;
mod state;
mod transport;
mod view;

fn main() {
    app::start();
}
