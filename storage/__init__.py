"""What Baton remembers: SQLAlchemy models, one database for SQLite and PostgreSQL, queries per subject."""
