"""Start screens as documents of tiles.  Comes with its own stone; its floor is chosen."""
