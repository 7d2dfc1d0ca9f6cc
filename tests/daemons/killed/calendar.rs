//! Sun's Calendar Server, or what stands for it. Nothing asks its ports here: what it has read stands for what it serves.

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure, SettingWish};
use certdeck_shared::api::service::Service;
use support::calendar_server::CalendarServer;
use support::pki::Pki;

use super::files;
use super::scene::{Kill, Scene};

const CONFIG: &str = "service.http.enable = \"yes\"\nservice.http.port = \"8080\"\nservice.http.calendarhostname = \"cal.example.org\"\n\
                      service.http.ssl.usessl = \"yes\"\nservice.http.ssl.port.enable = \"yes\"\nservice.http.ssl.port = \"8443\"\n\
                      service.http.ssl.sourceurl = \"https://cal.example.org:8443\"\nservice.http.ssl.ssl3.ciphers = \"+tls_rsa_aes_128_sha\"\n";
const CIPHERS: [&str; 2] = ["+tls_rsa_aes_128_sha", "+tls_rsa_aes_256_sha"];

/// It, with a console beside it.
pub struct Calendar {
    server: CalendarServer,
    scene: Scene,
    service: Service,
    /// The ciphers that it has, and those that it shall have next.
    ciphers: [&'static str; 2],
    newest: Option<String>,
}

impl Calendar {
    /// One that runs.
    pub async fn new() -> Self {
        let server = CalendarServer::new();
        server.start("/usr/bin/sleep", "infinity", CONFIG);
        let scene = Scene::new(Pki::new(), server.files(), server.wrapper()).await;
        let service = scene.client().add_service(&server.service()).await.unwrap();
        Self { server, scene, service, ciphers: CIPHERS, newest: None }
    }

    /// Deploys the other ciphers, kills the console, starts it again, and judges. False when the deployment ended before the kill.
    pub async fn round(&mut self, kill: Kill) -> bool {
        let wish = SettingWish::Ciphers { endpoints: vec!["https".to_owned()], ciphers: self.ciphers[1].to_owned() };
        let part = NewPlanPart { service: self.service.id.clone(), bindings: Some(Vec::new()), settings: vec![wish] };
        let plan = self.scene.plan(&NewPlan { parts: vec![part], on_failure: OnFailure::ReturnAll }).await;
        let before = files::below(&self.server.files());
        let killed = self.scene.killed(&plan, kill).await;
        if killed {
            self.scene.start_again().await;
        }
        let record = self.scene.newest(self.newest.as_deref()).await;
        let new = record.as_ref().is_some_and(|record| record.state == DeploymentState::Succeeded);
        let ended = record.as_ref().is_none_or(|record| new || record.state == DeploymentState::RolledBack);
        assert!(ended, "Calendar {kill:?}: {record:#?}");
        self.newest = record.map(|record| record.id).or(self.newest.take());
        let config = std::fs::read_to_string(self.server.config()).unwrap();
        assert_eq!(config, self.server.has_read(), "Calendar {kill:?}, new: {new}");
        if new {
            self.ciphers.swap(0, 1);
            assert_eq!(config, CONFIG.replace(CIPHERS[0], self.ciphers[0]), "Calendar {kill:?}");
        } else {
            files::same(&before, &files::below(&self.server.files()), &format!("Calendar {kill:?}"));
        }
        assert!(self.server.runs(), "Calendar {kill:?}");
        self.scene.checkpoints_are_whole();
        killed
    }
}
