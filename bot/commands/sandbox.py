"""`baton sandbox`."""
