"""Arrangements, visits, absences, replacements."""
