"""PostgreSQL with a wall between schools: Django's backend, which tells the database how far its asker reaches."""
