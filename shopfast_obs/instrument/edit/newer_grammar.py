"""Sources in the grammar of newer Pythons, said in the one that the Python which runs here reads: for looking at names,
functions and imports, never for running."""

# ruff: noqa: N802 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import ast

import libcst as cst


def parse(text: str) -> ast.Module:
    """The syntax tree of a source that LibCST reads (up to Python 3.15); raises SyntaxError for any other."""
    try:
        module = cst.parse_module(text)
        return ast.parse(module.visit(_Lowering()).code)
    except cst.ParserSyntaxError as problem:
        reason = str(problem.message).partition("\n")[0]
        raise SyntaxError(reason, ("source", problem.raw_line, problem.raw_column, None)) from None


class _Lowering(cst.CSTTransformer):
    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        """Without its type parameters (PEP 695, 696)."""
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        """Likewise."""
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.Assign:
        """`type X = value` binds a name (PEP 695)."""
        return cst.Assign([cst.AssignTarget(updated_node.name)], updated_node.value)

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        """The values alone: quotes and comments inside of them are what is new (PEP 701)."""
        return _values([part for part in updated_node.parts if isinstance(part, cst.FormattedStringExpression)])

    def leave_TemplatedString(
        self, original_node: cst.TemplatedString, updated_node: cst.TemplatedString
    ) -> cst.BaseExpression:
        """Likewise (PEP 750)."""
        return _values([part for part in updated_node.parts if isinstance(part, cst.TemplatedStringExpression)])

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:
        """Its parts must stay texts."""
        return False

    def leave_ConcatenatedString(
        self, original_node: cst.ConcatenatedString, updated_node: cst.ConcatenatedString
    ) -> cst.BaseExpression:
        """The values of all its parts."""
        found: list[cst.Element] = []
        waiting: list[cst.CSTNode] = [updated_node.left, updated_node.right]
        for node in waiting:
            if isinstance(node, cst.ConcatenatedString):
                waiting += [node.left, node.right]
            elif isinstance(node, cst.FormattedString | cst.TemplatedString):
                lowered = node.visit(self)
                assert isinstance(lowered, cst.Tuple)
                found += [element for element in lowered.elements if isinstance(element, cst.Element)]
        return updated_node if not found else _bracketed(cst.Tuple(found)) or updated_node

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """`except A, B:` (PEP 758)."""
        return updated_node.with_changes(type=_bracketed(updated_node.type))

    def leave_ExceptStarHandler(
        self, original_node: cst.ExceptStarHandler, updated_node: cst.ExceptStarHandler
    ) -> cst.ExceptStarHandler:
        """Likewise."""
        return updated_node.with_changes(type=_bracketed(updated_node.type))

    def leave_ListComp(self, original_node: cst.ListComp, updated_node: cst.ListComp) -> cst.ListComp:
        """`[*x for x in y]` (PEP 798)."""
        return updated_node.with_changes(elt=_unpacked(updated_node.elt))

    def leave_SetComp(self, original_node: cst.SetComp, updated_node: cst.SetComp) -> cst.SetComp:
        """Likewise."""
        return updated_node.with_changes(elt=_unpacked(updated_node.elt))

    def leave_GeneratorExp(self, original_node: cst.GeneratorExp, updated_node: cst.GeneratorExp) -> cst.GeneratorExp:
        """Likewise."""
        return updated_node.with_changes(elt=_unpacked(updated_node.elt))

    def leave_StarredDictComp(
        self, original_node: cst.StarredDictComp, updated_node: cst.StarredDictComp
    ) -> cst.BaseExpression:
        """`{**x for x in y}`."""
        return cst.SetComp(updated_node.value, updated_node.for_in)

    def leave_LazyImport(self, original_node: cst.LazyImport, updated_node: cst.LazyImport) -> cst.Import:
        """`lazy import x` (PEP 810)."""
        return cst.Import(updated_node.names)

    def leave_LazyImportFrom(
        self, original_node: cst.LazyImportFrom, updated_node: cst.LazyImportFrom
    ) -> cst.ImportFrom:
        """Likewise."""
        return cst.ImportFrom(updated_node.module, updated_node.names, updated_node.relative)


def _values(parts: list[cst.FormattedStringExpression] | list[cst.TemplatedStringExpression]) -> cst.Tuple:
    elements = [cst.Element(cst.SimpleString('""')), *(cst.Element(part.expression) for part in parts)]
    return cst.Tuple(elements, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _bracketed(node: cst.BaseExpression | None) -> cst.BaseExpression | None:
    if isinstance(node, cst.Tuple) and not node.lpar:
        return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return node


def _unpacked(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.value if isinstance(node, cst.StarredElement) else node
