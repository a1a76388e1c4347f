"""As much of a DB-API module over apsw as SQLAlchemy asks for, so that the real server writes through a VFS of a test.

apsw carries an SQLite of its own (3.54), newer than the product's (3.53); the rules of what is synced when are the same in both.
"""

from functools import cache

import apsw
import apsw.ext

apilevel, threadsafety, paramstyle = "2.0", 1, "qmark"
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))
Binary = bytes
VFS = "power"


class Error(Exception):
    pass


class DatabaseError(Error):
    pass


class OperationalError(DatabaseError):
    pass


class IntegrityError(DatabaseError):
    pass


class ProgrammingError(DatabaseError):
    pass


InterfaceError = InternalError = DataError = NotSupportedError = Warning = DatabaseError


def connect(database: str, timeout: float = 5, **_more) -> "Connection":
    return Connection(database, timeout)


class Connection:
    isolation_level = None

    def __init__(self, database: str, timeout: float):
        self.apsw = apsw.Connection(database, vfs=VFS)
        self.apsw.set_busy_timeout(int(timeout * 1000))
        self.columns_of = cache(self._columns_of)

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def execute(self, sql: str, values=()):
        return self.cursor().execute(sql, values)

    def create_function(self, name, arguments, function, deterministic=False):
        self.apsw.create_scalar_function(name, function, arguments, deterministic=deterministic)

    @property
    def in_transaction(self) -> bool:
        return self.apsw.in_transaction

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self.apsw.close(True)

    def _columns_of(self, sql: str):
        """The names of the columns that this statement gives, also when it gives no row; None where it gives none."""
        description = apsw.ext.query_info(self.apsw, sql).description
        return tuple((name, None, None, None, None, None, None) for name, _type in description) or None


class Cursor:
    arraysize, description, rowcount, lastrowid = 1, None, -1, None

    def __init__(self, connection: Connection):
        self.connection, self.rows = connection, iter(())

    def execute(self, sql: str, values=()) -> "Cursor":
        return self.executemany(sql, [values])

    def executemany(self, sql: str, many) -> "Cursor":
        link, changed = self.connection.apsw, 0
        try:
            self.description = self.connection.columns_of(sql)
            for values in many:
                self.rows = iter(list(link.cursor().execute(sql, tuple(values))))
                changed += link.changes()  # by the statement itself: what triggers change is none of its rows
        except apsw.ConstraintError as fault:
            raise IntegrityError(str(fault)) from fault
        except apsw.Error as fault:
            raise OperationalError(str(fault)) from fault
        self.rowcount = changed if self.description is None else -1
        self.lastrowid = link.last_insert_rowid()
        return self

    def fetchone(self):
        return next(self.rows, None)

    def fetchmany(self, size: int | None = None):
        return [row for row, _n in zip(self.rows, range(size or self.arraysize), strict=False)]

    def fetchall(self):
        return list(self.rows)

    def __iter__(self):
        return self.rows

    def close(self) -> None:
        self.rows = iter(())
