"""What a household and a helper see, by a signed link."""
