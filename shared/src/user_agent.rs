//! What a program that calls itself something (RFC 9110, section 10.1.5) probably is. Every browser claims to be several; the first of the
//! list that is named is the one. Nobody vouches for any of it.

/// Mark in the text, and the program. Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari.
const PROGRAMS: [(&str, &str); 6] =
    [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

/// Mark in the text, and the system. Android calls itself Linux, and an iPhone is like a Mac.
const SYSTEMS: [(&str, &str); 6] =
    [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

/// `Firefox on Linux`; what it calls itself, at most 40 characters of it, when nothing of that is known.
#[must_use]
pub fn words(user_agent: &str) -> String {
    let known = |list: &[(&str, &'static str)]| list.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name);
    match (known(&PROGRAMS), known(&SYSTEMS)) {
        (Some(program), Some(system)) => [program, " on ", system].concat(),
        (Some(program), None) => program.to_owned(),
        (None, _) => user_agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn browsers_and_programs_are_named_as_people_know_them() {
        let known = [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl"),
            ("backup-of-the-mail-host/1.0 (cron; nightly; contact=ada)", "backup-of-the-mail-host/1.0 (cron; night"),
        ];
        for (text, said) in known {
            assert_eq!(words(text), said);
        }
    }
}
