"""What Baton is deployed with."""
