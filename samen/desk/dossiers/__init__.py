"""Households and helpers at the desk: the lists, registering somebody, and the file of each."""
