//! Configurations of services: whatever a file holds, it prints back byte for byte, and its entries cover it without a gap.

#![no_main]
#![allow(dead_code, reason = "only the readers are tried")]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;

/// The readers by themselves: they need nothing of the server.
#[path = "../../backend/src/deploy"]
mod deploy {
    pub mod settings;
    pub mod splice;

    pub mod apache {
        pub mod syntax;
    }
    pub mod dovecot {
        pub mod syntax;
    }
    pub mod nginx {
        pub mod syntax;
    }
    pub mod postfix {
        mod logical;
        pub mod main_cf;
        pub mod master_cf;
    }
    pub mod slapd {
        pub mod conf;
    }
    pub mod sun_calendar {
        pub mod syntax;
    }
    pub mod sun_messaging {
        pub mod syntax;
    }
    pub mod tomcat {
        pub mod xml;
    }
    pub mod vsftpd {
        pub mod syntax;
    }
}

fuzz_target!(|data: &[u8]| {
    use deploy::{apache, dovecot, nginx, postfix, slapd, sun_calendar, sun_messaging, tomcat, vsftpd};
    let readers: [fn(PathBuf, Vec<u8>) -> deploy::settings::Document; 13] = [
        apache::syntax::parse,
        dovecot::syntax::parse,
        nginx::syntax::parse,
        postfix::main_cf::parse,
        postfix::master_cf::parse,
        slapd::conf::parse,
        sun_calendar::syntax::parse,
        sun_messaging::syntax::parameters,
        sun_messaging::syntax::dispatcher,
        sun_messaging::syntax::imta,
        sun_messaging::syntax::multiplexor,
        tomcat::xml::parse,
        vsftpd::syntax::parse,
    ];
    for parse in readers {
        let document = parse(PathBuf::from("/etc/sample"), data.to_vec());
        assert_eq!(document.print(), data);
        for (setting, _) in document.settings() {
            let edited = deploy::splice::replaced(data, &setting.value, "value");
            assert_eq!(edited.len() + setting.value.len(), data.len() + "value".len());
        }
    }
});
