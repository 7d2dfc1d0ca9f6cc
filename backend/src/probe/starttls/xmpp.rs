//! XMPP between client and server: STARTTLS in a stream of XML (RFC 6120 sections 4 and 5).

use super::Stop;
use super::reply::shown;
use super::talk::Talk;

/// Most octets of a tag, and most tags before TLS.
const LONGEST_TAG: usize = 4_096;
const MOST_TAGS: usize = 200;
const TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";

/// A tag as it stands in the stream.
struct Tag {
    /// Name without its prefix; `/features` for the end of an element, `?xml` for the declaration.
    name: String,
    /// Whether the element ends with it: `<proceed/>`.
    empty: bool,
}

/// `domain` is the one that the server is asked for; some have several.
pub(super) async fn begin(talk: &mut Talk<'_>, domain: &str) -> Result<(), Stop> {
    let opening = format!(
        "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='{domain}' version='1.0'>"
    );
    talk.note('>', &opening);
    talk.wire.send(opening.as_bytes()).await;
    let mut stream = Stream { talk, tags: 0 };
    let mut first = stream.tag("stream").await?;
    if first.name == "?xml" {
        first = stream.tag("stream").await?;
    }
    if first.name != "stream" {
        return Err(Stop::WrongProtocol(format!("<{}>", shown(&first.name))));
    }
    if !stream.offers_starttls().await? {
        return Err(Stop::NotOffered("starttls is not among the features of its stream".to_owned()));
    }
    let wish = format!("<starttls xmlns='{TLS}'/>");
    stream.talk.note('>', &wish);
    stream.talk.wire.send(wish.as_bytes()).await;
    match stream.tag("answer to starttls").await?.name.as_str() {
        "proceed" => Ok(()),
        other => Err(Stop::Broken(format!("<{}>", shown(other)))),
    }
}

struct Stream<'a, 'b> {
    talk: &'a mut Talk<'b>,
    tags: usize,
}

impl Stream<'_, '_> {
    /// Reads to the end of the features. An error comes with its condition as an element in it (RFC 6120 section 4.9.3).
    async fn offers_starttls(&mut self) -> Result<bool, Stop> {
        const WHAT: &str = "features of its stream";
        let mut offered = false;
        loop {
            let tag = self.tag(WHAT).await?;
            match tag.name.as_str() {
                "features" if tag.empty => return Ok(false),
                "starttls" => offered = true,
                "/features" => return Ok(offered),
                "error" => return Err(Stop::TurnedAway(self.tag(WHAT).await?.name)),
                "/stream" => return Err(Stop::TurnedAway("</stream>".to_owned())),
                _ => {}
            }
        }
    }

    /// The next tag, with what stands before it left out.
    async fn tag(&mut self, what: &'static str) -> Result<Tag, Stop> {
        self.tags += 1;
        if self.tags > MOST_TAGS {
            return Err(Stop::WrongProtocol(format!("more than {MOST_TAGS} elements and no end")));
        }
        loop {
            let input = &self.talk.wire.input;
            // A stream begins with a tag.
            let first = input.iter().find(|octet| !octet.is_ascii_whitespace());
            if self.tags == 1 && first.is_some_and(|octet| *octet != b'<') {
                return Err(self.talk.wrong_input());
            }
            if let Some((tag, length, shown)) = first_tag(input) {
                self.talk.note('<', &shown);
                self.talk.take(length);
                return Ok(tag);
            }
            if input.len() > LONGEST_TAG {
                return Err(self.talk.wrong_input());
            }
            self.talk.more(what).await?;
        }
    }
}

/// The first whole tag, how many octets there are up to its end, and the tag as it came. A `>` between quotes ends none.
fn first_tag(input: &[u8]) -> Option<(Tag, usize, String)> {
    let begin = input.iter().position(|octet| *octet == b'<')?;
    let mut quote = None;
    let rest = input.get(begin..)?;
    let end = rest.iter().position(|octet| {
        match (quote, octet) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(*octet),
            (Some(open), octet) if open == *octet => quote = None,
            _ => {}
        }
        false
    })?;
    let text = String::from_utf8_lossy(rest.get(..=end)?).into_owned();
    let inner = text.trim_start_matches('<').trim_end_matches('>');
    let empty = inner.ends_with('/');
    let word = inner.trim_end_matches('/').split_ascii_whitespace().next().unwrap_or_default();
    let (slash, word) = word.strip_prefix('/').map_or(("", word), |word| ("/", word));
    let name = format!("{slash}{}", word.rsplit(':').next().unwrap_or(word));
    Some((Tag { name, empty }, begin + end + 1, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_whole_when_its_end_is_there_and_not_between_quotes() {
        let told = |text: &str| first_tag(text.as_bytes()).map(|(tag, length, _)| (tag.name, tag.empty, length));
        assert_eq!(told("<stream:stream from='a>b' id=\"'\">rest"), Some(("stream".to_owned(), false, 33)));
        assert_eq!(told(" \n<proceed xmlns='x'/>"), Some(("proceed".to_owned(), true, 22)));
        assert_eq!(told("</stream:features>"), Some(("/features".to_owned(), false, 18)));
        assert_eq!(told("<?xml version='1.0'?>"), Some(("?xml".to_owned(), false, 21)));
        assert_eq!(told("<starttls xmlns='"), None);
        assert_eq!(told("text"), None);
    }
}
