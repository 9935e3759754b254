"""Households, helpers, the persons behind them, and the places they live."""
