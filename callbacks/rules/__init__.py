"""The rules of fieldwork, tables and decisions without a database. Pure."""
