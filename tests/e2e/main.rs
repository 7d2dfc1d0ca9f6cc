//! The REST interface over HTTPS, with certutil and openssl as the judges.
