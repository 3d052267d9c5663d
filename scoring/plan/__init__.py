"""Reform plans as data: tasks, deadlines, targets, the year's calendar and its progress."""
