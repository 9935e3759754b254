"""Days that are not like the others, leave, and a helper who stops: many visits at once, previewed first."""
