"""From raw customer columns to model input; training and scoring both come through here."""

import pandas as pd

NUMERIC = [
    "tenure_months",
    "monthly_fee",
    "data_gb_30d",
    "support_calls_90d",
    "late_payments_12m",
]
CONTRACTS = ["monthly", "yearly", "two_years"]
FEATURES = [*NUMERIC, "fee_per_gb", *(f"contract_{name}" for name in CONTRACTS)]


def build(raw: pd.DataFrame) -> pd.DataFrame:
    """Return one row of features per customer, in the order of FEATURES.

    Missing numbers stay missing: the model has its own branch for them. A contract type that
    was never seen in training gives zeros in all three contract columns.
    """
    features = raw[NUMERIC].astype(float)
    features = features.where(features >= 0)
    features["fee_per_gb"] = features["monthly_fee"] / features["data_gb_30d"].clip(lower=0.1)
    for name in CONTRACTS:
        features[f"contract_{name}"] = (raw["contract"] == name).astype(float)
    return features[FEATURES]
