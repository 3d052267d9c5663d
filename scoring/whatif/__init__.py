"""What it would take: scenarios, the least change to a goal, and what points cost."""
