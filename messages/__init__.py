"""What Baton says: every text, message and view, built from plain values."""
