"""What was asked or promised, and is called off: who hears it, and what may be owed."""
