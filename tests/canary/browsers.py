"""A browser without a screen, in process or over HTTP. It keeps the addresses it asked for and the titles it saw."""

import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from compliance.models import User
from tests.factories import people


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    text: str
    location: str
    headers: str

    def hidden(self, name: str) -> str:
        """The value of the first field or button of that name."""
        found = re.search(rf'name="{name}" value="([^"]*)"|value="([^"]*)" name="{name}"', self.text)
        assert found, f"there is no {name} on the page"
        return found[1] or found[2]

    def linked(self, name: str) -> str:
        """The value that the first link with a parameter of that name carries."""
        found = re.search(rf'href="[^"]*[?&;]{name}=([^"&]*)', self.text)
        assert found, f"no link on the page carries {name}"
        return urllib.parse.unquote_plus(found[1])


class Browser:
    """Somebody who has signed in."""

    def __init__(self, user: User) -> None:
        self.seen: list[bytes] = []
        self.client = people.browser(user, raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Answer:
        """Ask for a page."""
        return self._noted(path, query, self._get(f"{path}?{urllib.parse.urlencode(query)}" if query else path))

    def post(self, path: str, data: dict[str, Any], *, expect: int | None = 302) -> Answer:
        """Send a form; the status is looked at unless `expect` is None."""
        answer = self._noted(path, {}, self._post(path, data))
        assert expect in (None, answer.status), f"{path} answered {answer.status}: {_errors(answer.text)}"
        return answer

    def _noted(self, path: str, query: dict[str, Any], answer: Answer) -> Answer:
        title = re.search(r"<title>.*?</title>", answer.text, re.DOTALL)
        links = re.findall(r'(?:href|action|src|hx-get|hx-post)="([^"]*)"', answer.text)
        self.seen += [f"{path} {query} {answer.headers}".encode(), (title[0] if title else "").encode()]
        self.seen += [link.encode() for link in links if not link.startswith(("tel:", "mailto:", "sip:"))]
        return answer

    def _get(self, path: str) -> Answer:
        return self._answer(self.client.get(path))

    def _post(self, path: str, data: dict[str, Any]) -> Answer:
        return self._answer(self.client.post(path, data))

    def _answer(self, response: Any) -> Answer:
        text = b"".join(response.streaming_content) if response.streaming else response.content
        headers = response.headers
        return Answer(response.status_code, text.decode(errors="replace"), headers.get("Location", ""), str(headers))


class OverHttp(Browser):
    """The same over a real connection."""

    def __init__(self, user: User, origin: str) -> None:
        super().__init__(user)
        self.origin = origin
        self.cookies = self.client.cookies
        self.token = ""
        self.opener = urllib.request.build_opener(_Stay)

    def _get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.origin + path))

    def _post(self, path: str, data: dict[str, Any]) -> Answer:
        if not self.token:
            self.token = self.get("/my-work/").hidden("csrfmiddlewaretoken")
        body = encode_multipart(BOUNDARY, {**data, "csrfmiddlewaretoken": self.token})
        request = urllib.request.Request(self.origin + path, data=body, headers={"Content-Type": MULTIPART_CONTENT})
        request.add_header("Origin", self.origin)
        return self._ask(request)

    def _ask(self, request: urllib.request.Request) -> Answer:
        request.add_header("Cookie", "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items()))
        try:
            response = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            for cookie in response.headers.get_all("Set-Cookie", []):
                self.cookies.load(cookie)
            text = response.read().decode(errors="replace")
            return Answer(response.status, text, response.headers.get("Location", ""), str(response.headers))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        """The test follows by itself."""


def _errors(text: str) -> str:
    return " ".join(re.findall(r'class="(?:errors|error)[^"]*"[^>]*>(.*?)</', text, re.DOTALL))[:400]
