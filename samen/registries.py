"""Every metric, worklist and function, by name, on one page.  Filled by the stones that have some."""
