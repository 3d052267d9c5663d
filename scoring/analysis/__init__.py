"""What the points mean: gaps, targets, comparison."""
