"""PostgreSQL as Samen uses it: every foreign key is checked at once."""
