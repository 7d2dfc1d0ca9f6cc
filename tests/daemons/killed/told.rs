//! What the console tells an open page of its deployment.

use certdeck_shared::api::client::Client;
use certdeck_shared::api::deployment::DeploymentProgress;
use certdeck_shared::api::event::Event;
use support::transport::Native;

/// The stream of events.
pub struct Told {
    stream: reqwest::Response,
    text: String,
}

impl Told {
    /// From now on.
    pub async fn by(client: &Client<Native>) -> Self {
        let stream = client.transport().raw(reqwest::Method::GET, "/api/v1/events").send().await.unwrap();
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        Self { stream, text: String::new() }
    }

    /// How the deployment stands next; nothing when the console is gone.
    pub async fn next(&mut self) -> Option<DeploymentProgress> {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                // Those of a page alone are no [`Event`] to a reader.
                let data = event.lines().find_map(|line| serde_json::from_str(line.strip_prefix("data:")?).ok());
                self.text = rest.to_owned();
                if let Some(Event::DeploymentChanged { deployment }) = data {
                    return Some(*deployment);
                }
            }
            let more = self.stream.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }
}
