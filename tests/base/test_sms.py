"""Text messages: one seam, and a gateway that says yes, no, or nothing."""

import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest

from samen.base import clock, mail, outbox, sms, tenancy
from samen.base.journal import Subject
from samen.base.models import Channel, Delivery, Letter, OutboxMessage

TAKEN = (201, {"id": "49e40bae0b374f1ca5e3d04d46edc7c1"})
NO_SUCH_NUMBER = (422, {"errors": [{"code": 9, "description": "no (correct) recipients found: +31612345678"}]})
NO_BALANCE = (402, {"errors": [{"code": 25, "description": "Not enough balance"}]})
BROKEN = (502, {})
TEXT = sms.Text(1, uuid.UUID(int=5), uuid.UUID(int=6), "+31612345678", "Kun jij vandaag invallen? ✓")


class Gateway:
    """Answers what the test wants, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, Any]] | None = TAKEN
        self.asked: list[SimpleNamespace] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.asked.append(SimpleNamespace(path=self.path, key=self.headers["Authorization"], body=body))
                if gateway.answer is None:
                    return  # hangs up without a word
                status, said = gateway.answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    made = Gateway()
    settings.SMS, settings.SMS_KEY, settings.SMS_FROM = made.url, "live_key", "Zorgzaam"
    yield made
    made.server.shutdown()
    made.server.server_close()


def put(stage, **more):
    return outbox.put(
        cause=Subject("test", uuid.uuid4()),
        recipient=uuid.uuid4(),
        address="+31612345678",
        subject="",
        body="Kun jij invallen?",
        at=clock.now(),
        channel=Channel.SMS,
        **more,
    )


def test_a_text_reaches_the_gateway_with_its_key_as_reference(gateway):
    assert sms.send(TEXT) == TAKEN[1]["id"]

    [asked] = gateway.asked
    assert asked.path == "/messages"
    assert asked.key == "AccessKey live_key"
    assert asked.body == {
        "originator": "Zorgzaam",
        "recipients": [31612345678],
        "body": TEXT.body,
        "datacoding": "auto",
        "reference": str(TEXT.key),
    }


@pytest.mark.parametrize(
    ("answer", "news"),
    [
        (NO_SUCH_NUMBER, mail.RefusedForGood),
        (NO_BALANCE, mail.Refused),
        (BROKEN, mail.Unsure),
        (None, mail.Unsure),
        ((200, {}), mail.Unsure),
    ],
)
def test_what_the_gateway_says_decides_whether_it_is_tried_again(gateway, answer, news):
    gateway.answer = answer

    with pytest.raises(mail.Refused if issubclass(news, mail.Refused) else news) as said:
        sms.send(TEXT)

    assert type(said.value) is news
    assert "31612345678" not in str(said.value), "an error is logged, and a number may not be"


def test_without_a_gateway_there_it_certainly_did_not_leave(gateway, settings):
    gateway.server.server_close()
    settings.SMS = "http://127.0.0.1:1"

    with pytest.raises(mail.Refused) as said:
        sms.send(TEXT)

    assert not isinstance(said.value, mail.RefusedForGood)


def test_an_installation_without_a_gateway_says_so(settings):
    settings.SMS = ""

    with pytest.raises(mail.RefusedForGood):
        sms.send(TEXT)


def test_the_outbox_sends_a_text_once_and_by_its_own_channel(stage, inside, work):
    with inside():
        put(stage)

    work()

    assert [text.number for text in sms.MEMORY] == ["+31612345678"]
    assert mail.MEMORY == []


def test_a_gateway_that_hangs_up_leaves_a_doubt_that_is_shown(stage, inside, gateway):
    gateway.answer = None
    with inside():
        message = put(stage)

    with pytest.raises(mail.Unsure):
        outbox.deliver.run(org=stage.gooi.pk, actor=str(tenancy.SYSTEM), outbox=message.pk)

    with inside():
        message.refresh_from_db()
        assert message.state == OutboxMessage.State.QUEUED
        assert message.deliveries.get().result == Delivery.Result.UNKNOWN
        assert outbox.possibly_twice(message)


def test_the_demo_shows_a_text_in_its_mailbox(stage, inside, work, settings, client):
    settings.SMS = "demo"
    with inside():
        put(stage)

    work()

    with inside():
        assert Letter.objects.get().channel == Channel.SMS
    page = client.get("/demo/postvak/").content.decode()
    assert "Tekstbericht" in page
    assert "Kun jij invallen?" in page
