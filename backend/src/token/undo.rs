//! How to put back what a call did, when it fails half way.

use cryptoki::object::ObjectHandle;

use super::{
    error::TokenError,
    progress::Progress,
    session::{Template, TokenSession},
};

/// One step back.
enum Step {
    /// An object was made.
    Destroy(ObjectHandle),
    /// Attributes were changed; these were the values.
    Set(ObjectHandle, Template),
    /// An object was destroyed; this was it.
    Create(Template),
}

/// The steps back, in the order of the deeds.
#[derive(Default)]
pub(crate) struct Undo {
    steps: Vec<Step>,
}

impl Undo {
    /// Makes an object.
    pub(crate) fn create(&mut self, session: &TokenSession, template: &Template) -> Result<ObjectHandle, TokenError> {
        let object = session.create(template)?;
        self.steps.push(Step::Destroy(object));
        Ok(object)
    }

    /// Remembers an object that was made in another way.
    pub(crate) fn made(&mut self, object: ObjectHandle) {
        self.steps.push(Step::Destroy(object));
    }

    /// Changes attributes of an object; `before` are their values now.
    pub(crate) fn set(
        &mut self,
        session: &TokenSession,
        object: ObjectHandle,
        after: &Template,
        before: Template,
    ) -> Result<(), TokenError> {
        session.set(object, after)?;
        self.steps.push(Step::Set(object, before));
        Ok(())
    }

    /// Destroys an object; `whole` is what makes it again.
    pub(crate) fn destroy(&mut self, session: &TokenSession, object: ObjectHandle, whole: Template) -> Result<(), TokenError> {
        session.destroy(object)?;
        self.steps.push(Step::Create(whole));
        Ok(())
    }

    /// Keeps a success; puts everything back after a failure, and says so if that fails too.
    ///
    /// Under a lock each step may wait for half a minute; progress tells the server that it is worth waiting, and two failures in a row
    /// are enough.
    pub(crate) fn finish<T>(
        self,
        session: &TokenSession,
        progress: &mut Progress<'_>,
        result: Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let cause = match result {
            Ok(value) => return Ok(value),
            Err(cause) => cause,
        };
        let mut failure = None;
        let mut in_a_row = 0;
        for step in self.steps.into_iter().rev() {
            let _ = progress.repeat();
            let done = match step {
                Step::Destroy(object) => session.destroy(object),
                Step::Set(object, before) => session.set(object, &before),
                Step::Create(whole) => session.create(&whole).map(|_| ()),
            };
            match done {
                // Already gone is as good as put back.
                Ok(()) | Err(TokenError::NotFound { .. }) => in_a_row = 0,
                Err(error) => {
                    failure = Some(error);
                    in_a_row += 1;
                    if in_a_row == 2 {
                        break;
                    }
                }
            }
        }
        match failure {
            None => Err(cause),
            Some(error) => Err(TokenError::NotPutBack { cause: cause.to_string(), rollback: error.to_string() }),
        }
    }
}
