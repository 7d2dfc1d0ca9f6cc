//! Certificates a second to the whole view: the page's parser in WASM beside JavaScript's, in the same browser.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certdeck_shared::x509::parse;
use serde::Deserialize;
use support::browser::Browser;
use support::{certificates, poll, run};

use crate::site;
use crate::table::{Aim, Row, Table, significant, thousands};

/// Bare x509-parser in WASM was seen at 61,900 certificates a second; the whole view model should keep two thirds of it.
const AIM: f64 = 41_000.0;

/// What the page of the bench reports, by the name of the parser.
#[derive(Deserialize)]
#[serde(untagged)]
enum Report {
    Failed { failed: String },
    Measured { certdeck: Rate, peculiar: Rate, pkijs: Rate, jsrsasign: Rate, certdeck_rsa: Rate, forge_rsa: Rate },
}

#[derive(Deserialize)]
struct Rate {
    /// Certificates a second, median of the rounds.
    rate: f64,
    /// How many of them it cannot read.
    refused: usize,
    certificates: usize,
}

/// Builds the page of the bench, opens it, and reports.
pub async fn measure(table: &mut Table) {
    let folder = Path::new("target/bench/site");
    run::must("tests/bench/parsers/build", &[folder]);
    let all = certificates::debian();
    let is_rsa = |der: &&Vec<u8>| parse::certificate(der).is_ok_and(|view| view.public_key.algorithm == "RSA");
    let rsa: Vec<_> = all.iter().filter(is_rsa).collect();
    let text = serde_json::json!({
        "all": all.iter().map(|der| STANDARD.encode(der)).collect::<Vec<_>>(),
        "rsa": rsa.iter().map(|der| STANDARD.encode(der)).collect::<Vec<_>>(),
    });
    std::fs::write(folder.join("certificates.json"), text.to_string()).unwrap();
    std::fs::write(folder.join("index.html"), r#"<!doctype html><title>bench</title><script type="module" src="/parsers.js"></script>"#)
        .unwrap();

    let browser = Browser::start(800, 600).await;
    browser.open(&site::serve(folder)).await;
    let report = poll::until("the report of the parsers", Duration::from_secs(180), async || {
        let value = browser.driver.execute("return window.result ?? null", Vec::new()).await.unwrap();
        if value.json().is_null() { None } else { Some(value.convert::<Report>().unwrap()) }
    });
    match report.await {
        Report::Failed { failed } => panic!("the parsers' page failed: {failed}\n{}", browser.console().await.join("\n")),
        Report::Measured { certdeck, peculiar, pkijs, jsrsasign, certdeck_rsa, forge_rsa } => {
            table.push(row(&certdeck, "@peculiar/x509", &peculiar, Aim::AtLeast(AIM)));
            table.push(row(&certdeck, "pkijs", &pkijs, Aim::None));
            table.push(row(&certdeck, "jsrsasign", &jsrsasign, Aim::None));
            table.push(row(&certdeck_rsa, "node-forge, RSA only", &forge_rsa, Aim::None));
        }
    }
}

fn row(certdeck: &Rate, name: &str, other: &Rate, aim: Aim) -> Row {
    let refused = if other.refused > 0 { format!(", refuses {}", other.refused) } else { String::new() };
    assert_eq!(certdeck.refused, 0, "Certdeck reads all of Debian's certificates");
    Row {
        measure: format!("certificates/s to the whole view in Chromium ({} of Debian's, repeated)", certdeck.certificates),
        certdeck: thousands(certdeck.rate),
        other: format!("{name} {}{refused}", thousands(other.rate)),
        ratio: format!("{} times as fast", significant(certdeck.rate / other.rate)),
        aim: aim.verdict(certdeck.rate),
    }
}
