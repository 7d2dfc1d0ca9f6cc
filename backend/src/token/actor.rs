//! The task between the handle and the worker process: performs calls one after the other, watches the time, restarts after a crash.

use std::path::Path;

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    error::TokenError,
    handle::OnProgress,
    options::WorkerOptions,
    process::{Lost, WorkerProcess},
    protocol::{FromWorker, Request, Response},
    secret::Secret,
};

/// What the handle asks for.
pub(crate) enum Task {
    /// Perform a call.
    Call(Call),
    /// Give out a private key with the password that last unlocked the token.
    ReleaseKey {
        /// CKA_ID of the key.
        key_id: Vec<u8>,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<Response, TokenError>>,
    },
    /// End the worker process.
    Close(oneshot::Sender<()>),
    /// Tell the process id.
    Process(oneshot::Sender<Option<u32>>),
}

/// One call and where its answer goes.
pub(crate) struct Call {
    pub(crate) request: Request,
    pub(crate) on_progress: Option<OnProgress>,
    pub(crate) reply: oneshot::Sender<Result<Response, TokenError>>,
}

/// Serves the queue until the last handle is gone.
pub(crate) async fn run(options: WorkerOptions, mut tasks: mpsc::Receiver<Task>) {
    let mut actor = Actor { options, worker: None, password: None };
    while let Some(task) = tasks.recv().await {
        match task {
            // Nobody waits any more: not begun, so nothing to put back.
            Task::Call(call) if call.reply.is_closed() => {}
            Task::Call(call) => actor.answer(call).await,
            Task::ReleaseKey { key_id, reply } => match &actor.password {
                Some(password) => {
                    let request = Request::ReleaseKey { password: password.into(), key_id };
                    actor.answer(Call { request, on_progress: None, reply }).await;
                }
                None => {
                    let _ = reply.send(Err(TokenError::NotLoggedIn));
                }
            },
            Task::Close(done) => {
                actor.stop().await;
                let _ = done.send(());
            }
            Task::Process(reply) => {
                let _ = reply.send(actor.worker.as_ref().and_then(WorkerProcess::id));
            }
        }
    }
    actor.stop().await;
}

struct Actor {
    options: WorkerOptions,
    worker: Option<WorkerProcess>,
    /// The password that last unlocked the token, for a restart.
    password: Option<Secret>,
}

impl Actor {
    async fn answer(&mut self, call: Call) {
        let Call { request, mut on_progress, mut reply } = call;
        let tried = match &request {
            Request::Login { password } | Request::Create { password } | Request::ChangePassword { new: password, .. } => {
                Some(Secret::new(password.0.clone()))
            }
            Request::Logout => {
                self.password = None;
                None
            }
            _ => None,
        };
        let mut result = self.attempt(&request, &mut on_progress, &mut reply).await;
        // The worker closes files that were replaced, and its login with them; nothing was done yet when it says so.
        if matches!(result, Err(TokenError::NotLoggedIn)) && self.unlock_again(&request).await {
            result = self.attempt(&request, &mut on_progress, &mut reply).await;
        }
        // A worker that died while idle is noticed only now; what changes nothing is simply asked again.
        if matches!(result, Err(TokenError::Crashed { .. })) && request.may_be_repeated() && !reply.is_closed() {
            result = self.attempt(&request, &mut on_progress, &mut reply).await;
        }
        if let (Ok(_), Some(password)) = (&result, tried) {
            self.password = Some(password);
        }
        let _ = reply.send(result);
    }

    /// Directory of the database; a token of a module has none.
    fn directory(&self) -> Option<&Path> {
        self.options.module.is_none().then_some(&self.options.directory)
    }

    async fn unlock_again(&mut self, request: &Request) -> bool {
        match &self.password {
            Some(password) if !matches!(request, Request::Login { .. } | Request::Create { .. }) => {
                let login = Request::Login { password: password.into() };
                let unlocked = self.quiet(&login).await;
                // A token counts wrong passwords: one that has become wrong is not tried again and again.
                if matches!(unlocked, Err(TokenError::PinIncorrect | TokenError::PinLocked)) {
                    self.password = None;
                }
                unlocked.is_ok()
            }
            _ => false,
        }
    }

    async fn attempt(
        &mut self,
        request: &Request,
        on_progress: &mut Option<OnProgress>,
        reply: &mut oneshot::Sender<Result<Response, TokenError>>,
    ) -> Result<Response, TokenError> {
        self.ensure_worker(request).await?;
        let patience = self.options.call_timeout * request.patience();
        let Some(worker) = self.worker.as_mut() else { return Err(TokenError::crashed("the worker could not be started")) };
        let outcome = match worker.begin(request).await {
            Ok(()) => follow(worker, patience, on_progress, reply).await,
            Err(lost) => Err(lost),
        };
        self.settle(outcome).await
    }

