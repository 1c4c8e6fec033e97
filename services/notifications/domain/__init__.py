"""The rules of notifications: messages, deadlines and their state."""
