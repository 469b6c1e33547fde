"""The websocket library sits behind one seam, so that another one can be tried."""

import ast
from pathlib import Path

import ocppj

KNOWS_IT = {"websocket.py", "server.py", "client.py"}


def test_only_the_seam_knows_the_websocket_library() -> None:
    users = set()
    for path in Path(ocppj.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] in ("websockets", "uvloop") for name in names):
                users.add(path.name)
    assert users == KNOWS_IT
