"""Train the churn model and write its metrics: python -m churn.train --data FILE."""

import argparse
import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from churn.evaluate import report
from churn.features import build

TARGET = "left_30d"


def train(raw: pd.DataFrame, params: dict) -> tuple[HistGradientBoostingClassifier, dict]:
    """Fit on the training part and return the model with its metrics on both parts."""
    seed = params["seed"]
    train_rows, test_rows = train_test_split(
        raw, test_size=params["test_share"], stratify=raw[TARGET], random_state=seed
    )
    model = HistGradientBoostingClassifier(**params["model"], random_state=seed)
    model.fit(build(train_rows), train_rows[TARGET])
    metrics = {
        "train": report(train_rows[TARGET], model.predict_proba(build(train_rows))[:, 1]),
        "test": report(test_rows[TARGET], model.predict_proba(build(test_rows))[:, 1]),
        "baseline": report(test_rows[TARGET], -test_rows["tenure_months"].fillna(0)),
        "minimum_auc": params["minimum_auc"],
    }
    return model, metrics


def main() -> None:
    """Read the parameters, train, and write models/churn.joblib and metrics.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--params", type=Path, default=Path("config/params.yaml"))
    args = parser.parse_args()
    params = yaml.safe_load(args.params.read_text())
    np.random.seed(params["seed"])
    model, metrics = train(pd.read_parquet(args.data), params)
    Path("models").mkdir(exist_ok=True)
    joblib.dump(model, "models/churn.joblib")
    Path("metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()
