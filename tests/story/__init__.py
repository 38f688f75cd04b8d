"""The whole story: real processes, both transports, both databases, people at the local Slack."""
