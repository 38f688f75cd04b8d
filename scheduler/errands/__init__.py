"""Work Baton does in Slack that is not a message; each can be repeated without harm."""
