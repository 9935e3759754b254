"""The questions Samen asks of its planner: who can come, who stays for a while, who covers all, and why (not)."""
