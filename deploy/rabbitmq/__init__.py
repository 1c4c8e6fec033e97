"""The definitions of the broker, and the removal of queues that are no longer declared."""
