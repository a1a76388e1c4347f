"""Named queries for lists and boards: what the office reads. Each takes the part of the register that the reader reaches."""
