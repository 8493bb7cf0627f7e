"""How fast things are, as ratios and times."""
