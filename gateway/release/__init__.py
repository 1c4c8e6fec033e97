"""What happens to a read or a command, without HTTP: fetch facts, decide, record, release."""
