"""Numbers about this process for Prometheus, in a registry of their own."""

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 10.0)
"""Seconds; 3 is how long Slack waits for an acknowledgement."""


class Metrics:
    """The numbers and where they are kept."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "baton_http_requests", "HTTP requests answered", ["route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "baton_http_request_seconds",
            "Seconds until an HTTP request was answered",
            ["route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.envelopes = Counter(
            "baton_socket_envelopes", "Socket Mode envelopes handled", ["kind"], registry=self.registry
        )
        self.envelope_seconds = Histogram(
            "baton_socket_envelope_seconds",
            "Seconds until a Socket Mode envelope was acknowledged",
            ["kind"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.notices = Gauge("baton_notices", "Notices in the database", ["state"], registry=self.registry)
        self.ready = Gauge("baton_ready", "1 when /readyz answers 200", registry=self.registry)


class MeasuredRequests:
    """ASGI middleware counting every HTTP request under its route, never under what somebody typed as a path."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note its status and duration."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        started = time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
