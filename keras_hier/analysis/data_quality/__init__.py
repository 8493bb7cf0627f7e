"""Classes and labels at fault."""
