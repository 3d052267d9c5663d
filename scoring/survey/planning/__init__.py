"""Planning a survey: how many forms, over which strata, whom to ask, and what a budget buys."""
