"""How good a set of scores is, with an interval from resampled customers."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

RESAMPLES = 200


def report(left, scores) -> dict:
    """Return AUC with a 95 % interval, average precision and precision in the top 500."""
    left, scores = np.asarray(left), np.asarray(scores)
    low, high = interval(left, scores)
    return {
        "rows": int(left.size),
        "auc": round(float(roc_auc_score(left, scores)), 4),
        "auc_low": round(low, 4),
        "auc_high": round(high, 4),
        "average_precision": round(float(average_precision_score(left, scores)), 4),
        "precision_top_500": round(precision_at(left, scores, 500), 4),
    }


def interval(left: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % quantiles of AUC over resampled customers."""
    aucs = []
    for _ in range(RESAMPLES):
        rows = np.random.randint(0, left.size, left.size)
        if 0 < left[rows].sum() < left.size:
            aucs.append(roc_auc_score(left[rows], scores[rows]))
    return float(np.quantile(aucs, 0.025)), float(np.quantile(aucs, 0.975))


def precision_at(left: np.ndarray, scores: np.ndarray, count: int) -> float:
    """Return the share that really left among the `count` highest scores."""
    top = np.argsort(-scores, kind="stable")[:count]
    return float(left[top].mean())
