"""From reported figures to points: items, roll-up, index, grade and rank."""
