"""The watch: from evidence to one verdict, one incident and what to do next."""
