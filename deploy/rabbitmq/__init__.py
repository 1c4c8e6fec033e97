"""What the broker is told before anything runs."""
