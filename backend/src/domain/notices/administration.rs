//! What administrators decide: when certificates are due, whom notices go to, and which of them rest.

use certdeck_shared::api::event::Event;
use certdeck_shared::api::notice::{
    Channel, ChannelChange, ChannelMade, ChannelTarget, Delivery, ExpiryPolicy, NewChannel, Notice, NoticeChange,
};
use certdeck_shared::glass::{Action, CommandLines};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Notices, channels, policy};
use crate::domain::command_lines::of_console;
use crate::domain::databases::{OperationError, blocking, record};
use crate::host::randomness;
use crate::state::{AuditDraft, ChannelRecord, ChannelSetting, StateError};

/// Most channels.
const MOST_CHANNELS: usize = 50;
/// Notices that are over, and deliveries, of one answer.
const MOST_LISTED: u32 = 500;

impl Notices {
    /// What is open, and with `over` also what is over.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn list(&self, over: bool) -> Result<Vec<Notice>, OperationError> {
        Ok(self.environment.store.notices().list(if over { MOST_LISTED } else { 0 }).await?)
    }

    /// One.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn one(&self, id: &str) -> Result<Notice, OperationError> {
        self.environment.store.notices().by_id(id).await?.ok_or_else(|| OperationError::not_found("notice", id))
    }

    /// Snoozes or acknowledges one.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn change(&self, actor: &str, id: &str, change: NoticeChange) -> Result<Notice, OperationError> {
        let who = actor.to_owned();
        let lines = of_console(&Action::ChangeNotice { notice: id.to_owned(), body: change.clone() });
        let notices = self.environment.store.notices();
        let changed = notices.change(id, move |notice| {
            if notice.over_at.is_some() {
                return;
            }
            notice.snoozed_until = change.snoozed_until.or(notice.snoozed_until);
            match change.acknowledged {
                Some(true) => notice.acknowledged_by = Some(who),
                Some(false) => notice.acknowledged_by = None,
                None => {}
            }
        });
        let notice = changed.await?.ok_or_else(|| OperationError::not_found("notice", id))?;
        let after = json!({"snoozed_until": notice.snoozed_until, "acknowledged_by": notice.acknowledged_by, "title": notice.title});
        record(&self.environment, AuditDraft::success(actor, "notice.change").subject(id).after(after).standing_for(lines)).await;
        self.look_anew().await;
        Ok(notice)
    }

    /// Sets when certificates are due.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn set_policy(&self, actor: &str, wanted: ExpiryPolicy) -> Result<ExpiryPolicy, OperationError> {
        const ACTION: &str = "expiry-policy.set";
        let faults = policy::faults(&wanted);
        if !faults.is_empty() {
            let error = OperationError::Invalid(faults);
            record(&self.environment, AuditDraft::refused(actor, ACTION, error.problem().code)).await;
            return Err(error);
        }
        let before = self.policy().await?;
        self.environment.store.notice_settings().set_policy(&wanted).await?;
        let draft = AuditDraft::success(actor, ACTION).before(json!(before)).after(json!(wanted));
        record(&self.environment, draft.standing_for(of_console(&Action::SetExpiryPolicy { body: wanted.clone() }))).await;
        self.look_anew().await;
        Ok(wanted)
    }

    /// Whom notices go to.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn channels(&self) -> Result<Vec<Channel>, OperationError> {
        let mut told = Vec::new();
        for record in self.environment.store.channels().list().await? {
            told.push(self.described(record).await?);
        }
        Ok(told)
    }

    /// Makes a channel.
    ///
    /// # Errors
    /// `Invalid`.
    pub async fn add_channel(&self, actor: &str, new: NewChannel) -> Result<ChannelMade, OperationError> {
        const ACTION: &str = "channel.create";
        let lines = of_console(&Action::CreateChannel { body: new.clone() });
        let NewChannel { label, target, secret, kinds, at_least } = new;
        let made = (secret.is_none() && matches!(target, ChannelTarget::Webhook { .. })).then(randomness::secret_text);
        let secret = secret.filter(|secret| !secret.is_empty()).map(Zeroizing::new).or_else(|| made.clone());
        let setting = ChannelSetting { label, target, kinds, at_least };
        let channel =
            ChannelRecord { id: randomness::identifier(), setting, secret, enabled: true, created_at: self.environment.clock.now() };
        let full = self.environment.store.channels().list().await?.len() >= MOST_CHANNELS;
        let result =
            if full { Err(OperationError::invalid("/label", "There are at most 50 channels.")) } else { self.write(&channel).await };
        self.audit(actor, ACTION, &channel, None, lines, &result).await;
        result?;
        Ok(ChannelMade { channel: self.described(channel).await?, secret: made.map(|secret| secret.to_string()) })
    }

    /// Changes a channel.
    ///
    /// # Errors
    /// `NotFound`, `Invalid`.
    pub async fn change_channel(&self, actor: &str, id: &str, change: ChannelChange) -> Result<Channel, OperationError> {
        const ACTION: &str = "channel.change";
        let lines = of_console(&Action::ChangeChannel { channel: id.to_owned(), body: change.clone() });
        let before = self.channel(id).await?;
        let mut channel = before.clone();
        let ChannelChange { label, target, secret, kinds, at_least, enabled } = change;
        if let Some(target) = target {
            // A secret goes to no other host than the one that it was given for.
            if receiver(&target) != receiver(&channel.setting.target) {
                channel.secret = None;
            }
            channel.setting.target = target;
        }
        if let Some(secret) = secret {
            channel.secret = Some(secret).filter(|secret| !secret.is_empty()).map(Zeroizing::new);
        }
        let setting = &mut channel.setting;
        setting.label = label.unwrap_or_else(|| setting.label.clone());
        setting.kinds = kinds.unwrap_or_else(|| setting.kinds.clone());
        setting.at_least = at_least.unwrap_or(setting.at_least);
        channel.enabled = enabled.unwrap_or(channel.enabled);
        let result = self.write(&channel).await;
        self.audit(actor, ACTION, &channel, Some(&before), lines, &result).await;
        result?;
        if !channel.enabled {
            self.environment.store.deliveries().give_up(id).await?;
        }
        Ok(self.described(channel).await?)
    }

    /// Removes a channel; what waits for it is given up.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remove_channel(&self, actor: &str, id: &str) -> Result<(), OperationError> {
        let channel = self.channel(id).await?;
        self.environment.store.channels().remove(id).await?;
        self.environment.store.deliveries().give_up(id).await?;
        let draft = AuditDraft::success(actor, "channel.remove").subject(id).before(told(&channel));
        record(&self.environment, draft.standing_for(of_console(&Action::RemoveChannel { channel: id.to_owned() }))).await;
        self.environment.events.publish(Event::NoticesChanged);
        Ok(())
    }

    /// Tries a channel once, now.
    ///
    /// # Errors
    /// `NotFound`. Whatever the other side does is part of the answer.
    pub async fn test_channel(&self, actor: &str, id: &str) -> Result<Delivery, OperationError> {
        let channel = self.channel(id).await?;
        let delivery = self.try_once(&channel).await?;
        let taken = delivery.tries.last().is_some_and(|tried| tried.taken);
        let draft = AuditDraft::success(actor, "channel.test").subject(id).after(json!({"taken": taken}));
        record(&self.environment, draft.standing_for(of_console(&Action::TestChannel { channel: id.to_owned() }))).await;
        Ok(delivery)
    }

    /// The last deliveries, of one channel or of all.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn deliveries(&self, channel: Option<String>) -> Result<Vec<Delivery>, OperationError> {
        Ok(self.environment.store.deliveries().list(channel, MOST_LISTED).await?)
    }

    async fn channel(&self, id: &str) -> Result<ChannelRecord, OperationError> {
        let found = self.environment.store.channels().by_id(id).await?;
        found.ok_or_else(|| OperationError::not_found("channel", id))
    }

    async fn write(&self, channel: &ChannelRecord) -> Result<(), OperationError> {
        let checked = channel.clone();
        let faults = blocking(move || channels::check::faults(&checked)).await?;
        if !faults.is_empty() {
            return Err(OperationError::Invalid(faults));
        }
        self.environment.store.channels().write(channel.clone()).await?;
        self.environment.events.publish(Event::NoticesChanged);
        Ok(())
    }

    async fn audit(
        &self,
        actor: &str,
        action: &str,
        channel: &ChannelRecord,
        before: Option<&ChannelRecord>,
        lines: CommandLines,
        result: &Result<(), OperationError>,
    ) {
        let mut draft = match result {
            Ok(()) => AuditDraft::success(actor, action).after(told(channel)).standing_for(lines),
            Err(error) => AuditDraft::refused(actor, action, error.problem().code),
        };
        draft.before = before.map(told);
        record(&self.environment, draft.subject(&channel.id)).await;
    }

    async fn described(&self, channel: ChannelRecord) -> Result<Channel, StateError> {
        let (waiting, last, delivered_at) = self.environment.store.deliveries().standing(&channel.id).await?;
        let last = last.and_then(|delivery| delivery.tries.last().cloned());
        let ChannelRecord { id, setting, secret, enabled, created_at } = channel;
        Ok(Channel {
            id,
            label: setting.label,
            target: setting.target,
            has_secret: secret.is_some(),
            kinds: setting.kinds,
            at_least: setting.at_least,
            enabled,
            created_at,
            delivered_at,
            waiting,
            trouble: last.filter(|tried| !tried.taken).map(|tried| tried.answer),
        })
    }

    /// What was decided counts at once.
    async fn look_anew(&self) {
        self.looking.lock().await.clear();
        self.environment.events.publish(Event::NoticesChanged);
        self.wake.notify_one();
    }
}

/// What is recorded of a channel: everything but its secret, and of the address of a webhook the host alone, because many hold a secret.
fn told(channel: &ChannelRecord) -> Value {
    let mut setting = channel.setting.clone();
    if let ChannelTarget::Webhook { url, .. } = &mut setting.target {
        *url = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    }
    json!({"setting": setting, "has_secret": channel.secret.is_some(), "enabled": channel.enabled})
}

/// Who gets the secret of a channel to see.
fn receiver(target: &ChannelTarget) -> (&'static str, String) {
    let whom = match target {
        ChannelTarget::Mail { host, port, user_name, ca, .. } => format!("{host} {port} {user_name:?} {ca:?}"),
        // Signed with, and never sent.
        ChannelTarget::Webhook { .. } | ChannelTarget::Syslog { .. } | ChannelTarget::Command { .. } => String::new(),
    };
    (target.kind(), whom)
}
