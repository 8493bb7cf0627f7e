"""Linear probes in closed form."""
