import numpy as np
import pandas as pd

from churn.train import train

PARAMS = {"seed": 11, "test_share": 0.25, "minimum_auc": 0.5, "model": {"max_iter": 20}}


def customers(count=800):
    rng = np.random.default_rng(5)
    tenure = rng.integers(1, 72, count)
    return pd.DataFrame(
        {
            "tenure_months": tenure,
            "monthly_fee": rng.normal(25, 6, count),
            "data_gb_30d": rng.gamma(2.0, 4.0, count),
            "support_calls_90d": rng.poisson(1.0, count),
            "late_payments_12m": rng.poisson(0.4, count),
            "contract": rng.choice(["monthly", "yearly"], count),
            "left_30d": (rng.random(count) < 0.5 / (1 + tenure / 12)).astype(int),
        }
    )


def test_two_runs_with_one_seed_give_the_same_metrics():
    runs = []
    for _ in range(2):
        np.random.seed(PARAMS["seed"])
        runs.append(train(customers(), PARAMS)[1])
    assert runs[0] == runs[1]


def test_model_learns_that_new_customers_leave():
    np.random.seed(PARAMS["seed"])
    assert train(customers(), PARAMS)[1]["test"]["auc"] > 0.55
