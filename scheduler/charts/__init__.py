"""Pictures of usage, drawn in a process of their own."""
