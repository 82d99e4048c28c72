"""Pages and files for readers; everything here begins with what is published."""
