"""The rules of notifications: who gets a message of what, and what is due when."""
