"""A function that a template gives a dead-letter queue has it in force."""

from typing import Any

from shopfast_obs.localcloud.ministack.cloudformation.provisioners import dead_lettered_function

DEAD = {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:dead"}


def test_the_dead_letter_queue_of_the_template_comes_and_goes() -> None:
    """MiniStack's own handlers leave it out."""
    from ministack.services import lambda_svc

    made: dict[str, Any] = {"create": lambda *_: ("shop-web", {}), "update": lambda *_: ("shop-web", {})}
    handlers = dead_lettered_function(made)
    lambda_svc._functions["shop-web"] = {"config": {}}
    try:
        config = lambda_svc._functions["shop-web"]["config"]
        handlers["create"]("Web", {"DeadLetterConfig": DEAD}, "shop")
        assert config == {"DeadLetterConfig": DEAD}
        handlers["update"]("shop-web", {"DeadLetterConfig": DEAD}, {}, "shop", "Web")
        assert config == {}
    finally:
        del lambda_svc._functions["shop-web"]
