"""Beheer: an organisation sets itself up and looks after itself."""
