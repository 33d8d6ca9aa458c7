"""A contradiction as people see it: the queue, the file of one, its two sides, its story."""
