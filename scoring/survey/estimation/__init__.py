"""Estimates and their errors from the design of the survey; agrees with R's survey package."""
