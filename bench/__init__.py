"""What is measured: the budgets of the design, each beside the plainest way of doing the same."""
