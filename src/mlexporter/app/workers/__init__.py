"""Which processes are workers of one server, and the directory in which they count together."""
