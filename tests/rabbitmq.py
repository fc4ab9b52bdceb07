"""A real RabbitMQ for the tests, started when the first test asks for it.

The one that NOVALGO_TEST_AMQP_URL names (our queues in it are deleted again and again); else a
container, where Docker runs and has an image; else a private node of the installed server, which
is installed first where this user may.  A broker of the machine is never touched.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pika
import pytest

from novalgo_common.events import type_of
from novalgo_common.rabbitmq.mailbox import BROADCAST_EXCHANGE
from novalgo_common.topology import DEAD_LETTERS, QUEUES, REQUESTS
from tests.packages import installed
from tests.ports import free_port

# The wrapper in the path refuses to run as anybody but root and the package's own user.
_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_BOOT_SECONDS = 120.0
_HOW_TO = "install it (apt-get install rabbitmq-server) or set NOVALGO_TEST_AMQP_URL"

# Kills the node when this process ends, however it ends: the pipe to it closes.
_WATCHDOG = 'cat >/dev/null; kill -s KILL -- $(cat "$1"/*.group); rm -rf -- "$1"'


class PrivateNode:
    """A RabbitMQ of our own: its name, ports and files collide with nobody's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._distribution_port, self._epmd_port = (free_port() for _ in range(3))
        self._process: subprocess.Popen[bytes] | None = None
        # Started here, since the node would leave one behind that runs for ever.
        self._epmd = self._spawn("epmd", ["epmd", "-port", str(self._epmd_port)])
        self._watchdog = subprocess.Popen(
            ["sh", "-c", _WATCHDOG, "sh", str(folder)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Start the node, with the messages that it stored before, and wait until it answers."""
        self._process = self._spawn("node", [str(_SERVER)])
        _wait_until_it_answers("127.0.0.1", self._port, self._process)

    def kill(self) -> None:
        """End the node as a power cut would.

        Not soon after queues were deleted and declared again: 3.10 writes down late which files
        are a queue's, and then looks for those of the one that was deleted, for ever.
        """
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def freeze(self) -> None:
        """Keep the node from doing anything, with its connections open."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP)
        while not _is_stopped(self._process.pid):
            time.sleep(0.001)

    def thaw(self) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGCONT)

    def run_short_of_memory(self) -> None:
        """Raise the alarm that keeps it from taking messages, as a large backlog would."""
        self._control("set_vm_memory_high_watermark", "absolute", "1")

    def have_memory_again(self) -> None:
        self._control("set_vm_memory_high_watermark", "0.4")

    def run_short_of_disk(self) -> None:
        """Raise the other alarm of that kind."""
        self._control("set_disk_free_limit", "1000000GB")

    def have_disk_again(self) -> None:
        self._control("set_disk_free_limit", "1MB")

    def wait_for_acknowledgements(self, milliseconds: int | None) -> None:
        """Close the channels, of connections from now on, that leave a message for longer."""
        timeout = milliseconds or 1_800_000
        tick = 500 if milliseconds else 60_000
        self._control(
            "eval",
            f"application:set_env(rabbit, consumer_timeout, {timeout}), "
            f"application:set_env(rabbit, channel_tick_interval, {tick}).",
        )

    def has_logged(self, text: str) -> bool:
        logs = (self._folder / "log").glob("*.log")
        return any(text in log.read_text(encoding="utf-8", errors="replace") for log in logs)

    def _control(self, *command: str) -> None:
        whole = [str(_SERVER.with_name("rabbitmqctl")), *command]
        subprocess.run(whole, env=self._environment(), capture_output=True, check=True)

    def stop(self) -> None:
        """End everything and remove its files."""
        self._watchdog.communicate()
        for process in (self._process, self._epmd):
            if process is not None:
                process.wait()

    def _spawn(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.out").open("ab") as output:
            process = subprocess.Popen(
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        (self._folder / f"{name}.group").write_text(f"-{process.pid}\n")
        return process

    def _environment(self) -> dict[str, str]:
        folder = self._folder
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"novalgo-{folder.name}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "absent.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "absent"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "config"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }


@dataclass(frozen=True)
class Broker:
    url: str
    node: PrivateNode | None
    """The node itself, where it is ours to kill."""


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    with ExitStack() as stack:
        given = os.environ.get("NOVALGO_TEST_AMQP_URL")
        image = None if given else _docker_image()
        if given:
            yield Broker(given, None)
        elif image:
            yield Broker(stack.enter_context(_container(image)), None)
        else:
            node = stack.enter_context(private_node())
            yield Broker(node.url, node)


@pytest.fixture(scope="session")
def amqp_url(broker: Broker) -> str:
    """Return a RabbitMQ's address; what other tests left there is left there."""
    return broker.url


@pytest.fixture
def fresh_amqp_url(amqp_url: str) -> str:
    """Return the address of a RabbitMQ with none of our queues and exchanges."""
    delete_our_queues(amqp_url)
    return amqp_url


def delete_our_queues(amqp_url: str) -> None:
    """Delete our queues and exchanges, with what lies in them."""
    with amqp_channel(amqp_url) as channel:
        for queue in QUEUES:
            for name in queue.names():
                channel.queue_delete(name)
        for request in REQUESTS:
            channel.queue_delete(type_of(request))
        channel.queue_delete(DEAD_LETTERS)
        channel.exchange_delete(BROADCAST_EXCHANGE)


@contextmanager
def private_node() -> Iterator[PrivateNode]:
    """Give a running node; skip (in CI: fail) the test where there can be none."""
    if not installed("rabbitmq-server", _SERVER.exists):
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable(f"RabbitMQ is not installed: {_HOW_TO}")
    folder = Path(tempfile.mkdtemp(prefix="novalgo-rabbitmq-"))
    node = PrivateNode(folder)
    try:
        node.start()
        yield node
    finally:
        node.stop()


@contextmanager
def amqp_channel(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """Give a plain AMQP channel, to arrange and to look at what no service may."""
    connection = pika.BlockingConnection(pika.URLParameters(url.removesuffix("/") + "/%2F"))
    try:
        yield connection.channel()
    finally:
        connection.close()


def messages_in(amqp_url: str, *names: str) -> int:
    """Return how many messages wait in the queues of these names, all together."""
    with amqp_channel(amqp_url) as channel:
        return sum(
            int(channel.queue_declare(name, passive=True).method.message_count) for name in names
        )


def _wait_until_it_answers(
    host: str, port: int, process: subprocess.Popen[bytes] | None = None
) -> None:
    deadline = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < deadline and (process is None or process.poll() is None):
        with suppress(OSError), socket.create_connection((host, port), timeout=2) as probe:
            probe.settimeout(5)
            probe.sendall(b"AMQP\x00\x00\x09\x01")
            if probe.recv(1):
                return
        time.sleep(0.1)
    pytest.fail("RabbitMQ did not start")


def _is_stopped(group: int) -> bool:
    """Return whether the signal has reached every thread: one that runs may still send."""
    states = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if os.getpgid(int(process.name)) == group:
                for thread in process.glob("task/*/stat"):
                    states.add(thread.read_text().rpartition(")")[2].split()[0])
    return states <= {"T", "Z"}


def _docker_image() -> str | None:
    """Return a RabbitMQ image that Docker has already; None where there is no Docker."""
    if shutil.which("docker") is None:
        return None
    command = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", "rabbitmq"]
    try:
        images = subprocess.run(command, capture_output=True, timeout=10, check=True, text=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return next(iter(images.stdout.split()), None)


@contextmanager
def _container(image: str) -> Iterator[str]:
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    testcontainers_config.ryuk_disabled = True  # its image may not be there
    with DockerContainer(image).with_exposed_ports(5672) as container:
        host, port = container.get_container_host_ip(), int(container.get_exposed_port(5672))
        _wait_until_it_answers(host, port)
        yield f"amqp://guest:guest@{host}:{port}/"
