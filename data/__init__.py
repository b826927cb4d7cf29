"""Persistence: schema, SQL and the store. The only package that imports a database driver."""
