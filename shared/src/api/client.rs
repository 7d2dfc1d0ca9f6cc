//! One method per operation, generic over how bytes travel: `fetch` in the page, a native client in tests.
