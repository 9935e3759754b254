"""The typed HTTP interface, feeds and webhooks.  Comes with its own stone; its floor is chosen."""
