"""Whether the bands of `kh.label_budget` hold what labels buy."""
