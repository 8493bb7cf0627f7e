"""How far the classes of a layer lie as in the tree."""
