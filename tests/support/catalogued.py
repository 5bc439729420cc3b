"""What the pages say, and what of it is not in the catalogue of another language."""

import ast


def told(message: ast.expr) -> str:
    if isinstance(message, ast.Constant):
        return str(message.value)
    if isinstance(message, ast.JoinedStr):
        return "".join(each.value if isinstance(each, ast.Constant) else "7" for each in message.values)
    return ""
