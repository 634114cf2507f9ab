-- nothing here: the single writer of SQLite holds the trail by itself
SELECT 1;
