"""How long a test waits for what must come: as long as the slowest machine needs, for only a failure waits so long."""

PATIENCE = 240  # seconds
