"""Who can go where and when, and why: pure Python, no Django, no clock, no chance without a seed."""
