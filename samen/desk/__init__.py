"""The colleagues' workplace: screens that need several apps."""
