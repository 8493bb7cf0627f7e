"""One training of the study: `python -m benchmarks.study.training`."""
