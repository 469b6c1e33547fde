"""Fewer names in what is compiled: MicroPython keeps each name of an attribute and an argument in RAM, for ever.

A name takes its length and some ten bytes, and the table of names doubles whenever it is full. Two kinds that nobody
sees are made few: private attributes that hold data become `_0`, `_1` … of their module, arguments that are never
passed by name become `p0`, `p1` … of their function. What a traceback shows, functions and classes, keeps its name.
"""
import ast
from collections.abc import Iterable

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def names_to_keep(sources: Iterable[str]) -> frozenset[str]:
    """What stays in all modules that are compiled together: names of functions and of keyword arguments, words that
    getattr() may be given, and attributes of anything but `self`, as that may be an object of another module."""
    kept: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    kept.add(node.name)
                case ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                    kept.add(name)
                case ast.Attribute(value=ast.Name(id="self")):
                    pass
                case ast.Attribute():
                    kept.add(node.attr)
    return frozenset(kept)


def shortened(source: str, kept: frozenset[str]) -> str:
    """The same program with fewer names. `kept`: names_to_keep() of all that is compiled together."""
    tree = ast.parse(source)
    attributes: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr[:1] == "_" != node.attr[1:2] and node.attr not in kept:
            node.attr = attributes.setdefault(node.attr, f"_{len(attributes)}")
    _Arguments(kept).visit(tree)
    return ast.unparse(tree)


class _Arguments(ast.NodeVisitor):
    def __init__(self, kept: frozenset[str]):
        self._kept = kept
        self._around = 0   # arguments of the functions around this one, which it may use too

    def _shorten(self, function: Scope) -> None:
        given = function.args
        arguments = [*given.posonlyargs, *given.args]
        if not (given.vararg or given.kwonlyargs or given.kwarg):
            body = function.body if isinstance(function.body, list) else [function.body]
            inside = [node for statement in body for node in ast.walk(statement)]
            bound_again = {name for node in inside for name in _bound_by(node)}
            short = {}
            for position, argument in enumerate(arguments):
                if argument.arg != "self" and argument.arg not in self._kept | bound_again:
                    short[argument.arg] = argument.arg = f"p{self._around + position}"
            for node in inside:
                if isinstance(node, ast.Name):
                    node.id = short.get(node.id, node.id)
        self._around += len(arguments)
        self.generic_visit(function)
        self._around -= len(arguments)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _shorten   # type: ignore[assignment]


def _bound_by(node: ast.AST) -> Iterable[str]:
    """Names that a scope of its own within a function binds, or a statement by a bare word."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from (argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg))
            yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from (n.id for part in node.generators for n in ast.walk(part.target) if isinstance(n, ast.Name))
        case ast.Global() | ast.Nonlocal():
            yield from node.names
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.alias():
            yield (node.asname or node.name).partition(".")[0]
