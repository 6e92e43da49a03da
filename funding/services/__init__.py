"""The only writers of money: actions, budgets, requests, review, envelopes, ledger."""
