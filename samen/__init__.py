"""Samen: a home-service team matches, plans, replaces and remembers, together."""
