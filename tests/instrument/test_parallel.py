"""Many services on all cores give what one after another would."""

from pathlib import Path

from shopfast_obs.instrument import service
from shopfast_obs.instrument.application.service_discovery import discover
from shopfast_obs.instrument.parallel import FEW, instrumented
from shopfast_obs.instrument.registry import selected

PRINTING = "def lambda_handler(event, context):\n    print({})\n"


def test_the_order_and_the_results_are_the_same(tmp_path: Path) -> None:
    """Also of a file that is left alone."""
    for number in range(2 * FEW):
        folder = tmp_path / f"s{number}"
        folder.mkdir()
        text = "async def lambda_handler(event, context): ...\n" if number % 7 == 0 else PRINTING.format(number)
        (folder / "handler.py").write_text(text)
    services = discover([tmp_path]).services
    alone = [result for each in services for result in service.instrument(each, selected())]
    assert list(instrumented(services, selected())) == alone
    assert {result.status for result in alone} == {"changed", "skipped"}
