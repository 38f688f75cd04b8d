"""The sub-commands of `baton`, one module each."""
