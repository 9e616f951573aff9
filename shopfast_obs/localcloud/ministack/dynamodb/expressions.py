"""Condition and filter expressions, read once for all items that they are evaluated against."""

from __future__ import annotations

from functools import lru_cache

from shopfast_obs.localcloud.ministack.untyped import Untyped

Tokens = list[tuple[str, str]]
KEPT = 1_000  # expressions


class Expressions:
    """Stands in for MiniStack's evaluation, which reads and checks the expression again for every item. `checks` are
    MiniStack's own, each of which says what is wrong or nothing."""

    def __init__(self, module: Untyped) -> None:
        self._stock = module._evaluate_condition
        self._evaluation = module._ExprEval
        stock_tokens = module._tokenize
        redundant, reserved = module._check_redundant_parens, module._check_reserved_keyword_usage
        syntax = module._condition_syntax_error

        @lru_cache(KEPT)
        def tokens_of(expression: str) -> Tokens:
            found: Tokens = stock_tokens(expression)
            return found

        @lru_cache(KEPT)
        def checked(expression: str, slot: str) -> Tokens | None:
            tokens = tokens_of(expression)
            between = any(kind == "IDENT" and word.upper() == "BETWEEN" for kind, word in tokens)
            wrong = redundant(tokens, slot) or reserved(tokens) or syntax(expression, slot)
            return None if wrong or between else tokens  # the limits of BETWEEN are checked with their values

        self._tokens_of = tokens_of
        self._checked = checked

    def tokens(self, expr: str) -> Tokens:
        """The tokens of an expression, in a list of the caller's own."""
        return list(self._tokens_of(expr))

    def holds(
        self,
        expr: Untyped,
        item: Untyped,
        attr_values: Untyped,
        attr_names: Untyped,
        slot: str = "ConditionExpression",
    ) -> bool:
        """True when the item meets the condition; raises ValueError with DynamoDB's sentence for one that is wrong."""
        tokens = self._checked(expr, slot) if isinstance(expr, str) and expr.strip() else None
        if tokens is not None:
            try:
                return bool(self._evaluation(tokens, item, attr_values, attr_names).evaluate())
            except Exception:  # MiniStack says what is wrong, in DynamoDB's words
                return bool(self._stock(expr, item, attr_values, attr_names, slot))
        return bool(self._stock(expr, item, attr_values, attr_names, slot))


def install(module: Untyped) -> None:
    """Put these into MiniStack's places."""
    expressions = Expressions(module)
    module._tokenize = expressions.tokens
    module._evaluate_condition = expressions.holds
