"""Labels to buy: how much lower the error would be with more of them."""

from keras_hier.budget.from_pilot import LabelBudget, label_budget

__all__ = ["LabelBudget", "label_budget"]
