"""A real IMAP server with one user, started when the first test asks for it, and speaking TLS.

Dovecot, which is installed first where this user may; it needs to be started by root.
"""

import grp
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.certificates import Authority
from tests.packages import installed
from tests.ports import free_port

USER, PASSWORD = "alerts", "made-up-password"
_STARTS_WITHIN = 20.0


@dataclass(frozen=True)
class MailServer:
    port: int
    authority: Authority

    @contextmanager
    def mailbox(self) -> Iterator[imaplib.IMAP4_SSL]:
        """Log in as the user, to look and to put letters there."""
        with imaplib.IMAP4_SSL(
            "127.0.0.1", self.port, ssl_context=self.authority.client()
        ) as mailbox:
            mailbox.login(USER, PASSWORD)
            mailbox.select("INBOX")
            yield mailbox

    def deliver(self, letter: EmailMessage) -> None:
        with self.mailbox() as mailbox:
            mailbox.append("INBOX", "", "", letter.as_bytes())

    def unseen(self) -> int:
        with self.mailbox() as mailbox:
            _, found = mailbox.search(None, "UNSEEN")
        return len(found[0].split())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    if os.geteuid() != 0 or not installed(
        "dovecot-imapd", lambda: Path("/usr/lib/dovecot/imap").exists()
    ):
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable(
            "Dovecot is not installed, or this user is not root: apt-get install dovecot-imapd"
        )
    # Not below pytest's folder: the name of a socket may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="novalgo-mail-"))
    _open_to_dovecot(folder)
    port, authority = free_port(), Authority(folder)
    configuration = folder / "dovecot.conf"
    configuration.write_text(_configuration(folder, port, authority.sign("mail")))
    program = shutil.which("dovecot", path="/usr/sbin:/usr/bin") or "dovecot"
    process = subprocess.Popen([program, "-F", "-c", str(configuration)])
    server = MailServer(port, authority)
    try:
        _wait_until_up(server, process, folder)
        yield server
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _open_to_dovecot(folder: Path) -> None:
    """Let Dovecot's own users, which are not root, reach the folder."""
    for path in (folder, *folder.parents):
        if path.stat().st_uid == 0 and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o711)


def _configuration(folder: Path, port: int, certificate: Path) -> str:
    nobody, group = pwd.getpwnam("nobody"), grp.getgrgid(pwd.getpwnam("nobody").pw_gid)
    mail = folder / "mail"
    mail.mkdir()
    os.chown(mail, nobody.pw_uid, nobody.pw_gid)
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
auth_failure_delay = 0
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = maildir:{mail}
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={nobody.pw_name} gid={group.gr_name} home={mail}
}}
"""


def _wait_until_up(server: MailServer, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            with server.mailbox():
                return
        except (OSError, ssl.SSLError, imaplib.IMAP4.error):
            log = folder / "log"
            said = log.read_text() if log.exists() else ""
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
