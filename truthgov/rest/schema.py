"""What the schema says of every operation beside its own answers: the problems it may be refused by, and headers."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

from truthgov.rest.problems import MEDIA_TYPE, ProblemForm

SAFE = ("GET", "HEAD")
ALWAYS = {"400": "Malformed", "401": "Who asks is not known", "403": "Not yours to do", "406": "No such media type",
          "429": "Slow down", "503": "Not now: safe to send again, with the same key"}  # fmt: skip
NAMED = {"404": "Unknown, or not yours to see"}
CHANGED = {
    "409": "Refused as things stand",
    "411": "Without its length",
    "413": "Too large",
    "415": "Media type not taken",
    "422": "Faulty fields",
}
MATCHED = {"412": "Changed since you read it", "428": "If-Match names no state"}
TAGGED = ("200", "201", "204", "304")
TEXT = {"type": "string"}
EVERYWHERE = {
    "X-Request-ID": "Yours where you sent one, else a new one; name it when you ask for help.",
    "RateLimit": "What is left of the minute's requests.",
    "RateLimit-Policy": "How many requests a minute has.",
}
CSRF = {
    "name": "X-CSRFToken", "in": "header", "schema": TEXT,
    "description": "In a session: the token of the cookie `csrftoken`.",
}  # fmt: skip
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": True, "schema": TEXT,
    "description": "The ETag of what you read; `*` names no state and is not taken.",
}  # fmt: skip


class Schema(AutoSchema):
    """The description of a resource, completed."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            self._add_parameters(operation)
            self._add_problems(operation)
            self._add_headers(operation["responses"])
        return operation

    @property
    def is_act(self) -> bool:
        """Is it a person who changes something, in their session?"""
        return self.method not in SAFE and not getattr(self.view, "is_for_keys", False)

    @property
    def asks_for_match(self) -> bool:
        return self.is_act and getattr(self.view, "is_tagged", False)

    def _add_parameters(self, operation: dict[str, Any]) -> None:
        added = [*([CSRF] if self.is_act else []), *([IF_MATCH] if self.asks_for_match else [])]
        if added:
            operation["parameters"] = [*operation.get("parameters", []), *added]

    def _add_problems(self, operation: dict[str, Any]) -> None:
        asked = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
        problems = dict(ALWAYS)
        if "{" in self.path or asked - {"limit", "cursor"}:
            problems |= NAMED
        if self.method not in SAFE:
            problems |= CHANGED
        if getattr(self.view, "may_be_refused", False):
            problems["409"] = CHANGED["409"]
        if self.asks_for_match:
            problems |= MATCHED
        shape = self.resolve_serializer(ProblemForm, "response").ref
        for status, description in problems.items():
            content = {MEDIA_TYPE: {"schema": shape}}
            operation["responses"].setdefault(status, {"description": description, "content": content})

    def _is_tagged(self, status: str) -> bool:
        made = status == "201" and getattr(self.view, "is_made_tagged", False)
        return made or (status in TAGGED and getattr(self.view, "is_tagged", False))

    def _add_headers(self, responses: dict[str, Any]) -> None:
        for status, response in responses.items():
            headers = dict(EVERYWHERE)
            if status in ("429", "503"):
                headers["Retry-After"] = "Seconds to wait."
            elif status == "401":
                headers = {"X-Request-ID": EVERYWHERE["X-Request-ID"], "WWW-Authenticate": "How a key is sent along."}
            elif status == "201":
                headers["Location"] = "Where what was made stands, where that has an address of its own."
            if self._is_tagged(status):
                headers["ETag"] = "The state of what is answered; send it back by If-Match."
            if status == "200" and self._is_list_view():
                headers["Link"] = 'The next page, as rel="next"; the last one has none.'
            told = {name: {"description": said, "schema": TEXT} for name, said in headers.items()}
            response["headers"] = {**told, **response.get("headers", {})}
