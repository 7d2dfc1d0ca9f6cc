//! What is shown, and to whom it belongs.

use std::path::Path;

use certdeck::helper::protocol::Program;
use certdeck::host::beyond::{Beyond as _, Seen};
use openssl::x509::X509;

use crate::scene::Scene;

#[test]
fn a_private_key_stays_where_it_is_and_its_public_half_is_told() {
    let scene = Scene::new();
    let Seen::File(key) = scene.look(&scene.path("ssl/ftp.key"), true).unwrap() else { panic!("no file") };
    assert!(key.content.is_empty());
    let certificate = X509::from_pem(scene.text("ssl/ftp.crt").as_bytes()).unwrap();
    let public = certificate.public_key().unwrap().public_key_to_der().unwrap();
    assert_eq!(key.withheld.unwrap().public_key, Some(public));
    assert_eq!((key.attributes.mode, key.attributes.owner.user), (0o600, 0));
    let Seen::File(seen) = scene.look(&scene.path("ssl/ftp.crt"), false).unwrap() else { panic!("no file") };
    assert_eq!((seen.content.as_slice(), seen.withheld), (scene.text("ssl/ftp.crt").as_bytes(), None));
}

#[test]
fn what_belongs_to_no_service_is_no_business_of_the_console() {
    let scene = Scene::new();
    let elsewhere = scene.path("elsewhere/secret");
    let strange = ["relative", "/", "/etc/shadow", "/proc/1/environ", "/etc/../etc/shadow", "/etc/passwd/"].map(Path::new);
    for path in strange.into_iter().chain([elsewhere.as_path(), &scene.path("ssl/../elsewhere/secret"), &scene.path("helper.toml")]) {
        for follow in [true, false] {
            assert!(!matches!(scene.look(path, follow), Ok(Seen::File(_))), "{}", path.display());
        }
        assert!(scene.asked(|helper| helper.names(path)).is_err(), "{}", path.display());
        assert!(scene.asked(|helper| helper.try_as("root", path, false)).is_err() || path == Path::new("/"), "{}", path.display());
    }
    assert!(scene.asked(|helper| helper.names(&scene.path("elsewhere"))).is_err());
    // The way to what belongs is seen, and nothing in it.
    assert!(matches!(scene.look(&scene.path("ssl"), false), Ok(Seen::Directory { .. })));
    assert!(scene.asked(|helper| helper.names(&scene.path("ssl"))).is_err());
    assert!(scene.asked(|helper| helper.room(&scene.path("ssl"))).unwrap().closed.is_none());
    assert!(scene.asked(|helper| helper.room(Path::new("/root"))).is_err());
    assert!(scene.asked(|helper| helper.try_as("root", &scene.path("ssl/ftp.key"), false)).unwrap().is_ok());
    assert!(scene.asked(|helper| helper.try_as("www-data", &scene.path("ssl/ftp.key"), false)).is_err(), "it reads no key here");
    assert!(scene.asked(|helper| helper.variable(std::process::id(), "PATH")).is_none());
}

/// Whoever may change what the console reads must not decide what the helper does.
#[test]
fn a_named_file_that_holds_no_certificate_is_not_shown() {
    let scene = Scene::new();
    let config = scene.text("etc/vsftpd.conf").replace("ssl/ftp.crt", "elsewhere/secret");
    std::fs::write(scene.path("etc/vsftpd.conf"), config).unwrap();
    let Seen::File(seen) = scene.look(&scene.path("elsewhere/secret"), true).unwrap() else { panic!("no file") };
    assert!(seen.content.is_empty() && seen.withheld.is_some());
}

#[test]
fn programs_are_those_of_the_list_and_of_nobody_else() {
    let scene = Scene::new();
    let config = scene.path("etc/vsftpd.conf");
    assert_eq!(scene.asked(|helper| helper.run("vsftpd", &config, Program::Check)), Ok(()));
    let restart = scene.asked(|helper| helper.run("vsftpd", &config, Program::Restart)).unwrap_err();
    assert!(restart.contains("no program for its restart"), "{restart}");
    for (kind, config) in
        [("apache", config.as_path()), ("vsftpd", Path::new("/etc/vsftpd.conf")), ("generic", &scene.path("elsewhere/secret"))]
    {
        assert!(scene.asked(|helper| helper.run(kind, config, Program::Check)).is_err());
    }
    let status = scene.asked(|helper| helper.status()).unwrap();
    assert_eq!((status.version.as_str(), status.services.len()), (env!("CARGO_PKG_VERSION"), 1));
    assert_eq!(status.services[0].problem, None);
}

/// A configuration that the console's user could have written says nothing about what belongs to the service.
#[test]
fn a_configuration_of_the_callers_counts_for_nothing() {
    let scene = Scene::new();
    crate::scene::give(&scene.path("etc/vsftpd.conf"), crate::scene::CALLER);
    assert!(scene.look(&scene.path("ssl/ftp.crt"), true).is_err());
    let problem = scene.asked(|helper| helper.status()).unwrap().services[0].problem.clone().unwrap();
    assert!(problem.contains("could be the console's own words"), "{problem}");
}
