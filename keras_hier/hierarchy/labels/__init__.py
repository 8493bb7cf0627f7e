"""Labels that may be any node of the tree."""
