"""Parts of an integration's page and of adding one."""
