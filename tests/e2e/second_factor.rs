//! The second factor from its setting-up to its loss; oathtool is the authenticator program, by the clock of this host.

use certdeck_shared::api::account::SignIn;
use certdeck_shared::api::client::Client;
use certdeck_shared::api::problem::ProblemCode;
use certdeck_shared::api::second_factor::SecondFactorActivation;
use support::console::{PASSWORD, USER_NAME, program};
use support::deck::{empty, refusal};
use support::run::{self, must};
use support::transport::Native;

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_phone_and_the_codes_is_let_in_by_whoever_owns_the_host() {
    let (_room, console, client) = empty().await;
    let begun = client.begin_second_factor().await.unwrap();
    let one_time_code = must("oathtool", &["--totp", "--base32", &begun.secret]).trim().to_owned();
    let recovery_codes = client.activate_second_factor(&SecondFactorActivation { one_time_code }).await.unwrap().recovery_codes;
    let gate = Client::new(Native::new(&console.origin));
    let alone = SignIn { user_name: USER_NAME.to_owned(), password: PASSWORD.to_owned(), ..SignIn::default() };
    assert_eq!(refusal(gate.sign_in(&alone).await), ProblemCode::SecondFactorRequired);
    let with_code = SignIn { recovery_code: recovery_codes.first().cloned(), ..alone.clone() };
    assert!(gate.sign_in(&with_code).await.unwrap().second_factor);
    let data_dir = console.data_dir().to_str().unwrap();
    let remove = ["user", "second-factor", "remove", USER_NAME, "--data-dir", data_dir];
    must(program().to_str().unwrap(), &remove);
    assert!(!gate.sign_in(&alone).await.unwrap().second_factor);
    let again = run::ask(program().to_str().unwrap(), &remove);
    assert!(!again.success && again.err.contains("has no second factor"), "{}", again.err);
}
