"""Verbs about many units or years: appraisal, ranks, comparison, batches of ledgers."""
