"""Rewrites one module; what it cannot move, it names."""

# ruff: noqa: N802, D102 - LibCST names the methods of visitors after its nodes
from __future__ import annotations

import libcst as cst
from libcst.metadata import ParentNodeProvider

from shopfast_obs.instrument.edit.imports import dotted
from shopfast_obs.instrument.migration.calls import (
    ANNOTATE,
    METADATA,
    TRACE,
    TRACED,
    TRACER,
    arguments,
    expression,
    span,
    text,
)
from shopfast_obs.instrument.migration.libraries import COVERED, EVERY, libraries
from shopfast_obs.instrument.migration.names import Kind
from shopfast_obs.instrument.migration.pairs import BEGUN
from shopfast_obs.instrument.migration.reading import HERE, PARTS, Reading, first_name
from shopfast_obs.instrument.migration.reasons import (
    METHOD_REASONS,
    OPTIONS,
    UNCLEAR,
)

HARMLESS = frozenset({"service", "context_missing", "sampling", "sampling_rules", "plugins", "daemon_address",
                      "dynamic_naming", "streaming_threshold", "max_trace_back", "stream_sql"})  # fmt: skip
QUIET = ("record_exception=False", "set_status_on_exception=False")


class Mover(Reading):
    """Rewrites what it has read. `patched` are the libraries whose calls the module makes parts of."""

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        found = self._method(original_node)
        if found is None:
            return updated_node
        base, kind, method = found
        parent = self.get_metadata(ParentNodeProvider, original_node, None)
        if kind is Kind.OTHER:
            return self._handle(original_node, updated_node, base, method)
        if kind is Kind.TRACER_CLASS and not method:
            return self._object(original_node, updated_node, parent)
        if kind in (Kind.PATCH_ALL, Kind.PATCH) and not method:
            return self._patch(original_node, updated_node, everything=kind is Kind.PATCH_ALL)
        if isinstance(parent, cst.Decorator | cst.WithItem) and self._opens(kind, method):
            return updated_node
        return self._called(original_node, updated_node, kind, method)

    @staticmethod
    def _opens(kind: Kind, method: str) -> bool:
        """True for what makes a part where it is a decorator or stands behind `with`."""
        if kind is Kind.TRACER:
            return method in ("capture_method", "capture_lambda_handler")
        return kind is Kind.RECORDER and method in PARTS

    def _called(self, old: cst.Call, new: cst.Call, kind: Kind, method: str) -> cst.BaseExpression:
        if kind in (Kind.TRACER, Kind.RECORDER):
            if method in ("put_annotation", "put_metadata"):
                return self._told(old, new, method)
            if kind is Kind.TRACER and method == "patch":
                return self._patch(old, new, everything=not old.args)
            if kind is Kind.TRACER and method == "capture_lambda_handler" and len(old.args) == 1:
                return new.with_changes(func=cst.Name(TRACED))
            if kind is Kind.RECORDER and method == "current_subsegment" and not old.args:
                return expression(HERE)
            if kind is Kind.RECORDER and method == "configure":
                return self._configured(old, new)
        self.problem(old, METHOD_REASONS.get(method, f"`{method or dotted(old.func)}` {UNCLEAR}"))
        return new

    def _told(self, old: cst.Call, new: cst.Call, method: str) -> cst.BaseExpression:
        names = ("key", "value") if method == "put_annotation" else ("key", "value", "namespace")
        if arguments(old, names) is None:
            self.problem(old, f"the arguments of `{method}` are not written out")
        return new.with_changes(func=cst.Name(ANNOTATE if method == "put_annotation" else METADATA))

    def _handle(self, old: cst.Call, new: cst.Call, base: str, method: str) -> cst.BaseExpression:
        """A call of a part's own method."""
        if method in ("put_annotation", "put_metadata"):
            return self._told(old, new, method)
        fault = expression(f"{base}.set_status({TRACE}.StatusCode.ERROR)")
        if method == "add_fault_flag" and not old.args:
            return fault
        given = arguments(new, ("exception", "stack", "remote")) if method == "add_exception" else None
        if given and "exception" in given and "remote" not in given:
            self._instead(old, [cst.Call(expression(f"{base}.record_exception"), [cst.Arg(given["exception"])]), fault])
            return new
        self.problem(old, METHOD_REASONS.get(method, f"`{method}` of a part {UNCLEAR}"))
        return new

    def _object(self, old: cst.Call, new: cst.Call, parent: cst.CSTNode | None) -> cst.BaseExpression:
        given = arguments(old, OPTIONS)
        if given is None:
            self.problem(old, "the arguments of Tracer are not written out")
            return new
        if not isinstance(parent, cst.Assign | cst.AnnAssign):
            self.problem(old, "a Tracer without a name of its own cannot be followed")
        for name in ("disabled", "provider"):
            if name in given and dotted(given[name]) not in ("None", "False"):
                self.problem(old, METHOD_REASONS[name])
        patches = dotted(given["auto_patch"]) if "auto_patch" in given else "True"
        if patches == "True":
            self._patches(old, given.get("patch_modules"))
        elif patches not in ("False", "None"):
            self.problem(old, "whether it patches is decided when it runs")
        return expression(f"{TRACE}.get_tracer(__name__)")

    def _patches(self, old: cst.CSTNode, modules: cst.BaseExpression | None) -> None:
        """Note whose calls are parts from now on."""
        if modules is None or dotted(modules) == "None":
            self.patched |= EVERY
            return
        found = libraries(modules)
        if found is None:
            self.problem(old, "which modules it patches is not written out")
        elif other := sorted(found - COVERED):
            self.problem(old, f"calls of {', '.join(other)} are parts of the X-Ray SDK alone")
        else:
            self.patched |= found

    def _patch(self, old: cst.Call, new: cst.Call, *, everything: bool) -> cst.BaseExpression:
        modules = None if everything else next((a.value for a in old.args if a.keyword is None or
                                                a.keyword.value in ("modules", "modules_to_patch")), None)  # fmt: skip
        if not everything and modules is None:
            self.problem(old, "which modules it patches is not written out")
        else:
            self._patches(old, modules)
        self._instead(old, [], unconditional=True)
        return new

    def _configured(self, old: cst.Call, new: cst.Call) -> cst.BaseExpression:
        for argument in old.args:
            name = argument.keyword.value if argument.keyword else ""
            if name not in HARMLESS:
                self.problem(old, f"`configure({name or '...'})` has no counterpart in Lambda")
        self._instead(old, [], unconditional=True)
        return new

    def _instead(self, call: cst.CSTNode, others: list[cst.BaseExpression], *, unconditional: bool = False) -> None:
        """Let a statement that is this call become others, or go."""
        statement = self.get_metadata(ParentNodeProvider, call, None)
        line = self.get_metadata(ParentNodeProvider, statement, None) if statement is not None else None
        alone = isinstance(statement, cst.Expr) and isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        if not alone:
            self.problem(call, "it is part of a larger statement")
            return
        assert line is not None
        at: cst.CSTNode | None = line
        while unconditional and at is not None:
            at = self.get_metadata(ParentNodeProvider, at, None)
            if isinstance(at, cst.If | cst.Try | cst.For | cst.While):
                self.problem(call, "it stands under a condition")
                return
        self._statements[line] = others

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        others = self._statements.get(original_node)
        if others is None:
            return updated_node
        if not others:
            return updated_node.with_changes(body=[])  # goes when the file is tidied
        first = updated_node.with_changes(body=[cst.Expr(others[0])])
        return cst.FlattenSentinel([first, *(cst.SimpleStatementLine([cst.Expr(each)]) for each in others[1:])])

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        """`recorder = xray_recorder` and `other = tracer` name tracers of OpenTelemetry."""
        return updated_node.with_changes(value=self._renamed(original_node.value, updated_node.value))

    def leave_AnnAssign(self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign) -> cst.AnnAssign:
        known = self.names.known.get(dotted(original_node.target))
        if original_node.value is None or updated_node.value is None or known not in (Kind.TRACER, Kind.RECORDER):
            return updated_node
        annotation = updated_node.annotation.with_changes(annotation=expression(f"{TRACE}.Tracer"))
        value = self._renamed(original_node.value, updated_node.value)
        return updated_node.with_changes(annotation=annotation, value=value)

    def _renamed(self, old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
        found = self.names.find(dotted(old))
        if found and not found[2] and found[1] in (Kind.TRACER, Kind.RECORDER) and first_name(old) in self._consumed:
            return expression(f"{TRACE}.get_tracer(__name__)")
        return new

    # Parts.

    def _tracer(self, base: str) -> str:
        """The tracer that makes a part: the object under its own name, and one of this module's for the recorder."""
        return base if self.names.known.get(base) is Kind.TRACER or base not in self.names.imported else TRACER

    def leave_With(self, original_node: cst.With, updated_node: cst.With) -> cst.With:
        ours, items = 0, list(updated_node.items)
        for index, old in enumerate(original_node.items):
            if self._is_part(old.item):
                ours += 1
                self._frames[-1].depth -= 1
                items[index] = items[index].with_changes(item=self._part(old.item, items[index].item))
        if original_node.asynchronous is not None and ours:
            if ours < len(items):
                self.problem(original_node, "`async with` opens a part and something else at once")
            return updated_node.with_changes(items=items, asynchronous=None)
        return updated_node.with_changes(items=items)

    def _part(self, old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
        old, new = cst.ensure_type(old, cst.Call), cst.ensure_type(new, cst.Call)
        found = self._method(old)
        assert found is not None
        given = arguments(new, ("name", "namespace"))
        name = given.get("name") if given else None
        if given is None or name is None:
            self.problem(old, "the name of the part is not written out")
            return new
        more = list(QUIET) if found[2] == BEGUN else []
        namespace = text(given.get("namespace")) if "namespace" in given else "local"
        if namespace == "remote":
            more.append(f"kind={TRACE}.SpanKind.CLIENT")
        elif namespace != "local":
            self.problem(old, "the namespace of the part has no counterpart")
        return span(self._tracer(found[0]), name, *more)

    def leave_Decorator(
        self, original_node: cst.Decorator, updated_node: cst.Decorator
    ) -> cst.Decorator | cst.RemovalSentinel:
        node = original_node.decorator
        call = node if isinstance(node, cst.Call) else None
        found = self.names.find(dotted(call.func if call is not None else node))
        if found is None:
            return updated_node
        base, kind, method = found
        if kind is Kind.TRACER and method == "capture_lambda_handler":
            return updated_node.with_changes(decorator=cst.Name(TRACED))
        if kind is Kind.TRACER and method == "capture_method":
            return self._method_part(original_node, updated_node, base)
        if kind is Kind.RECORDER and method in PARTS and call is not None:
            given = arguments(call, ("name",))
            if given is None:
                self.problem(original_node, "the arguments of `capture` are not written out")
                return updated_node
            name = given.get("name") or self._text(self._frames[-1].names[-1])
            return updated_node.with_changes(decorator=span(self._tracer(base), name))
        self.problem(original_node, METHOD_REASONS.get(method, f"`{method}` {UNCLEAR}"))
        return updated_node

    def visit_Decorator(self, node: cst.Decorator) -> None:
        inner = node.decorator.func if isinstance(node.decorator, cst.Call) else node.decorator
        if self.names.find(dotted(inner)):
            self._consume(inner)

    def _method_part(self, old: cst.Decorator, new: cst.Decorator, base: str) -> cst.Decorator | cst.RemovalSentinel:
        frame = self._frames[-1]
        function = self.get_metadata(ParentNodeProvider, old, None)
        if not isinstance(function, cst.FunctionDef):
            self.problem(old, "only functions become parts")
            return new
        below = function.decorators[list(function.decorators).index(old) + 1 :]
        for other in below:
            written = dotted(other.decorator.func if isinstance(other.decorator, cst.Call) else other.decorator)
            if written in self._plain:
                self.problem(old, f"`{written}` gives the function another name, which the part has")
        name = self._qualified(frame.names)
        if frame.generates:
            frame.body_part = span(base, name)
            return cst.RemoveFromParent()
        return new.with_changes(decorator=span(base, name))

    def _qualified(self, names: tuple[str, ...]) -> cst.BaseExpression:
        """`## module.Class.method`, of which the module's name is known when it runs."""
        inside = ".".join(names)
        return expression(f"f{self._quote}## {{__name__}}.{inside}{self._quote}")

    def _text(self, value: str) -> cst.BaseExpression:
        return expression(f"{self._quote}{value}{self._quote}")

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        frame = self._frames.pop()
        if frame.body_part is None:
            return updated_node
        body = updated_node.body
        if not isinstance(body, cst.IndentedBlock):
            self.problem(original_node, "a generator of one line cannot be a part")
            return updated_node
        head = 1 if original_node.get_docstring() is not None else 0
        inner = body.with_changes(body=body.body[head:], header=cst.TrailingWhitespace())
        part = cst.With([cst.WithItem(frame.body_part)], inner)
        return updated_node.with_changes(body=body.with_changes(body=[*body.body[:head], part], footer=[]))