    /// Starts a worker unless one is alive, opens the database in it and unlocks it with the password kept.
    async fn ensure_worker(&mut self, request: &Request) -> Result<(), TokenError> {
        let alive = self.worker.as_mut().is_some_and(WorkerProcess::is_alive);
        if alive && self.worker.as_ref().is_some_and(|worker| worker.reaches(self.directory())) {
            return Ok(());
        }
        if self.worker.is_some() && !alive {
            self.options.losses.add();
        }
        self.stop().await;
        let worker = WorkerProcess::start(&self.options.program, self.directory())
            .map_err(|error| TokenError::crashed(format!("{} cannot be started: {error}", self.options.program.display())))?;
        self.worker = Some(worker);
        let open = match self.options.module.clone() {
            None => Request::Open {
                directory: self.options.directory.clone(),
                prefix: self.options.prefix.clone(),
                format: self.options.format,
                softoken: self.options.softoken.clone(),
            },
            Some(module) => Request::OpenToken { library: module.library, parameters: module.parameters, token: module.token },
        };
        match self.quiet(&open).await {
            Ok(Response::Opened(confinement)) => self.options.confinements.note(self.options.module.is_some(), confinement),
            Ok(_) => {}
            Err(error) => {
                self.stop().await;
                return Err(error);
            }
        }
        if matches!(request, Request::Login { .. } | Request::Create { .. }) {
            return Ok(());
        }
        if let Some(password) = self.password.clone() {
            match self.quiet(&Request::Login { password: (&password).into() }).await {
                Ok(_) => {}
                // Changed by someone else meanwhile: locked from now on, which the call will say if it matters.
                Err(TokenError::PinIncorrect | TokenError::PinLocked) => self.password = None,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A request of the actor's own.
    async fn quiet(&mut self, request: &Request) -> Result<Response, TokenError> {
        let patience = self.options.call_timeout;
        let Some(worker) = self.worker.as_mut() else { return Err(TokenError::crashed("the worker could not be started")) };
        let outcome = match worker.begin(request).await {
            Ok(()) => match timeout(patience, worker.next()).await {
                Ok(Ok(FromWorker::Done(response))) => Ok(Ok(response)),
                Ok(Ok(FromWorker::Failed(error))) => Ok(Err(error)),
                Ok(Ok(FromWorker::Progress(_))) => Err(Lost::Nonsense("progress of a call without items".to_owned())),
                Ok(Err(lost)) => Err(lost),
                Err(_) => Err(Lost::Silent),
            },
            Err(lost) => Err(lost),
        };
        self.settle(outcome).await
    }

    /// Turns the loss of the worker into an error, and ends what is left of it.
    async fn settle(&mut self, outcome: Result<Result<Response, TokenError>, Lost>) -> Result<Response, TokenError> {
        match outcome {
            Ok(result) => result,
            Err(lost) => {
                self.options.losses.add();
                let ended = match self.worker.take() {
                    Some(worker) => worker.kill().await,
                    None => String::new(),
                };
                tracing::warn!(directory = %self.options.directory.display(), %lost, %ended, "the token worker was lost");
                Err(match lost {
                    Lost::Silent => TokenError::Timeout,
                    Lost::Gone => TokenError::crashed(ended),
                    Lost::Nonsense(reason) => TokenError::crashed(reason),
                })
            }
        }
    }

    async fn stop(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.end().await;
        }
    }
}

/// Follows a call to its end. A caller that goes away, or whose progress call-back says `Break`, cancels it; the worker then puts back
/// what it did, and that is waited for.
async fn follow(
    worker: &mut WorkerProcess,
    patience: std::time::Duration,
    on_progress: &mut Option<OnProgress>,
    reply: &mut oneshot::Sender<Result<Response, TokenError>>,
) -> Result<Result<Response, TokenError>, Lost> {
    let mut cancelled = false;
    loop {
        let message = tokio::select! {
            message = timeout(patience, worker.next()) => message.map_err(|_| Lost::Silent)??,
            () = reply.closed(), if !cancelled => {
                cancelled = true;
                worker.cancel().await?;
                continue;
            }
        };
        match message {
            FromWorker::Done(response) => return Ok(Ok(response)),
            FromWorker::Failed(error) => return Ok(Err(error)),
            FromWorker::Progress(advance) => {
                let stop = on_progress.as_mut().is_some_and(|call_back| call_back(advance).is_break());
                if stop && !cancelled {
                    cancelled = true;
                    worker.cancel().await?;
                }
            }
        }
    }
}
