"""The invented people of the demo, and the pages that only the demo has."""
