"""Reform plans as data: tasks, deadlines, targets and the calendar."""
