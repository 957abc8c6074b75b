import numpy as np

from churn.evaluate import interval, precision_at


def test_precision_counts_only_the_top():
    left = np.array([1, 0, 1, 0])
    scores = np.array([0.9, 0.8, 0.1, 0.2])
    assert precision_at(left, scores, 2) == 0.5


def test_interval_holds_a_perfect_score():
    np.random.seed(7)
    left = np.array([0, 1] * 50)
    assert interval(left, left.astype(float)) == (1.0, 1.0)
