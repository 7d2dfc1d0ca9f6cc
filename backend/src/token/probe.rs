//! A module tried in a process of its own, from the server's side: whatever it does there, the server goes on.

use std::{path::Path, time::Duration};

use tokio::time::timeout;

use super::{
    error::TokenError,
    module::ModuleFacts,
    process::{Lost, WorkerProcess},
    protocol::{FromWorker, Request, Response},
};

/// How long a module may take to show itself. Smart card readers take a second or two.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Loads a module in a process of its own and asks what is in it.
///
/// # Errors
/// `ModuleUnusable` when it cannot be loaded, hangs or dies.
pub async fn module(program: &Path, library: &Path, parameters: Option<&str>, patience: Duration) -> Result<ModuleFacts, TokenError> {
    let request = Request::ProbeModule { library: Some(library.to_owned()), parameters: parameters.map(str::to_owned), nss: false };
    ask(program, &library.display().to_string(), &request, patience).await
}

/// The same for the module that is part of NSS, without any database in it.
///
/// # Errors
/// `Unusable` when softoken is not there.
pub async fn softoken(program: &Path, library: Option<&Path>, patience: Duration) -> Result<ModuleFacts, TokenError> {
    let request = Request::ProbeModule { library: library.map(Path::to_owned), parameters: None, nss: true };
    ask(program, "softoken", &request, patience).await
}

async fn ask(program: &Path, name: &str, request: &Request, patience: Duration) -> Result<ModuleFacts, TokenError> {
    let unusable = |reason: String| TokenError::ModuleUnusable { reason };
    let mut worker = WorkerProcess::start(program, None)
        .map_err(|error| TokenError::crashed(format!("{} cannot be started: {error}", program.display())))?;
    let answer = timeout(patience, async {
        worker.begin(request).await?;
        worker.next().await
    });
    match answer.await {
        Ok(Ok(FromWorker::Done(Response::Module(facts)))) => {
            // It may take its time to say goodbye to its device.
            tokio::spawn(worker.end());
            Ok(facts)
        }
        Ok(Ok(FromWorker::Failed(error))) => {
            tokio::spawn(worker.end());
            Err(match error {
                TokenError::ModuleUnusable { .. } | TokenError::Unusable { .. } | TokenError::TokenAbsent => error,
                other => unusable(format!("{} does not answer as a module does: {other}", name)),
            })
        }
        Ok(Ok(_) | Err(Lost::Nonsense(_))) => {
            worker.kill().await;
            Err(unusable(format!("{} disturbs the process that it is loaded into", name)))
        }
        Ok(Err(Lost::Gone)) => {
            let ended = worker.kill().await;
            Err(unusable(format!("{} ended the process that tried it ({ended})", name)))
        }
        Ok(Err(Lost::Silent)) | Err(_) => {
            worker.kill().await;
            Err(unusable(format!("{} did not answer within {} s", name, patience.as_secs())))
        }
    }
}
