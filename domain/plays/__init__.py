"""Plays: what a CSM does when a customer goes to another plan or ends its subscription."""
