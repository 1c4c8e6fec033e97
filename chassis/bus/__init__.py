"""RPC and events over RabbitMQ: topology, client, consumers, retries, parking."""
