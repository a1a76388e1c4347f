"""One file that holds everything, closed to all but the holder of a key; and the way back from it."""
