//! Words as a POSIX shell reads them back.

use super::CommandLine;

/// A word as a POSIX shell reads it back unchanged.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:,@%+=".contains(letter);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('=') {
        return word.to_owned();
    }
    ["'", &word.replace('\'', r"'\''"), "'"].concat()
}

/// A command, put together word by word.
#[derive(Debug, Clone)]
pub(super) struct Command(String);

impl Command {
    /// Begins with this text as it is.
    pub(super) fn new(start: &str) -> Self {
        Self(start.to_owned())
    }

    /// Goes on with this text as it is: options, variables, pipes.
    pub(super) fn raw(mut self, text: &str) -> Self {
        if !text.is_empty() {
            self.0.push(' ');
            self.0.push_str(text);
        }
        self
    }

    /// Goes on with this word, quoted where that is needed.
    pub(super) fn word(self, word: &str) -> Self {
        self.raw(&quoted(word))
    }

    /// An option and its value.
    pub(super) fn option(self, name: &str, value: &str) -> Self {
        self.raw(name).word(value)
    }

    /// An option, where there is a value for it.
    pub(super) fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.option(name, value),
            None => self,
        }
    }

    /// With these lines typed at its prompts.
    pub(super) fn answering(self, answers: &[String]) -> Self {
        if answers.is_empty() {
            return self;
        }
        let typed = answers.iter().fold(Self::new("printf '%s\\n'"), |typed, answer| typed.word(answer));
        typed.raw("|").raw(&self.0)
    }

    pub(super) fn line(self) -> CommandLine {
        CommandLine { command: self.0, remark: String::new() }
    }

    /// With a remark behind it.
    pub(super) fn remarked(self, remark: &str) -> CommandLine {
        CommandLine { command: self.0, remark: remark.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_what_needs_it_is_quoted() {
        for (word, expected) in [
            ("sql:/etc/nss", "sql:/etc/nss"),
            ("CT,C,C", "CT,C,C"),
            ("a b", "'a b'"),
            ("", "''"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod in_a_shell {
        use proptest::prelude::*;

        use super::quoted;

        #[expect(clippy::disallowed_methods, reason = "the shell is the judge")]
        fn read_back(words: &[String]) -> Vec<u8> {
            let script = ["printf '%s\\0'", &words.iter().map(|word| [" ", &quoted(word)].concat()).collect::<String>()].concat();
            let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            assert!(output.status.success(), "{script}");
            output.stdout
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(200))]

            #[test]
            fn a_shell_reads_every_word_back(words in proptest::collection::vec("[^\\x00]{0,40}", 1..8)) {
                let expected: Vec<u8> = words.iter().flat_map(|word| [word.as_bytes(), &[0]].concat()).collect();
                prop_assert_eq!(read_back(&words), expected);
            }

            #[test]
            fn a_shell_reads_its_own_signs_back(word in "[-'\"\\\\$`!*?~#&;|<>()\\[\\]{}= \\n\\ta=@%:,.]{1,30}") {
                let expected = [word.as_bytes(), &[0]].concat();
                prop_assert_eq!(read_back(&[word]), expected);
            }
        }
    }
}
