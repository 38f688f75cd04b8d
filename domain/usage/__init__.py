"""Usage drops: the detector over a whole fleet of accounts, explained in `docs/usage-detection.md`."""
