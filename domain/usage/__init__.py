"""Usage drops: the detector over a whole fleet of accounts. `docs/usage-detection.md` explains it and what was measured."""
