"""What happened at visits and what is owed for it: results, the hours of a month, tasks, rates, and the rules."""
