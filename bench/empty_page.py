"""The interface of the yardstick servers: none."""
