"""From the plan to points: what is known of a plan becomes inputs of the items it decides."""
