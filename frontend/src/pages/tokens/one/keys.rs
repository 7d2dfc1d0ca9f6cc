//! The private keys of a token, and which of them nothing belongs to.

use crate::view::*;
use certdeck_shared::api::module::TokenKey;

use super::page::{Page, locked};
use crate::components::data::copy::copy_button;
use crate::components::feedback::{callout, empty};
use crate::components::form::submission::{Load, loaded};
use crate::components::icon::{icon, state};
use crate::transport::client;

/// The list; empty-handed while the token is locked.
pub fn section(page: Page) -> View {
    let is_locked = move || page.token.with(|token| matches!(token, Load::Ready(token) if token.login_required && !token.unlocked));
    let list = move || {
        if is_locked() {
            return locked(page, "Its keys are not to be seen", "Private keys show themselves to who is logged in.");
        }
        loaded(page.keys, 2, Callback::new(move |()| page.read()), move |list| table(page, list))
    };
    view! { <section class="sect" aria-label="Keys"><div class="sect-head"><h3>"Keys"</h3></div>{list}</section> }
}

fn table(page: Page, list: Vec<TokenKey>) -> View {
    if list.is_empty() {
        return empty("No private key on this token", "A request or a certificate made below makes one.", View::nothing());
    }
    let rows: Vec<View> = list.into_iter().map(|key| row(page, key)).collect();
    view! {
        <table class="grid rows keylist">
            <thead><tr>
                <th scope="col">"State"</th><th scope="col">"Label"</th><th scope="col">"Algorithm"</th><th scope="col">"Belongs to"</th><th scope="col">"Id"</th><th scope="col"><span class="sr">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(page: Page, key: TokenKey) -> View {
    let belongs = page.nicknames(&key.certificates);
    let orphan = key.orphan;
    let word = match (orphan, key.certificates.is_empty()) {
        (true, _) => state("due", "warn", "Orphan"),
        (false, true) => state("not-yet", "off", "Waiting"),
        (false, false) => state("ok", "ok", "In use"),
    };
    let owners = match (orphan, key.certificates.is_empty()) {
        (true, _) => "neither a certificate nor a request".to_owned(),
        (false, true) => "a request that waits for its answer".to_owned(),
        (false, false) => belongs,
    };
    let label = key.label.clone().filter(|label| !label.is_empty()).unwrap_or_else(|| "none".to_owned());
    let shown = if key.id.len() > 16 { [&key.id[..8], " … ", &key.id[key.id.len() - 6..]].concat() } else { key.id.clone() };
    let (id, uri) = (StoredValue::new(key.id.clone()), key.pkcs11_uri);
    let what = move || ["delete key ", &id.get_value()].concat();
    let asked = move || page.is_open(&what()).then(|| view! { <tr class="ask-row"><td colspan="6">{deletion(page, id, orphan)}</td></tr> });
    view! {
        <tr>
            <td class="r-state">{word}</td>
            <td class="r-name"><b>{label.clone()}</b></td>
            <td class="r-wide">{key.algorithm}</td>
            <td class="r-sub"><span class="cut">{owners}</span></td>
            <td class="r-wide"><span class="row tight"><code title=key.id>{shown}</code>{copy_button("the PKCS#11 URI of the key", move || uri.clone())}</span></td>
            <td class="r-end"><button class="btn plain icon danger" type="button" title="Delete" aria-label=["Delete the key ", &label].concat() on:click=move |_| page.show(&what())>{icon("delete")}</button></td>
        </tr>
        {asked}
    }
}

fn deletion(page: Page, id: StoredValue<String>, orphan: bool) -> View {
    let words = if orphan {
        "Nothing belongs to this key. No snapshot holds what is on a token: it cannot be brought back."
    } else {
        "What belongs to it stays, but cannot be used any more. No snapshot holds what is on a token: the key cannot be brought back."
    };
    let delete = move |_| {
        let (db, token, key) = (page.db.get_value(), page.id.get_value(), id.get_value());
        page.change("Key deleted", async move { client().delete_token_key(&db, &token, &key).await });
    };
    view! {
        <div class="ask">
            {callout(if orphan { "warn" } else { "bad" }, words)}
            {page.submission.faults.callout()}
            <div class="row">
                <button class="btn danger" type="button" disabled=page.submission.busy on:click=delete>"Delete the key"</button>
                <button class="btn plain" type="button" on:click=move |_| page.close()>"Keep it"</button>
            </div>
        </div>
    }
}
