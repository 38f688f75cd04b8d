"""The handoff form: its windows, its draft, and handing it in."""
