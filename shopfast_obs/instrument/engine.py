"""Source in, source out: runs codemods over one text, and trusts none of them with what they did not mean to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shopfast_obs.instrument import sources
from shopfast_obs.instrument.interface import Codemod, Kind, ModuleContext, Outcome
from shopfast_obs.model.changes import Skipped


def transform(source: str, context: ModuleContext, codemods: Sequence[Codemod], what: str = "source") -> Outcome:
    """The source with the codemods applied; unchanged, with a reason, where it or the result does not parse."""
    wanted = [codemod for codemod in codemods if codemod.concerns(source, context)]
    if not wanted:
        return Outcome(source)
    import libcst as cst

    from shopfast_obs.instrument.edit.imports import names_in
    from shopfast_obs.instrument.edit.vendors import vendor

    try:
        tree = sources.parse(source)
        sources.check(tree)
        module = cst.parse_module(source)
    except (SyntaxError, ValueError, RecursionError, cst.ParserSyntaxError) as problem:
        return Outcome(source, skipped=(Skipped(what, sources.unparseable(problem)),))
    if context.handlers and (other := vendor(tree)):
        return Outcome(source, skipped=(Skipped(what, f"{other} wraps its handler; remove that first"),))
    if module.code != source:
        return Outcome(source, skipped=(Skipped(what, "its formatting would not survive"),))
    known = replace(context, names=frozenset(names_in(tree)))
    return _run(module, source, known, wanted, what)


def _run(module: object, source: str, context: ModuleContext, codemods: Sequence[Codemod], what: str) -> Outcome:
    import libcst as cst

    from shopfast_obs.instrument.edit.handlers import as_functions

    assert isinstance(module, cst.Module)
    applied: list[str] = []
    skipped: list[Skipped] = []
    notes: list[Skipped] = []
    if any(codemod.wraps for codemod in codemods):
        module, problems = as_functions(module, context.handlers)
        skipped += [Skipped(f"{what}: {problem.what}", problem.reason) for problem in problems]
    for codemod in codemods:
        result = codemod.transform(module, context)
        if isinstance(result, Skipped):
            (notes if codemod.optional else skipped).append(Skipped(f"{what}: {codemod.id}", result.reason))
        elif result is not module:
            applied.append(codemod.id)
            module = result
    if not applied:
        return Outcome(source, (), tuple(skipped), tuple(notes))
    code = module.code
    try:
        sources.check(code)
    except SyntaxError as problem:
        return Outcome(source, skipped=(*skipped, Skipped(what, f"the result would not parse: {problem.msg}")))
    return Outcome(code, tuple(applied), tuple(skipped), tuple(notes))


def with_objects(source: str, kinds: Sequence[Kind]) -> tuple[str, tuple[str, ...]]:
    """The module of the shared objects with one of each kind under its usual name, and the kinds that were new."""
    import libcst as cst

    from shopfast_obs.instrument.edit.objects import find_object, make_object

    module, made = cst.parse_module(source), []
    for kind in kinds:
        if not find_object(module, kind, ModuleContext()):
            module = make_object(module, kind, kind, ModuleContext())
            made.append(kind)
    return module.code, tuple(made)
