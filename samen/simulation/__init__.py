"""A region played by the clock against the real code: what a policy brings before anybody's home depends on it."""
