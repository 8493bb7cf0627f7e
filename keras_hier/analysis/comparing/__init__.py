"""Two matrices beside each other: classes matched by id, groups tested."""
