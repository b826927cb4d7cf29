"""Taking in what others tell us: reading it, and counting each resolution once."""

from services.ingest.deliveries import Delivery, Receipt, learn_names, record, rename

__all__ = ["Delivery", "Receipt", "learn_names", "record", "rename"]
