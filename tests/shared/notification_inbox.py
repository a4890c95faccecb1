"""What people would have: a server that chats, pagers and webhooks post to, and one that takes mail."""

import base64
import email
import email.policy
import json
import socketserver
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "127.0.0.1"
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Post:
    """One request; ``body`` is its JSON."""

    path: str
    token: str
    body: dict


@dataclass(frozen=True)
class Mail:
    """One mail; ``password`` is what its sender logged in with."""

    password: str
    to: tuple
    message: email.message.EmailMessage

    def part(self, kind):
        """Return the text of the part of this content type."""
        return next(part for part in self.message.walk() if part.get_content_type() == kind).get_content()


class Inbox:
    """Takes everything that comes; a context manager. ``posts`` and ``mails`` are appended to by threads."""

    def __init__(self):
        self.posts, self.mails = [], []
        self._web = ThreadingHTTPServer((HOST, 0), _web_handler(self.posts))
        self._smtp = _MailServer((HOST, 0), _MailHandler)
        self._smtp.mails = self.mails
        self._servers = (self._web, self._smtp)
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.02,)) for server in self._servers
        ]

    @property
    def url(self):
        """Where to post to; paths are of the sender's choice."""
        return f"http://{HOST}:{self._web.server_port}"

    @property
    def smarthost(self):
        """The mail server, with its port."""
        return f"{HOST}:{self._smtp.server_address[1]}"

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def wait_for_post(self, path, is_meant, *, seconds=20.0):
        """Return the body of the first post to ``path`` that ``is_meant`` says yes to."""
        return _wait(
            lambda: [post for post in self.posts if post.path == path and is_meant(json.dumps(post.body))],
            seconds,
            lambda: f"nothing of the kind came to {path}; came: {[post.path for post in self.posts]}",
        )

    def wait_for_mail(self, is_meant, *, seconds=20.0):
        """Return the first mail whose subject ``is_meant`` says yes to."""
        return _wait(
            lambda: [mail for mail in self.mails if is_meant(str(mail.message["Subject"]))],
            seconds,
            lambda: f"no such mail came; came: {[str(mail.message['Subject']) for mail in self.mails]}",
        )


def _wait(find, seconds, complaint):
    until = time.monotonic() + seconds
    while not (found := find()):
        if time.monotonic() > until:
            raise AssertionError(complaint())
        time.sleep(POLL_SECONDS)
    return found[0]


def _web_handler(posts):
    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posts.append(Post(self.path, self.headers.get("Authorization", ""), body))
            answer = b"ok"
            # 202 is what PagerDuty answers, 200 the others.
            self.send_response(202 if self.path == "/pager" else 200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Handler


class _MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _MailHandler(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender that logs in and sends one mail needs."""

    timeout = 5

    def handle(self):
        self._say("220 inbox")
        password, to = "", []
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                self._say("250-inbox", "250 AUTH PLAIN")
            elif word == "AUTH":
                password = base64.b64decode(line.split(" ")[2]).split(b"\0")[2].decode()
                self._say("235 welcome")
            elif word == "RCPT":
                to.append(line.partition("<")[2].partition(">")[0])
                self._say("250 ok")
            elif word == "DATA":
                self._say("354 go on")
                self._take(password, to)
                self._say("250 ok")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, password, to):
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.mails.append(Mail(password, tuple(to), message))

    def _say(self, *lines):
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
