//! Sun's Calendar Server, which cannot be had: its file `ics.conf` where its packages put it, a process of its name, and a program that starts
//! it again as stop-cal and start-cal do, noting what was read. Nothing asks its ports: what it has read stands for what it serves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use certdeck_shared::api::deployment::DeploymentState;
use certdeck_shared::api::plan::{NewPlan, NewPlanPart, OnFailure, SettingWish};
use certdeck_shared::api::service::{NewService, Service, ServiceControl, ServiceKind};
use support::pki::Pki;
use support::run;

use super::files;
use super::scene::{Kill, Scene};

const FILE: &str = "SUNWics5/config/ics.conf";
const CONFIG: &str = "service.http.enable = \"yes\"\nservice.http.port = \"8080\"\nservice.http.calendarhostname = \"cal.example.org\"\n\
                      service.http.ssl.usessl = \"yes\"\nservice.http.ssl.port.enable = \"yes\"\nservice.http.ssl.port = \"8443\"\n\
                      service.http.ssl.sourceurl = \"https://cal.example.org:8443\"\nservice.http.ssl.ssl3.ciphers = \"+tls_rsa_aes_128_sha\"\n";
const CIPHERS: [&str; 2] = ["+tls_rsa_aes_128_sha", "+tls_rsa_aes_256_sha"];

/// What stands for it.
pub struct Calendar {
    room: tempfile::TempDir,
    scene: Scene,
    service: Service,
    /// The ciphers that it has, and those that it shall have next.
    ciphers: [&'static str; 2],
    newest: Option<String>,
}

impl Calendar {
    /// One that runs, with a console that sees its files below `/etc/opt`, where nobody else sees them.
    pub async fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let path = |name: &str| room.path().join(name);
        std::fs::create_dir_all(path("opt/SUNWics5/config")).unwrap();
        std::fs::write(path("opt").join(FILE), CONFIG).unwrap();
        std::fs::copy("/usr/bin/sleep", path("cshttpd")).unwrap();
        let restart = format!(
            "#!/bin/sh\nexec 9>'{0}/turn'\nflock 9\n[ ! -e '{0}/pid' ] || kill \"$(cat '{0}/pid')\"\ncp '{0}/opt/{FILE}' '{0}/read'\n\
             setsid '{0}/cshttpd' infinity </dev/null >/dev/null 2>&1 9>&- &\necho $! >'{0}/pid'\n\
             until [ \"$(readlink /proc/$!/exe)\" = '{0}/cshttpd' ]; do kill -0 $! || exit; done\n",
            room.path().display()
        );
        std::fs::write(path("restart"), restart).unwrap();
        std::fs::set_permissions(path("restart"), std::fs::Permissions::from_mode(0o755)).unwrap();
        let restart = path("restart").display().to_string();
        run::must::<&str>(&restart, &[]);
        let script = "mount --bind \"$0\" /etc/opt && exec \"$@\"";
        let wrapper = ["unshare", "--mount", "sh", "-c", script, path("opt").to_str().unwrap()].map(str::to_owned).to_vec();
        let scene = Scene::new(Pki::new(), path("opt"), wrapper).await;
        let control = ServiceControl { restart: Some(vec![restart]), ..ServiceControl::default() };
        let new = NewService { control, ..NewService::new(ServiceKind::SunCalendar, format!("/etc/opt/{FILE}")) };
        let service = scene.client().add_service(&new).await.unwrap();
        Self { room, scene, service, ciphers: CIPHERS, newest: None }
    }

    /// Deploys the other ciphers, kills the console, starts it again, and judges. False when the deployment ended before the kill.
    pub async fn round(&mut self, kill: Kill) -> bool {
        let wish = SettingWish::Ciphers { endpoints: vec!["https".to_owned()], ciphers: self.ciphers[1].to_owned() };
        let part = NewPlanPart { service: self.service.id.clone(), bindings: Some(Vec::new()), settings: vec![wish] };
        let plan = self.scene.plan(&NewPlan { parts: vec![part], on_failure: OnFailure::ReturnAll }).await;
        let before = files::below(&self.room.path().join("opt"));
        let killed = self.scene.killed(&plan, kill).await;
        if killed {
            self.scene.start_again().await;
        }
        // The program that a killed console called may be at it still.
        run::must("flock", &[self.room.path().join("turn").to_str().unwrap(), "true"]);
        let record = self.scene.newest(self.newest.as_deref()).await;
        let new = record.as_ref().is_some_and(|record| record.state == DeploymentState::Succeeded);
        let ended = record.as_ref().is_none_or(|record| new || record.state == DeploymentState::RolledBack);
        assert!(ended, "Calendar {kill:?}: {record:#?}");
        self.newest = record.map(|record| record.id).or(self.newest.take());
        let read = |name: &str| std::fs::read_to_string(self.room.path().join(name)).unwrap();
        let config = read(&format!("opt/{FILE}"));
        assert_eq!(config, read("read"), "Calendar {kill:?}, new: {new}");
        if new {
            self.ciphers.swap(0, 1);
            assert_eq!(config, CONFIG.replace(CIPHERS[0], self.ciphers[0]), "Calendar {kill:?}");
        } else {
            files::same(&before, &files::below(&self.room.path().join("opt")), &format!("Calendar {kill:?}"));
        }
        assert!(self.runs(), "Calendar {kill:?}");
        self.scene.checkpoints_are_whole();
        killed
    }

    fn pid(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", std::fs::read_to_string(self.room.path().join("pid")).unwrap().trim()))
    }

    fn runs(&self) -> bool {
        std::fs::read_link(self.pid().join("exe")).is_ok_and(|program| program == self.room.path().join("cshttpd"))
    }
}

impl Drop for Calendar {
    fn drop(&mut self) {
        if self.runs() {
            support::console::kill_at_once(self.pid().file_name().unwrap().to_str().unwrap().parse().unwrap());
        }
    }
}
