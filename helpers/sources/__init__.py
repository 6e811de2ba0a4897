"""Where the course's data come from: the only modules that fetch, cache, or know a file's place."""
