"""Answers as deep in the tree as one can be sure, at a promised accuracy."""

from keras_hier.answers.answers import Answered, Answers, AnswerScores

__all__ = ["AnswerScores", "Answered", "Answers"]
