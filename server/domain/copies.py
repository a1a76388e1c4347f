"""Copies of unsent work that a desk reads in; the operations themselves are judged by their own verbs, under their authors' names."""

from server.domain.acts import Act


def read_in_copy(act: Act, *, copy: str, of: str, new: int, known: int, refused: int) -> None:
    """Who read which copy in, whose work it held, and what became of it: kept in the log, and changes nothing else."""
