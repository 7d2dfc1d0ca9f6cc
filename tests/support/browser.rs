//! Headless Chromium by chromedriver: find by role, label and id; nothing in the page is called from outside.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use thirtyfour::TypingData;
use thirtyfour::prelude::*;

use crate::console::{Console, PASSWORD, USER_NAME};
use crate::poll;
use crate::run::must;

const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with a profile of its own; dropping it ends driver and browser.
pub struct Browser {
    chromedriver: Child,
    /// The session.
    pub driver: WebDriver,
    port: String,
    _profile: tempfile::TempDir,
    _holder: Option<Holder>,
}

/// A home whose NSS database has a certificate to show, and a rule for Chromium that says to show it.
struct Holder(tempfile::TempDir);

impl Holder {
    /// With a certificate and its key, PEM.
    fn new((certificate, key): &(String, String)) -> Self {
        let room = tempfile::tempdir().unwrap();
        let place = |name: &str| room.path().join(name).display().to_string();
        let (database, file) = (format!("sql:{}", place(".pki/nssdb")), place("own.p12"));
        std::fs::create_dir_all(place(".pki/nssdb")).unwrap();
        must("openssl", &["pkcs12", "-export", "-in", certificate, "-inkey", key, "-name", "own", "-passout", "pass:", "-out", &file]);
        must("certutil", &["-N", "-d", &database, "--empty-password"]);
        must("pk12util", &["-i", &file, "-d", &database, "-W", ""]);
        std::fs::create_dir_all(place("chromium/policies/managed")).unwrap();
        let rule = serde_json::json!({"pattern": "https://127.0.0.1", "filter": {}}).to_string();
        let policy = serde_json::json!({"AutoSelectCertificateForUrls": [rule]});
        std::fs::write(place("chromium/policies/managed/own.json"), policy.to_string()).unwrap();
        Self(room)
    }

    /// A command in whose view of the file system this is how Chromium is set up; nobody else sees that.
    fn command(&self) -> Command {
        let mut command = Command::new("unshare");
        let script = "mount --bind \"$HOME/chromium\" /etc/chromium && exec chromedriver \"$@\"";
        command.args(["--mount", "--", "sh", "-c", script, "chromedriver"]).env("HOME", self.0.path());
        command
    }
}

/// A chromedriver and its port; none when it has ended at once, because the port that it took of IPv6 is somebody else's of IPv4.
fn chromedriver(mut command: Command) -> Option<(Child, String)> {
    let mut chromedriver = command
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // A group of its own, so that the browser it starts can be ended with it.
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| panic!("chromedriver cannot be started ({error}); `.ci/setup packages tests` installs it"));
    let mut lines = BufReader::new(chromedriver.stdout.take().unwrap()).lines().map_while(Result::ok);
    let started = lines.find_map(|line| Some(line.split_once("started successfully on port ")?.1.trim_end_matches('.').to_owned()));
    let Some(port) = started else {
        chromedriver.wait().unwrap();
        return None;
    };
    // Its later lines must go somewhere.
    std::thread::spawn(move || lines.for_each(drop));
    Some((chromedriver, port))
}

impl Browser {
    /// Starts chromedriver on a free port and a browser of this window size.
    pub async fn start(width: u32, height: u32) -> Self {
        Self::held_by(None, width, height).await
    }

    /// One that shows this certificate (and key, PEM) to consoles that ask for one.
    pub async fn with_certificate(own: &(String, String), width: u32, height: u32) -> Self {
        Self::held_by(Some(Holder::new(own)), width, height).await
    }

