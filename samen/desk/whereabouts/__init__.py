"""Where people live, how they are on the map, and the calendars on their own telephones."""
