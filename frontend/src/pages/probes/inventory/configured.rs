//! Beside the configuration of its service.

use certdeck_shared::api::inventory::{ConfigurationComparison, ConfiguredSetting, ManualCipher, Subject};

use crate::components::feedback::callout;
use crate::components::icon::state;
use crate::place::Place;
use crate::view::*;

/// Each setting with what is served beyond it, and what is not served of it.
pub fn configured(comparison: &ConfigurationComparison) -> View {
    let href = Place::Service(comparison.service.clone()).path();
    let settings: Vec<View> = comparison.settings.iter().map(setting).collect();
    let none = settings.is_empty().then(|| {
        view! { <p class="note">"It sets neither versions nor cipher suites: what is served is what the program does by itself."</p> }
    });
    view! {
        <section class="sect stack">
            <div class="sect-head"><h3>"Beside its configuration"</h3><a href=href>{comparison.label.clone()}</a><span class="note">{comparison.endpoint.clone()}</span></div>
            {none}
            {settings}
            {manual(&comparison.manual)}
        </section>
    }
}

fn setting(setting: &ConfiguredSetting) -> View {
    let what = match setting.subject {
        Subject::Protocol => "Versions",
        Subject::Suite => "Cipher suites",
        Subject::Group => "Groups",
    };
    let place = setting.place.as_ref().map_or_else(|| "the program's own".to_owned(), |place| format!("{}:{}", place.file, place.line));
    let agrees = setting.not_served.is_empty() && setting.not_configured.is_empty();
    let verdict = match (setting.understood, agrees) {
        (false, _) => state("unknown", "off", "Its value is not understood"),
        (true, true) => state("ok", "ok", "Served as configured"),
        (true, false) => state("soon", "warn", "Differs"),
    };
    let names = |words: &'static str, names: &[String]| {
        (!names.is_empty()).then(|| view! { <dt>{words}</dt><dd class="break"><code>{names.join(", ")}</code></dd> })
    };
    view! {
        <dl class="facts">
            <dt class="group">{what}</dt>
            <dt>{setting.setting.clone()}</dt><dd><code class="break">{setting.value.clone()}</code><p class="note break">{place}</p></dd>
            <dt>"On the wire"</dt><dd>{verdict}</dd>
            {names("Served, not set", &setting.not_configured)}
            {names("Set, not served", &setting.not_served)}
        </dl>
    }
}

/// The ciphers of the manual of Sun's servers, as they are today.
fn manual(ciphers: &[ManualCipher]) -> View {
    if ciphers.is_empty() {
        return View::nothing();
    }
    let served = ciphers.iter().filter(|cipher| cipher.served).count();
    let advice = view! { <p><s>"Unless you have a compelling reason for not using a specific cipher, you should support them all."</s>" So says the manual. None of them may be used today."</p> };
    let rows: Vec<View> = ciphers
        .iter()
        .map(|cipher| {
            let mark = if cipher.served { state("expired", "bad", "Served") } else { state("ok", "ok", "Not served") };
            view! { <tr><td><code class="break">{cipher.name.clone()}</code></td><td>{cipher.words.clone()}</td><td>{cipher.today.clone()}</td><td>{mark}</td></tr> }
        })
        .collect();
    view! {
        <details class="more" open=served.gt(&0)>
            <summary>{format!("The ciphers of the manual: {served} of {} are served", ciphers.len())}</summary>
            {callout("bad", advice)}
            <table class="compare gap-top"><thead><tr><th scope="col">"Name"</th><th scope="col">"In the manual"</th><th scope="col">"Today"</th><th scope="col">"Here"</th></tr></thead><tbody>{rows}</tbody></table>
        </details>
    }
}
