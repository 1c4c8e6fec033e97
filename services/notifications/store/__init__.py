"""MongoDB of notifications: inboxes, and the deadlines of cases."""
