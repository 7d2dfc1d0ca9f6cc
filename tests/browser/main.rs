//! The page in headless Chromium, with certutil as the judge.
