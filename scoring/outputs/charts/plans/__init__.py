"""Charts of reform plans: tasks, deadlines and targets."""
