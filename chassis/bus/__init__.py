"""How services meet on the broker: queues, requests and replies, events, parking."""
