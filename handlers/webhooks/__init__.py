"""Signed events from CRM, billing, product and help desk."""
