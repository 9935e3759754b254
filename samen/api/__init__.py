"""What other programs read: calendar feeds; the typed interface and webhooks come with their own stone."""
