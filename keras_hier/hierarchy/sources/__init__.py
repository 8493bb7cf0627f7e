"""Trees from nested names, paths, files and WordNet."""
