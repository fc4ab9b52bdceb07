"""The benchmarks' client, against a real server."""

import json

from fastapi import FastAPI, Request, Response

from bench.load import Plan, fire
from tests.http_server import serving


def an_echo(_port: int) -> FastAPI:
    app = FastAPI()

    @app.post("/webhook")
    async def webhook(request: Request) -> Response:
        body = await request.body()
        return Response(body, status_code=503 if body == b"refuse" else 200)

    return app


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def test_each_alert_of_a_burst_gets_its_own_answer() -> None:
    sent = [json.dumps({"id": number, "text": "x" * 5000}) for number in range(50)]

    with serving(an_echo) as url:
        answers = fire(Plan(port_of(url), "/webhook", [[alert] for alert in sent]))

    assert sorted(answer.body for answer in answers) == sorted(sent)
    assert all(answer.alert == answer.body for answer in answers)
    assert {answer.status for answer in answers} == {200}


def test_a_connection_sends_its_alerts_one_after_the_other() -> None:
    with serving(an_echo) as url:
        answers = fire(Plan(port_of(url), "/webhook", [["first", "second", "third"]]))

    assert [answer.body for answer in answers] == ["first", "second", "third"]
    assert [answer.sent_at for answer in answers] == sorted(answer.sent_at for answer in answers)


def test_a_refusal_is_told_as_it_came() -> None:
    with serving(an_echo) as url:
        [answer] = fire(Plan(port_of(url), "/webhook", [["refuse"]]))

    assert (answer.status, answer.body) == (503, "refuse")


def test_where_nobody_listens_there_is_no_answer() -> None:
    with serving(an_echo) as url:
        port = port_of(url)

    [answer] = fire(Plan(port, "/webhook", [["alone"]]))

    assert (answer.status, answer.body) == (0, "")
