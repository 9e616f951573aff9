"""The Logger, Tracer and Metrics of a module: found where they are, else imported or made."""

from __future__ import annotations

import libcst as cst

from shopfast_obs.instrument.edit.imports import (
    add_import,
    apart,
    bound_names,
    dotted,
    header_end,
    imported_as,
    module_of,
    place,
    small_statements,
)
from shopfast_obs.instrument.edit.layout import fitted
from shopfast_obs.instrument.interface import CLASS_OF, Kind, ModuleContext

POWERTOOLS = "aws_lambda_powertools"
DECORATOR_OF: dict[str, str] = {
    "logger": "inject_lambda_context",
    "tracer": "capture_lambda_handler",
    "metrics": "log_metrics",
}
NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"


def find_object(module: cst.Module, kind: Kind, context: ModuleContext) -> str:
    """The name of the module's own or imported Powertools object, or empty."""
    if context.objects and (name := imported_as(module, kind, context.objects)):
        return name
    return _assigned(module, CLASS_OF[kind]) or _decorating(module, kind, context)


def ensure_object(module: cst.Module, kind: Kind, context: ModuleContext) -> tuple[cst.Module, str]:
    """The module with such an object, and its name there."""
    known = find_object(module, kind, context)
    name = known or name_for(module, kind, context)
    if known:
        return module, name
    if context.objects:
        return add_import(module, context.objects, kind, name, context), name
    return make_object(module, kind, name, context), name


def name_for(module: cst.Module, kind: Kind, context: ModuleContext) -> str:
    """The name of the module's object, also where it has none yet."""
    if name := find_object(module, kind, context):
        return name
    taken = bound_names(module, context)
    return next(n for n in (kind, f"service_{kind}", f"powertools_{kind}", f"_{kind}_") if n not in taken)


def make_object(module: cst.Module, kind: Kind, name: str, context: ModuleContext) -> cst.Module:
    """The module with `name = Logger()` (or the other class) after its imports."""
    module, class_name = import_class(module, kind, context)
    arguments = ""
    if kind == "metrics":
        module, os_name = _import_os(module, context)
        # Without a namespace Powertools refuses the first metric, and with it the request.
        q = context.style.quote
        arguments = f"namespace={os_name}.environ.get({q}{NAMESPACE}{q}, {q}service_undefined{q})"
    call = cst.ensure_type(cst.parse_expression(f"{class_name}({arguments})", module.config_for_parsing), cst.Call)
    call = fitted(call, len(f"{name} = "), context.style.limit, module.default_indent)
    line = cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], call)])
    body = list(module.body)
    at = max(header_end(module), _bound_at(module, class_name.split(".")[0]) + 1)
    start, classes = at, {name for kind_name in CLASS_OF.values() for name in _class_names(module, kind_name)}
    while at < len(body) and _makes_object(body[at], classes):
        at += 1
    if at == start:
        line = line.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    if at < len(body):
        body[at] = apart(body[at])
    return module.with_changes(body=[*body[:at], line, *body[at:]])


def import_class(module: cst.Module, kind: Kind, context: ModuleContext) -> tuple[cst.Module, str]:
    """The module with the Powertools class imported, and the class's name there."""
    names = _class_names(module, CLASS_OF[kind])
    if names:
        return module, sorted(names)[0]
    wanted = CLASS_OF[kind]
    alias = wanted if wanted not in bound_names(module, context) else f"Powertools{wanted}"
    return add_import(module, POWERTOOLS, wanted, alias, context), alias


def _bound_at(module: cst.Module, name: str) -> int:
    """The index of the top-level import that binds the name."""
    for index, statement in enumerate(module.body):
        nodes = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
        if any(name in _binds(node) for node in nodes):
            return index
    return 0


def _binds(node: cst.CSTNode) -> set[str]:
    """The names that an import binds."""
    if not isinstance(node, cst.Import | cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        return set()
    return {(alias.evaluated_alias or alias.evaluated_name).split(".")[0] for alias in node.names}


def _import_os(module: cst.Module, context: ModuleContext) -> tuple[cst.Module, str]:
    """`os` among the first imports: a later one comes after the object that needs it."""
    header = module.with_changes(body=module.body[: header_end(module)])
    for node in small_statements(header):
        if isinstance(node, cst.Import):
            for alias in node.names:
                if dotted(alias.name) == "os":
                    return module, alias.evaluated_alias or "os"
    line = cst.parse_statement("import os", config=module.config_for_parsing)
    assert isinstance(line, cst.SimpleStatementLine)
    return place(module, line, context), "os"


def _class_names(module: cst.Module, class_name: str) -> set[str]:
    """What the Powertools class is called here: `Logger`, an alias, `powertools.Logger`."""
    names = set()
    for node in small_statements(module):
        if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
            if module_of(node).split(".")[0] == POWERTOOLS:
                names |= {a.evaluated_alias or class_name for a in node.names if dotted(a.name) == class_name}
        elif isinstance(node, cst.Import):
            for alias in node.names:
                if dotted(alias.name) == POWERTOOLS:
                    names.add(f"{alias.evaluated_alias or POWERTOOLS}.{class_name}")
    return names


def _assigned(module: cst.Module, class_name: str) -> str:
    classes = _class_names(module, class_name)
    for node in small_statements(module):
        value, target = None, None
        if isinstance(node, cst.Assign) and len(node.targets) == 1:
            value, target = node.value, node.targets[0].target
        elif isinstance(node, cst.AnnAssign):
            value, target = node.value, node.target
        if isinstance(value, cst.Call) and isinstance(target, cst.Name) and dotted(value.func) in classes:
            return target.value
    return ""


def _decorating(module: cst.Module, kind: Kind, context: ModuleContext) -> str:
    """The object that decorates a handler here already, wherever it comes from."""
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef) and statement.name.value in context.handlers:
            for decorator in statement.decorators:
                name, _, method = decorator_name(decorator).rpartition(".")
                if name.isidentifier() and method == DECORATOR_OF[kind]:
                    return name
    return ""


def decorator_name(decorator: cst.Decorator) -> str:
    """`logger.inject_lambda_context`, with or without a call behind it."""
    node = decorator.decorator
    return dotted(node.func if isinstance(node, cst.Call) else node)


def _makes_object(statement: cst.CSTNode, classes: set[str]) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return False
    node = statement.body[0]
    if not isinstance(node, cst.Assign) or not isinstance(node.value, cst.Call):
        return False
    return dotted(node.value.func) in classes
