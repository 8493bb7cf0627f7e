"""Tests, intervals and the null model."""
