"""Why a whole file is refused: one clear sentence each, in both languages, that says what to do next."""

from __future__ import annotations

# code: (HTTP status, Chinese, English). Merged into the catalogue of server/problems.py.
FILE_REFUSALS: dict[str, tuple[int, str, str]] = {
    "file.empty": (
        422,
        "这个文件是空的，没有任何内容。请确认发来的是填好的名单。",
        "This file is empty. Please check that the filled-in list was sent.",
    ),
    "file.broken": (
        422,
        "这个文件打不开，可能没有传完或已损坏。请让对方重新发送。",
        "This file cannot be opened; it may be cut off or damaged. Please ask for it to be sent again.",
    ),
    "file.too_large": (
        413,
        "这个文件有 {megabytes} MB,超过 {limit} MB。请拆成几个文件再导入。",
        "This file has {megabytes} MB, more than the {limit} MB that are read. Please split it and import the parts.",
    ),
    "file.too_many_rows": (
        422,
        "这个文件超过 {limit} 行。请拆成几个文件再导入。",
        "This file has more than {limit} rows. Please split it and import the parts.",
    ),
    "file.bomb": (
        422,
        "这个文件展开后大得不正常，为安全起见没有打开。请另存为新文件后重新发送。",
        "This file would unfold to an abnormal size and was not opened. Please save it as a new file and send it again.",
    ),
    "file.encrypted": (
        422,
        "这个文件有密码。请去掉密码后重新发送。",
        "This file is protected by a password. Please remove the password and send it again.",
    ),
    "file.no_header": (
        422,
        "在这个文件里找不到名单的表头。请确认有写明姓名、电话、住址等内容的一行。",
        "No header was found in this file. Please check that one line names the columns (name, phone, address …).",
    ),
    "file.unknown_kind": (
        415,
        "这不是能读的表格。请用 xlsx、xls、ods 或 csv 格式。",
        "This is not a table that can be read. Please use xlsx, xls, ods or csv.",
    ),
}
