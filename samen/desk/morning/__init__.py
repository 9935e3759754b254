"""The morning of all teams at once: how far its plan is, and what came of it."""
