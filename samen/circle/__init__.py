"""Across organisations: ideas, meetings, layouts, adoption.  Comes with its own stone; its floor is chosen."""
