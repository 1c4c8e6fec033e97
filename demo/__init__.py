"""One family's story as data, and the player that performs it through the gateway's HTTP API."""
