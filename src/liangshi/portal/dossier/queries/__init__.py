"""What the pages about students, staff and classes read."""
