//! Parts of a certificate.
