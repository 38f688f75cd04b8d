"""The Web API's methods, one table row each, split by subject."""
