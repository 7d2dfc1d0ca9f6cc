//! Finding everything that a server takes: all is offered, what it chose is taken out, until it refuses.

use futures::future::join_all;

use super::answer::Flight;
use super::ask::{Reply, Server};
use super::hello::Hello;

/// Offers that are asked for at a time: each costs one refusal more.
const PARTS: usize = 6;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What was chosen, and the flight that it was chosen in, in this order.
    pub(super) chosen: Vec<(u16, Box<Flight>)>,
    /// Why it is not known whether this is all.
    pub(super) lost: Option<&'static str>,
}

impl Found {
    /// The numbers alone.
    pub(super) fn numbers(&self) -> Vec<u16> {
        self.chosen.iter().map(|(number, _)| *number).collect()
    }
}

/// A kind of thing that is offered: how a hello offers it, and which of them a flight shows to be chosen.
pub(super) struct Kind<H, C> {
    pub(super) hello: H,
    pub(super) chosen: C,
}

impl<H, C> Kind<H, C>
where
    H: Fn(&[u16]) -> Hello,
    C: Fn(&Flight) -> Option<u16>,
{
    /// What of the offer is taken, in the order in which the server chooses. `beside` is offered as well and looked at no further: what the
    /// server needs to take anything at all.
    pub(super) async fn one_by_one(&self, server: &Server<'_>, mut offer: Vec<u16>, beside: &[u16]) -> Found {
        let mut found = Found::default();
        while !offer.is_empty() {
            let all = [offer.as_slice(), beside].concat();
            match server.ask(&(self.hello)(&all)).await {
                Reply::Taken(flight) => match (self.chosen)(&flight) {
                    Some(number) if offer.contains(&number) => {
                        offer.retain(|other| *other != number);
                        found.chosen.push((number, flight));
                    }
                    Some(number) if beside.contains(&number) => break,
                    // Another version, or something that nobody offered: a refusal of what was.
                    _ => break,
                },
                Reply::Alert(_) | Reply::Closed => break,
                Reply::Unknown(why) => {
                    found.lost = Some(why);
                    break;
                }
            }
        }
        found
    }

    /// The same for a long offer, in parts at a time; the order means nothing then.
    pub(super) async fn in_parts(&self, server: &Server<'_>, offer: &[u16]) -> Found {
        let parts = (0..PARTS.min(offer.len())).map(|part| offer.iter().copied().skip(part).step_by(PARTS).collect::<Vec<u16>>());
        let found = join_all(parts.map(|part| self.one_by_one(server, part, &[]))).await;
        let mut all = Found::default();
        for part in found {
            all.chosen.extend(part.chosen);
            all.lost = all.lost.or(part.lost);
        }
        all
    }
}
