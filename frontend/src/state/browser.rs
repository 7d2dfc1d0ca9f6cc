//! What the page asks of the browser: storage, clipboard, downloads, focus, files.

use js_sys::{Array, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const PREFIX: &str = "certdeck.";

/// A value this browser remembers.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(&format!("{PREFIX}{key}")).ok()?
}

/// Remembers a value, or forgets it. Storage may be switched off; then nothing is remembered.
pub fn remember(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let key = format!("{PREFIX}{key}");
    let _ = match value {
        Some(value) => storage.set_item(&key, value),
        None => storage.remove_item(&key),
    };
}

/// Whether a media query matches now.
pub fn prefers(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether panes stack (LANGUAGE: below 860 px).
pub fn is_narrow() -> bool {
    prefers("(max-width: 860px)")
}

/// Sets or removes an attribute of the root element.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Sets a custom property of the root through the CSSOM, which the content security policy allows where it forbids style attributes.
pub fn set_root_property(name: &str, value: &str) {
    if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = root.style().set_property(name, value);
    }
}

/// Focuses an element by id, and marks the text of a field.
pub fn focus(id: &str) {
    if let Some(Ok(input)) = focus_in_place(id).map(JsCast::dyn_into::<web_sys::HtmlInputElement>) {
        input.select();
    }
}

/// Focuses an element by id; what is marked in it stays.
pub fn focus_in_place(id: &str) -> Option<web_sys::HtmlElement> {
    let element = document().get_element_by_id(id)?.dyn_into::<web_sys::HtmlElement>().ok()?;
    let _ = element.focus();
    Some(element)
}

/// Focuses an element by id once the views that are on their way stand.
pub fn focus_soon(id: &'static str) {
    leptos::prelude::request_animation_frame(move || focus(id));
}

/// Puts text on the clipboard. False when the browser refuses: it does on plain HTTP from another host.
pub async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    if js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard")).map_or(true, |clipboard| clipboard.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Hands bytes to the user as a file.
pub fn download(name: &str, media_type: &str, content: &[u8]) {
    let _ = try_download(name, media_type, content);
}

fn try_download(name: &str, media_type: &str, content: &[u8]) -> Result<(), JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(media_type);
    let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(content)), &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let anchor: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    web_sys::Url::revoke_object_url(&url)
}

/// The bytes of a file.
pub async fn read_file(file: &web_sys::File) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// Lets the browser paint and take input before the work goes on.
pub async fn breathe() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback(&resolve);
    });
    let _ = JsFuture::from(promise).await;
}

/// A file name out of a nickname: what file systems dislike becomes a dash.
pub fn file_name(nickname: &str, extension: &str) -> String {
    let name: String =
        nickname.chars().map(|letter| if letter.is_alphanumeric() || ".-_".contains(letter) { letter } else { '-' }).collect();
    let name = name.trim_matches(|letter| letter == '-' || letter == '.');
    format!("{}.{extension}", if name.is_empty() { "certificate" } else { name })
}
