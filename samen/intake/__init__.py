"""Requests, applications, matches.  Comes with its own stone; its floor is chosen."""
