"""Two epochs, two runs, several seeds; a group against the other classes."""
