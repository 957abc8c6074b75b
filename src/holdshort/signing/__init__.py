"""The room that signs and verifies; each scheme runs one stock program."""
