"""Source in, source out: runs codemods over one text, and trusts none of them with what they did not mean to change."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shopfast_obs.instrument.application import handler_discovery, sources
from shopfast_obs.instrument.application.style import Style
from shopfast_obs.instrument.interface import Codemod, Kind, ModuleContext, Outcome, Rewritten
from shopfast_obs.model.changes import Skipped

if TYPE_CHECKING:
    import libcst as cst


def transform(
    source: str,
    context: ModuleContext,
    codemods: Sequence[Codemod],
    what: str = "source",
    tree: ast.Module | None = None,
) -> Outcome:
    """The source with the codemods applied; unchanged, with a reason, where it or the result does not parse. `tree` is
    the source as Python parses it, where that was done already."""
    outcome = Outcome(source, notes=_left_to_another(codemods, context, what))
    wanted = [codemod for codemod in codemods if codemod.concerns(source, context)]
    if wanted and tree is not None:  # LibCST needs ten times what this look takes
        marks = handler_discovery.marks(tree, context.handlers)
        wanted = [c for c in wanted if c.marker not in marks and c.sees(tree, context)]
    if not wanted:
        return outcome
    import libcst as cst

    from shopfast_obs.instrument.edit.imports import names_in
    from shopfast_obs.instrument.edit.source_text import Printer

    body, tail = split_tail(source)
    try:
        tree = tree or sources.parse(source)
        module = cst.parse_module(body)
    except (SyntaxError, ValueError, RecursionError, cst.ParserSyntaxError) as problem:
        return Outcome(source, skipped=(Skipped(what, sources.unparseable(problem), unread=True),))
    printer = Printer(module, body, tree)
    known = replace(
        context, names=frozenset(names_in(tree)), tree=tree, text_of=printer.text, style=context.style.of_file(source)
    )
    outcome, changed = _run(module, outcome, known, wanted, what)
    if changed is module:
        return outcome
    if not printer.is_faithful(changed):
        return Outcome(source, skipped=(Skipped(what, "its formatting would not survive"),))
    return _checked(outcome, printer.text(changed) + tail, source, what)


def _left_to_another(codemods: Sequence[Codemod], context: ModuleContext, what: str) -> tuple[Skipped, ...]:
    """That another tracer keeps a handler's traces, where one of ours would have come."""
    left = {codemod.id for codemod in codemods if codemod.tracing is not None}
    if not (left and context.handlers and context.tracer):
        return ()
    return (Skipped(what, f"{context.tracer} traces it already: it gets no second tracer"),)


def split_tail(source: str) -> tuple[str, str]:
    """The source, and the blank lines and spaces at its end, of which LibCST loses some."""
    body = source.rstrip(" \t\f\r\n")
    end = source[len(body) :]
    newline = next((each for each in ("\r\n", "\n", "\r") if end.startswith(each)), "")
    if not end.strip("\r\n"):
        return source, ""
    return body + newline, end[len(newline) :]


def _checked(outcome: Outcome, code: str, source: str, what: str) -> Outcome:
    """The outcome with its new text, unless Python would not run that."""
    try:
        sources.check(code)
    except (SyntaxError, ValueError, RecursionError) as problem:
        reason = f"the result would not parse: {problem}"
        try:
            sources.check(source)
        except (SyntaxError, ValueError, RecursionError) as own:
            reason = sources.unparseable(own)
        return Outcome(source, skipped=(Skipped(what, reason),))
    return replace(outcome, source=code)


def _run(
    module: cst.Module, outcome: Outcome, context: ModuleContext, codemods: Sequence[Codemod], what: str
) -> tuple[Outcome, cst.Module]:
    """What the codemods say, and the module as they leave it: the same object when none has changed it."""
    from shopfast_obs.instrument.edit.handlers import as_functions

    before = module
    applied: list[str] = []
    skipped: list[Skipped] = []
    notes = list(outcome.notes)
    if any(codemod.wraps for codemod in codemods):
        module, problems = as_functions(module, context.handlers)
        skipped += [Skipped(f"{what}: {problem.what}", problem.reason) for problem in problems]
    for codemod in codemods:
        result = codemod.transform(module, context)
        if isinstance(result, Rewritten):
            notes.append(Skipped(f"{what}: {codemod.id}", result.note))
            result = result.module
        if isinstance(result, Skipped):
            (notes if codemod.optional else skipped).append(Skipped(f"{what}: {codemod.id}", result.reason))
        elif result is not module:
            applied.append(codemod.id)
            module = result
    done = replace(outcome, codemods=tuple(applied), skipped=tuple(skipped), notes=tuple(notes))
    return done, module if applied else before


def with_objects(source: str, kinds: Sequence[Kind], style: Style) -> tuple[str, tuple[str, ...]]:
    """The module of the shared objects with one of each kind under its usual name, and the kinds that were new."""
    import libcst as cst

    from shopfast_obs.instrument.edit.objects import find_object, make_object

    module, made, context = cst.parse_module(source), [], ModuleContext(style=style.of_file(source))
    for kind in kinds:
        if not find_object(module, kind, context):
            module = make_object(module, kind, kind, context)
            made.append(kind)
    return module.code, tuple(made)
