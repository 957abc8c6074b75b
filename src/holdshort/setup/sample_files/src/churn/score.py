"""Score this week's customers: python -m churn.score --data FILE."""

import argparse
from pathlib import Path

import joblib
import pandas as pd

from churn.features import build


def main() -> None:
    """Write scores.csv, highest risk first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    raw = pd.read_parquet(args.data)
    model = joblib.load("models/churn.joblib")
    scores = raw[["customer"]].assign(score=model.predict_proba(build(raw))[:, 1])
    scores.sort_values("score", ascending=False).to_csv("scores.csv", index=False)


if __name__ == "__main__":
    main()
