"""The engine: finds notices that are due, delivers them at Slack's pace, once."""
