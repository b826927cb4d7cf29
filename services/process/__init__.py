"""The process: opening the system, its routes, and what runs beside them."""
