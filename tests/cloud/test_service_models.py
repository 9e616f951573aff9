"""The models of AWS's services are those that botocore reads itself."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from shopfast_obs.cloud.interface import Keys, Target
from shopfast_obs.cloud.service_models import Models, loader
from shopfast_obs.cloud.session import Session


def test_models_are_those_of_botocore() -> None:
    """Of a service and of the regions; what is not there is None."""
    ours, theirs = Loader(file_loader=Models()), Loader()
    assert ours.load_service_model("sqs", "service-2") == theirs.load_service_model("sqs", "service-2")
    assert ours.load_data("endpoints") == theirs.load_data("endpoints")
    assert ours.list_available_services("service-2") == theirs.list_available_services("service-2")
    assert list(loader(None).list_available_services("waiters-2")) == theirs.list_available_services("waiters-2")
    assert Models().load_file("/nowhere/at/all") is None


def test_one_service_is_looked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client is made without a list of all services, and a service that is not there is named with those that are."""
    target = Target("local", "us-east-1", "http://127.0.0.1:9", keys=Keys("a", "b"))
    with pytest.raises(UnknownServiceError, match=r"'sqz'.* sqs,"):
        Session(target).client("sqz")
    listed: list[str] = []
    monkeypatch.setattr(Loader, "list_available_services", lambda _, kind: listed.append(kind))
    assert Session(target).client("sqs").can_paginate("list_queues")
    assert listed == []


def test_a_session_finds_the_users_own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_DATA_PATH is a folder of them."""
    signing = {"signatureVersion": "v4", "endpointPrefix": "odd"}
    protocol = {"protocol": "json", "jsonVersion": "1.1", "targetPrefix": "Odd"}
    metadata = {"apiVersion": "2026-01-01", "serviceId": "Odd", **signing, **protocol}
    model = json.dumps({"metadata": metadata, "operations": {}, "shapes": {}})
    (tmp_path / "odd" / "2026-01-01").mkdir(parents=True)
    (tmp_path / "odd" / "2026-01-01" / "service-2.json").write_text(model)
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    target = Target("local", "us-east-1", "http://127.0.0.1:9", keys=Keys("a", "b"))
    assert Session(target).client("odd").meta.service_model.service_id == "Odd"


def test_of_the_summary_of_a_trace_only_its_id_is_read() -> None:
    """The rest of the answer is not parsed; what is asked, and other shapes, stay as botocore has them."""
    ours, theirs = (
        loader(None).load_service_model("xray", "service-2"),
        Loader().load_service_model("xray", "service-2"),
    )
    assert list(ours["shapes"].pop("TraceSummary")["members"]) == ["Id"]
    assert theirs["shapes"].pop("TraceSummary")["members"].keys() > {"Id", "Duration"}
    assert ours == theirs
