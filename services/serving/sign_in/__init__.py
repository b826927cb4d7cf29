"""The door: who may come in, and the pages before it."""
