//! What is this file: PEM with text around it, DER, PKCS#7, base64 without armour.
