"""Ingest: opens its parts and wires them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from uuid import uuid4

import structlog
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from novalgo_common.background import Background
from novalgo_common.bus import Bus
from novalgo_common.clock import Clock
from novalgo_common.config_copy import ConfigCopy
from novalgo_common.credentials import API_KEY, WEBHOOK_SECRET
from novalgo_common.events import ConfigChanged, PerformanceWritten
from novalgo_common.ids import new_id
from novalgo_common.keyring import given_or_kept
from novalgo_common.ops import Readiness, ops_app
from novalgo_common.relay import Relay
from novalgo_common.service import Service
from novalgo_common.store import Database
from novalgo_common.topology import INGEST_RECEIPTS
from novalgo_ingest.alerts_first import PATH, AlertsFirst
from novalgo_ingest.answers import error
from novalgo_ingest.answers_first import AnswersFirst
from novalgo_ingest.docs_page import add_docs_page
from novalgo_ingest.gate import Gate
from novalgo_ingest.intake import Intake
from novalgo_ingest.metrics import Metrics
from novalgo_ingest.monitoring import PrivateMonitoring
from novalgo_ingest.performance import Performance
from novalgo_ingest.preview import Preview
from novalgo_ingest.queries import Queries
from novalgo_ingest.receipts.handler import ReceiptHandler
from novalgo_ingest.receipts.store import ReceiptStore
from novalgo_ingest.refusal_alarms import RefusalAlarms
from novalgo_ingest.repeat_alarms import RepeatAlarms
from novalgo_ingest.settings import Settings
from novalgo_ingest.silence.watch import SilenceWatch
from novalgo_ingest.spool import Spool
from novalgo_ingest.store import Store
from novalgo_ingest.webhook import Webhook

log = structlog.get_logger()


@asynccontextmanager
async def open_service(settings: Settings, bus: Bus, clock: Clock) -> AsyncIterator[ASGIApp]:
    secrets = given_or_kept(settings.webhook_secrets, settings.data_dir, WEBHOOK_SECRET, clock)
    keys = given_or_kept(settings.api_keys, settings.data_dir, API_KEY, clock)
    metrics = Metrics()
    async with (
        Database.open(settings, "ingest", shared=True) as database,
        Background.open() as background,
    ):
        store, receipts = Store(database, clock), ReceiptStore(database)
        answers_first = AnswersFirst()
        relay = Relay(store.outbox, bus, answers_first.turn)
        spool = Spool(
            store,
            metrics,
            clock,
            settings.spool_limit,
            free_space=settings.free_space if settings.database_url is None else None,
            reserve=settings.disk_reserve * 1_000_000,
        )
        config, performance = ConfigCopy(store, clock, uuid4), Performance(store, clock)
        await config.load()
        await spool.look()

        await bus.subscribe(INGEST_RECEIPTS, ReceiptHandler(receipts))
        await bus.follow(ConfigChanged, config.take)
        await bus.follow(PerformanceWritten, performance)
        database.on_commit(relay.committed)
        background.run("relay", relay.run)
        background.run("spool", spool.watch)
        silence = SilenceWatch(
            store=store, config=config, clock=clock, configured=settings.silences, since=clock()
        )
        background.run("silence", silence.watch)
        background.run("config", lambda: config.ask(bus))

        # The bus is no part of readiness: while it is away alerts are stored all the same.
        readiness = Readiness(
            store=database.problem, spool=spool.problem, background=background.problem
        )

        problems: list[Callable[[], str | None]] = []

        def details() -> dict[str, object]:
            return {
                "active_configs": sum(row.active for row in config.rows),
                "unpublished": spool.depth,
                "oldest_unpublished_seconds": round(spool.oldest_seconds, 3),
                "bus_problems": [*bus.problems(), *filter(None, [relay.problem()])],
                "has_mailbox": settings.mailbox is not None,
                "mailbox_problems": [told for each in problems if (told := each()) is not None],
            }

        port = settings.ingest_port
        app = ops_app(
            "ingest", readiness, metrics.registry, port=port, clock=clock, details=details
        )
        alarms, intake = RefusalAlarms(store), Intake(store)
        if (account := settings.mailbox) is not None:
            # Only then: its libraries take memory that nobody else needs.
            from novalgo_ingest.mail.channel import MailChannel  # noqa: PLC0415

            mail = MailChannel(
                account=account,
                every=settings.imap_seconds,
                secrets=secrets,
                text_pattern=settings.text_pattern,
                intake=intake,
                store=store,
                alarms=alarms,
                metrics=metrics,
                clock=clock,
                new_id=partial(new_id, clock),
            )
            # No part of readiness either: without the mailbox webhooks are stored all the same.
            problems.append(mail.problem)
            background.run("mail", mail.run)
        webhook = Webhook(
            gate=Gate(
                secrets,
                allowed_networks=settings.allowed_networks,
                trusted_proxies=settings.trusted_proxies,
                text_pattern=settings.text_pattern,
                needs_certificate=settings.tls_client_authorities is not None,
            ),
            intake=intake,
            store=store,
            spool=spool,
            config=config,
            alarms=alarms,
            repeats=RepeatAlarms(store),
            metrics=metrics,
            answers_first=answers_first,
            clock=clock,
            new_id=partial(new_id, clock),
        )
        queries = Queries(
            keys=keys,
            receipts=receipts,
            config=config,
            performance=performance,
            bus=bus,
            clock=clock,
        )
        preview = Preview(
            secrets=secrets,
            text_pattern=settings.text_pattern,
            store=store,
            config=config,
            bus=bus,
            clock=clock,
            new_id=uuid4,
        )
        _add_routes(app, webhook, preview, queries)
        if settings.docs_page:
            add_docs_page(app)
        guarded = PrivateMonitoring(app, keys, settings.trusted_proxies)
        yield AlertsFirst(webhook.receive, guarded)


SERVICE = Service("ingest", Settings, "ingest_port", open_service, edge=lambda own: own.edge)


def _add_routes(app: FastAPI, webhook: Webhook, preview: Preview, queries: Queries) -> None:
    # Plain routes: FastAPI's own would parse bodies and echo them in its errors.
    app.add_route(PATH, webhook.receive, methods=["POST"])  # and says so of other methods
    app.add_route("/webhook/preview", queries.guarded(preview.receive), methods=["POST"])
    for path, endpoint in queries.routes().items():
        app.add_route(path, endpoint, methods=["GET"])
    app.add_exception_handler(HTTPException, _http_error)


async def _http_error(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    return error(problem.status_code, problem.detail, problem.headers)
