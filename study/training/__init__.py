"""One training of the study: `python -m study.training`."""
