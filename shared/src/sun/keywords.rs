//! Channel keywords of `imta.cnf` about TLS.

/// Keyword, what it does, and what to know of it today.
pub const CHANNEL_KEYWORDS: &[(&str, &str, &str)] = &[
    ("notls", "STARTTLS is neither sent nor offered. It is so where nothing is said.", "Mail goes in clear."),
    ("notlsclient", "STARTTLS is not sent.", "Mail to others goes in clear."),
    ("notlsserver", "STARTTLS is not offered.", "Mail from others comes in clear."),
    ("maytls", "STARTTLS is sent where the other side offers it, and offered to others.", "Right for mail with the world (RFC 3207)."),
    (
        "maytlsclient",
        "STARTTLS is sent where the other side offers it.",
        "Who stands between can take the offer away; MTA-STS (RFC 8461) was made for that.",
    ),
    ("maytlsserver", "STARTTLS is offered.", ""),
    (
        "musttls",
        "Without TLS no mail is sent and none is taken.",
        "For submission, and between servers that agreed on it; mail from the world would be lost.",
    ),
    ("musttlsclient", "Without TLS no mail is sent.", ""),
    ("musttlsserver", "Without TLS no mail is taken.", "For submission: passwords go in clear otherwise (RFC 8314)."),
    ("tlsswitchchannel", "The channel that an incoming connection belongs to once TLS has begun; its name follows.", ""),
    ("nosasl", "Nobody signs in.", ""),
    ("maysaslserver", "Who comes may sign in.", "Together with musttlsserver, lest passwords go in clear."),
    ("mustsaslserver", "Who comes must sign in.", "Together with musttlsserver, lest passwords go in clear."),
    ("saslswitchchannel", "The channel that an incoming connection belongs to once somebody has signed in; its name follows.", ""),
];

/// How a channel stands to TLS in both directions: 0 never, 1 where the other side has it, 2 only so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stance {
    /// Mail that is sent.
    pub client: u8,
    /// Mail that is taken.
    pub server: u8,
}

/// What the keywords of a channel come to; a later one counts more.
pub fn stance<'a>(keywords: impl Iterator<Item = &'a str>) -> Stance {
    let mut stance = Stance::default();
    for keyword in keywords {
        let keyword = keyword.to_ascii_lowercase();
        let levels = [("notls", 0), ("maytls", 1), ("musttls", 2)];
        let Some((side, level)) = levels.iter().find_map(|(name, level)| Some((keyword.strip_prefix(name)?, *level))) else { continue };
        match side {
            "" => stance = Stance { client: level, server: level },
            "client" => stance.client = level,
            "server" => stance.server = level,
            _ => {}
        }
    }
    stance
}
