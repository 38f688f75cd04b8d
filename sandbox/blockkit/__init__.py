"""Slack's Block Kit rules, as pure functions over JSON: no I/O, nothing of the rest of the sandbox."""
