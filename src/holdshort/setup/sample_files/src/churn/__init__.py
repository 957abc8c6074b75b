"""Weekly churn scores for the retention team."""
