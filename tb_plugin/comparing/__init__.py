"""Two epochs, two runs, several seeds."""
