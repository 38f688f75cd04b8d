"""The words of each language Baton reads dates in: tables, no logic."""
