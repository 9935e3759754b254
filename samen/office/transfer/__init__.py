"""What comes in with a file, and what goes out in one."""
