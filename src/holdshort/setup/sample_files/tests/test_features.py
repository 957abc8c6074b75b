import pandas as pd
import pytest

from churn.features import FEATURES, build


@pytest.fixture
def raw():
    return pd.DataFrame(
        {
            "tenure_months": [3, 40],
            "monthly_fee": [19.0, 35.0],
            "data_gb_30d": [0.0, 7.0],
            "support_calls_90d": [2, None],
            "late_payments_12m": [1, -1],
            "contract": ["monthly", "prepaid"],
        }
    )


def test_columns_stand_in_the_order_the_model_was_trained_on(raw):
    assert list(build(raw).columns) == FEATURES


def test_fee_per_gb_survives_a_month_without_data(raw):
    assert build(raw)["fee_per_gb"].tolist() == [190.0, 5.0]


def test_missing_and_impossible_values_stay_missing(raw):
    row = build(raw).iloc[1]
    assert pd.isna(row["support_calls_90d"])
    assert pd.isna(row["late_payments_12m"])


def test_unknown_contract_sets_no_contract_column(raw):
    contracts = build(raw).filter(like="contract_")
    assert contracts.sum(axis=1).tolist() == [1.0, 0.0]
