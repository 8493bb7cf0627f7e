"""The tree as arrays, its cuts and groupings."""
