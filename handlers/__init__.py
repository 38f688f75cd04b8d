"""What comes in: Slack's commands, actions, views and events, and the CRM's webhooks."""
