//! Notices: when certificates are due, who is told, and what became of it.

use super::{Client, ClientError, Method, Request, Transport};
use crate::api::notice::{
    Board, CalendarMade, CalendarStatus, Channel, ChannelChange, ChannelMade, Delivery, ExpiryPolicy, NewChannel, Notice, NoticeChange,
    PolicyPreview,
};
use crate::api::paths;

impl<T: Transport> Client<T> {
    /// `GET /notices`: what is open, and with `over` also what is over, the newest first.
    pub async fn notices(&self, over: bool) -> Result<Vec<Notice>, ClientError> {
        let request = Request::new(Method::Get, paths::NOTICES);
        self.value(if over { request.query("over", "true") } else { request }).await
    }

    /// `PATCH /notices/{notice}`: snoozes or acknowledges it.
    pub async fn change_notice(&self, id: &str, change: &NoticeChange) -> Result<Notice, ClientError> {
        self.value(Request::new(Method::Patch, paths::notice(id)).json(change)).await
    }

    /// `GET /notices/policy`: when certificates are due.
    pub async fn expiry_policy(&self) -> Result<ExpiryPolicy, ClientError> {
        self.get(paths::EXPIRY_POLICY).await
    }

    /// `PUT /notices/policy`: another one, whole.
    pub async fn set_expiry_policy(&self, policy: &ExpiryPolicy) -> Result<ExpiryPolicy, ClientError> {
        self.value(Request::new(Method::Put, paths::EXPIRY_POLICY).json(policy)).await
    }

    /// `PUT /notices/policy?preview=true`: what it would mean for the certificates that are there.
    pub async fn preview_expiry_policy(&self, policy: &ExpiryPolicy) -> Result<PolicyPreview, ClientError> {
        self.value(Request::new(Method::Put, paths::EXPIRY_POLICY).query("preview", "true").json(policy)).await
    }

    /// `GET /notices/channels`: whom notices go to.
    pub async fn channels(&self) -> Result<Vec<Channel>, ClientError> {
        self.get(paths::CHANNELS).await
    }

    /// `POST /notices/channels`: makes one.
    pub async fn add_channel(&self, channel: &NewChannel) -> Result<ChannelMade, ClientError> {
        self.value(Request::new(Method::Post, paths::CHANNELS).json(channel)).await
    }

    /// `PATCH /notices/channels/{channel}`: changes it.
    pub async fn change_channel(&self, id: &str, change: &ChannelChange) -> Result<Channel, ClientError> {
        self.value(Request::new(Method::Patch, paths::channel(id)).json(change)).await
    }

    /// `DELETE /notices/channels/{channel}`: removes it; what waits for it is given up.
    pub async fn remove_channel(&self, id: &str) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::channel(id))).await
    }

    /// `POST /notices/channels/{channel}/test`: tries it once, now.
    pub async fn test_channel(&self, id: &str) -> Result<Delivery, ClientError> {
        self.value(Request::new(Method::Post, paths::channel_test(id))).await
    }

    /// `GET /notices/deliveries`: the last ones, the newest first; of one channel when given.
    pub async fn deliveries(&self, channel: Option<&str>) -> Result<Vec<Delivery>, ClientError> {
        let mut request = Request::new(Method::Get, paths::DELIVERIES);
        if let Some(channel) = channel {
            request = request.query("channel", channel);
        }
        self.value(request).await
    }

    /// `GET /notices/board`: what breaks at 200, 100 and 47 days.
    pub async fn board(&self) -> Result<Board, ClientError> {
        self.get(paths::BOARD).await
    }

    /// `GET /notices/calendar`: whether there is one.
    pub async fn calendar(&self) -> Result<CalendarStatus, ClientError> {
        self.get(paths::CALENDAR).await
    }

    /// `POST /notices/calendar`: makes its address; the one before it ends.
    pub async fn make_calendar(&self) -> Result<CalendarMade, ClientError> {
        self.value(Request::new(Method::Post, paths::CALENDAR)).await
    }

    /// `DELETE /notices/calendar`: ends its address.
    pub async fn end_calendar(&self) -> Result<(), ClientError> {
        self.done(Request::new(Method::Delete, paths::CALENDAR)).await
    }
}
