"""One family's story as data, and the teller that plays it through the gateway's HTTP API."""