    async fn held_by(holder: Option<Holder>, width: u32, height: u32) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let profile = tempfile::tempdir().unwrap();
        let command = || holder.as_ref().map_or_else(|| Command::new("chromedriver"), Holder::command);
        let (chromedriver, port) = (0..5).find_map(|_| chromedriver(command())).expect("chromedriver names its port");
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--force-color-profile=srgb",
            "--lang=en",
            &format!("--window-size={width},{height}"),
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            capabilities.add_arg(argument).unwrap();
        }
        capabilities.accept_insecure_certs(true).unwrap();
        capabilities.set("goog:loggingPrefs", serde_json::json!({ "browser": "ALL" })).unwrap();
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.unwrap();
        Self { chromedriver, driver, port, _profile: profile, _holder: holder }
    }

    /// Puts in a security key that somebody touches whenever it blinks (Web Authentication Level 3, section 11: extension commands of WebDriver).
    pub async fn add_authenticator(&self) {
        let url = format!("http://127.0.0.1:{}/session/{}/webauthn/authenticator", self.port, self.driver.session_id());
        let key = serde_json::json!({"protocol": "ctap2", "transport": "usb"});
        let answer = reqwest::Client::new().post(url).json(&key).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Goes to an address.
    pub async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap();
    }

    /// Signs in with the account that the tests make, and waits for the first page.
    pub async fn sign_in(&self, console: &Console) {
        self.open(&format!("{}/sign-in", console.origin)).await;
        self.fill("User name", USER_NAME).await;
        self.fill("Password", PASSWORD).await;
        self.click("Sign in").await;
        self.sees("Where to begin").await;
    }

    /// The element with this CSS selector, once it is there and shown.
    pub async fn find(&self, selector: &str) -> WebElement {
        self.search(By::Css(selector), selector).await
    }

    /// The first control (button, link, tab, checkbox, menu item) with this accessible name.
    pub async fn control(&self, name: &str) -> WebElement {
        self.search_named("button, a, summary, input, select, [role=button], [role=tab], [role=checkbox], [role=menuitem], [role=option], [role=switch], [role=radio]", name).await
    }

    /// The field (input, select, text area) with this label.
    pub async fn field(&self, label: &str) -> WebElement {
        self.search_named("input, select, textarea, [role=textbox], [role=combobox]", label).await
    }

    /// Clicks a control by its name, once it can be used: a click on a disabled one is lost without a word.
    pub async fn click(&self, name: &str) {
        let controls = "button, a, summary, input, select, label, [role=button], [role=tab], [role=checkbox], [role=menuitem], [role=option], [role=switch], [role=radio]";
        self.retry(&format!("a control named {name:?} that can be clicked"), async || {
            let control = self.named_now(controls, name).await?;
            if control.is_enabled().await.ok()? { control.click().await.ok() } else { None }
        })
        .await;
    }

    /// Chooses a file in a file control, which may be hidden and may belong to an area that is still loading.
    pub async fn choose_file(&self, selector: &str, path: &str) {
        let control = self.retry(selector, async || self.driver.find(By::Css(selector)).await.ok()).await;
        control.send_keys(path).await.unwrap();
    }

    /// Clicks what a CSS selector finds.
    pub async fn click_at(&self, selector: &str) {
        self.retry(&format!("{selector} that can be clicked"), async || self.driver.find(By::Css(selector)).await.ok()?.click().await.ok())
            .await;
    }

    /// Replaces the text of a field.
    pub async fn fill(&self, label: &str, text: impl Into<TypingData>) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until the page shows this text.
    pub async fn sees(&self, text: &str) {
        let script = "return document.body.innerText";
        let limit = std::time::Instant::now() + PATIENCE;
        loop {
            let shown: String =
                self.driver.execute(script, Vec::new()).await.ok().and_then(|shown| shown.convert().ok()).unwrap_or_default();
            // CSS may show capitals where the text has none.
            if shown.to_lowercase().contains(&text.to_lowercase()) {
                return;
            }
            if std::time::Instant::now() > limit {
                self.give_up(&format!("text {text:?}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a script, which must not change anything, returns a value that is not null.
    pub async fn value<T: serde::de::DeserializeOwned>(&self, what: &str, script: &str) -> T {
        self.retry(what, async || {
            let value = self.driver.execute(script, Vec::new()).await.ok()?;
            if value.json().is_null() { None } else { value.convert().ok() }
        })
        .await
    }

    /// Waits until the address ends so.
    pub async fn arrives(&self, ending: &str) {
        self.retry(&format!("an address that ends in {ending}"), async || {
            self.driver.current_url().await.ok()?.as_str().ends_with(ending).then_some(())
        })
        .await;
    }

    /// What the page's console said since the last call: errors and warnings, CSP violations among them.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.unwrap_or_default();
        entries.iter().map(|entry| format!("{entry:?}")).filter(|line| !line.contains("favicon")).collect()
    }

    /// Fails when the console said anything bad since the last call; refusals of the REST interface named here are expected.
    pub async fn is_quiet(&self, expected: &[&str]) {
        let mut loud = self.console().await;
        loud.retain(|line| !expected.iter().any(|part| line.contains(part)));
        assert!(loud.is_empty(), "the page's console is not quiet:\n{}", loud.join("\n"));
    }

    /// Controls without an accessible name, images without a text, fields without a label: none may be left.
    pub async fn unnamed_controls(&self) -> Vec<String> {
        let script = format!(
            "{NAME_OF} return [...document.querySelectorAll('button, a[href], input:not([type=hidden]), select, textarea, [role=button], [role=checkbox], [role=tab], img')]
               .filter(element => element.checkVisibility() && !element.closest('[aria-hidden=true]') && !nameOf(element))
               .map(element => element.outerHTML.slice(0, 200));"
        );
        self.driver.execute(&script, Vec::new()).await.unwrap().convert().unwrap()
    }

    /// Writes a picture of the window.
    pub async fn picture(&self, path: &std::path::Path) {
        self.driver.screenshot(path).await.unwrap();
    }

    /// Pictures for whoever looks after the page, where `CERTDECK_PICTURES` names a directory: wide and narrow, light and dark.
    pub async fn pictures(&self, name: &str) {
        let Some(directory) = std::env::var_os("CERTDECK_PICTURES") else { return };
        let window = self.driver.get_window_rect().await.unwrap();
        for (width, height) in [(1440, 1000), (420, 1800)] {
            self.driver.set_window_rect(0, 0, width, height).await.unwrap();
            for theme in ["light", "dark"] {
                self.driver.execute(&format!("document.documentElement.dataset.theme = '{theme}'"), Vec::new()).await.unwrap();
                self.picture(&std::path::Path::new(&directory).join(format!("{name}-{width}-{theme}.png"))).await;
            }
        }
        self.driver.execute("delete document.documentElement.dataset.theme", Vec::new()).await.unwrap();
        self.driver.set_window_rect(0, 0, window.width as u32, window.height as u32).await.unwrap();
    }

    /// From here on keeps a copy of the next file that the page hands out, for [`Browser::caught_file`].
    pub async fn catch_file(&self) {
        let script = "
            const make = URL.createObjectURL;
            window.caught = null;
            URL.createObjectURL = blob => {
              blob.arrayBuffer().then(bytes => { window.caught = btoa(String.fromCharCode(...new Uint8Array(bytes))); });
              return make.call(URL, blob);
            };";
        self.driver.execute(script, Vec::new()).await.unwrap();
    }

    /// The file that the page has handed out since.
    pub async fn caught_file(&self) -> Vec<u8> {
        let caught: String = self.value("a file handed out", "return window.caught").await;
        base64::engine::general_purpose::STANDARD.decode(caught).unwrap()
    }

    async fn search(&self, by: By, what: &str) -> WebElement {
        self.retry(what, async || {
            let element = self.driver.find(by.clone()).await.ok()?;
            element.is_displayed().await.ok()?.then_some(element)
        })
        .await
    }

    async fn search_named(&self, selector: &str, name: &str) -> WebElement {
        self.retry(&format!("{name:?}"), async || self.named_now(selector, name).await).await
    }

    async fn named_now(&self, selector: &str, name: &str) -> Option<WebElement> {
        let script = format!(
            "{NAME_OF} const shown = [...document.querySelectorAll(arguments[0])].filter(element => element.checkVisibility());
             return shown.find(element => nameOf(element) === arguments[1]) ?? shown.find(element => nameOf(element).startsWith(arguments[1])) ?? null;"
        );
        let found = self.driver.execute(&script, vec![selector.into(), name.into()]).await.ok()?;
        found.element().ok()
    }

    async fn retry<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let started = std::time::Instant::now();
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(what).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Ends the test with all that can be said about the page, and a picture of it.
    async fn give_up(&self, what: &str) -> ! {
        let shown: String = self
            .driver
            .execute("return location + '\\n' + document.body.innerText", Vec::new())
            .await
            .unwrap()
            .convert()
            .unwrap_or_default();
        let picture = std::env::temp_dir().join(format!("certdeck-browser-{}.png", crate::database::run_number()));
        self.picture(&picture).await;
        panic!("the page has no {what} (picture: {}). It shows:\n{shown}\n{}", picture.display(), self.console().await.join("\n"));
    }

    /// Waits for something the page does elsewhere, such as in the database.
    pub async fn until_true(&self, what: &str, ask: impl AsyncFnMut() -> bool) {
        poll::until_true(what, PATIENCE, ask).await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ending chromedriver alone would leave the browser behind.
        rustix::process::kill_process_group(rustix::process::Pid::from_child(&self.chromedriver), rustix::process::Signal::KILL).ok();
        self.chromedriver.wait().ok();
    }
}

/// The accessible name, near enough: aria-labelledby, aria-label, label, own text, title.
const NAME_OF: &str = "
const clean = text => (text ?? '').replace(/\\s+/g, ' ').trim();
const nameOf = element => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return clean(by.split(/\\s+/).map(id => document.getElementById(id)?.textContent).join(' '));
  const label = element.getAttribute('aria-label');
  if (label) return clean(label);
  if (element.labels?.length) return clean([...element.labels[0].childNodes].filter(node => node !== element && !(node.contains?.(element) && node !== element.labels[0])).map(node => node.textContent).join(' ')) || clean(element.labels[0].textContent);
  if (element.tagName === 'IMG') return clean(element.alt);
  return clean(element.innerText) || clean(element.textContent) || clean(element.title) || (element.type === 'submit' ? clean(element.value) : '');
};";
