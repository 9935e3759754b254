"""Conversations, messages, claims, notes, hand-over.  Comes with its own stone; its floor is chosen."""
