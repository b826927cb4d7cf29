"""How we are reached: under which addresses, by how many, and the server that stands there."""
