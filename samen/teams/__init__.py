"""Regions, teams, colleagues and who is reachable."""
