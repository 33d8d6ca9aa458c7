"""Tells the browsers that follow a meeting what changed, the moment it does: server-sent events, asyncio alone.

What is sent is a state, asked of the database again and again, and never a message that could be lost: whoever comes
back after a drop, or after this process was started anew, is told the version first, and asks the pages for what it
shows. Who only follows, as many others do, is sent that together with its version, once it is known that they may
still read the meeting; whoever has a screen of their own asks for it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http.request import split_domain_port, validate_host

from forums.following.admission import Listener, readers, told_to, version_for, versions
from forums.following.http import END, HEALTH, Asked, head, shown, told
from forums.following.rendering import Changed

ASKED_EVERY, RESTED = 0.1, 1.0
"""Seconds between two questions to the database while somebody follows, and otherwise or after one that failed."""
BEAT_EVERY = 15.0
"""Seconds after which a version is told again, so that no proxy takes the line for dead, and after which it is asked
anew whether whoever listens still may."""
LONGEST_REQUEST, READ_WITHIN = 16_384, 10.0
MOST_STREAMS, MOST_UNREAD = 4_000, 262_144
log = structlog.get_logger()
T = TypeVar("T")


@dataclass(eq=False)
class Stream:
    """Somebody who follows a meeting, and the line over which they are told; the keys of what they were shown last."""

    meeting: int
    listener: Listener
    writer: asyncio.StreamWriter
    hand_key: str | None = None
    question_key: str | None = None

    def tell(self, version: int, screen: Changed | None = None) -> None:
        """Send a version, and what it shows, without waiting; who reads too slowly is let go, and comes back."""
        if self.writer.transport.get_write_buffer_size() > MOST_UNREAD:
            self.writer.transport.abort()
        elif not self.writer.is_closing():
            self.writer.write(shown(version, self._new_in(screen)) if screen else told(version))

    def _new_in(self, screen: Changed) -> dict[str, str]:
        new = screen.since(self.hand_key, self.question_key)
        self.hand_key, self.question_key = screen.hand_key, screen.question_key
        return {**new, "hand_key": screen.hand_key, "question_key": screen.question_key}


class Live:
    """Those who listen, by meeting, and the version that each meeting had last."""

    def __init__(self) -> None:
        self.streams: dict[int, set[Stream]] = {}
        self.last: dict[int, int] = {}
        self.is_well = False
        self.database = ThreadPoolExecutor(2)  # who comes back does not hold up who is told

    async def serve(self, host: str, port: int) -> None:
        """Answer until cancelled."""
        server = await asyncio.start_server(self.answer, host, port, limit=LONGEST_REQUEST, backlog=1024)
        async with server:
            await asyncio.gather(server.serve_forever(), self.watch(), self.beat())

    async def watch(self) -> None:
        """Tell each change to who follows it, whatever happens to the database meanwhile."""
        while True:
            try:
                for meeting, version in (await self._ask(versions, tuple(self.streams))).items():
                    if self.last.get(meeting) != version:
                        await self._tell(meeting)
                self.is_well = True
            except DatabaseError as problem:
                self.is_well = False
                log.warning("live.database_is_away", problem=str(problem).strip())
            await asyncio.sleep(ASKED_EVERY if self.is_well and self.streams else RESTED)

    async def beat(self) -> None:
        """Tell every version again, now and then, to whoever may still be told it."""
        while True:
            await asyncio.sleep(BEAT_EVERY)
            streams = [each for listening in self.streams.values() for each in listening]
            try:
                admitted = await self._ask(readers, {each.listener.session_key for each in streams})
            except DatabaseError:
                continue  # the watch says so; who may be told is asked with the next beat
            for stream in streams:
                if stream.listener.session_key not in admitted:
                    stream.writer.close()
                elif stream.meeting in self.last:
                    stream.tell(self.last[stream.meeting])

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: a stream until it ends, or a short answer."""
        try:
            async with asyncio.timeout(READ_WITHIN):
                asked = Asked.read(await reader.readuntil(END))
            listener = Listener(asked.cookie(settings.SESSION_COOKIE_NAME), asked.item)
            stream = Stream(asked.meeting or 0, listener, writer)
            status, version = await self._admit(asked, stream)
            if version is None:
                writer.write(head(status, asked) + f"{status.phrase}\n".encode())
            else:
                writer.write(head(status, asked, "text/event-stream") + b"retry: 1000\n\n")
                await self._listen(stream, version, reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, TimeoutError, ValueError):
            pass  # a browser that has left, or something that is none
        finally:
            writer.close()

    async def _admit(self, asked: Asked, stream: Stream) -> tuple[HTTPStatus, int | None]:
        """How a request is answered, with the version that a stream begins with."""
        if asked.path == HEALTH:
            return HTTPStatus.OK if self.is_well else HTTPStatus.SERVICE_UNAVAILABLE, None
        host = split_domain_port(asked.headers.get("host", ""))[0]
        if not validate_host(host, settings.ALLOWED_HOSTS) or asked.is_from_elsewhere(host):
            return HTTPStatus.FORBIDDEN, None
        if sum(map(len, self.streams.values())) >= MOST_STREAMS:
            return HTTPStatus.SERVICE_UNAVAILABLE, None
        try:
            version = await self._ask(version_for, stream.listener.session_key, stream.meeting)
        except DatabaseError:
            return HTTPStatus.SERVICE_UNAVAILABLE, None
        return (HTTPStatus.OK if version is not None else HTTPStatus.NOT_FOUND), version

    async def _listen(self, stream: Stream, version: int, reader: asyncio.StreamReader) -> None:
        """Until the browser leaves; what changed while it was let in is told by the next question."""
        listening = self.streams.setdefault(stream.meeting, set())
        listening.add(stream)
        stream.tell(max(version, self.last.get(stream.meeting, 0)))
        self.last.setdefault(stream.meeting, version)
        try:
            while await reader.read(1024):
                pass
        finally:
            listening.discard(stream)
            if not listening and self.streams.get(stream.meeting) is listening:
                del self.streams[stream.meeting]
                self.last.pop(stream.meeting, None)

    async def _tell(self, meeting: int) -> None:
        """Tell who listens, and is still admitted; who came meanwhile was admitted, and hears that there is more."""
        asked = {stream.listener for stream in self.streams.get(meeting, ())}
        now = await self._ask(told_to, meeting, asked)
        listening = self.streams.get(meeting, ())
        if listening:
            self.last[meeting] = now.version
        for stream in listening:
            if stream.listener in asked - now.listeners:
                stream.writer.close()
            else:
                stream.tell(now.version, now.shown.get(stream.listener))

    async def _ask(self, question: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.database, _reconnecting, question, given)


def _reconnecting(question: Callable[..., T], given: tuple[Any, ...]) -> T:
    """The answer, over a new connection where the one there was has broken while nobody asked over it."""
    try:
        return question(*given)
    except DatabaseError:
        connection.close()
    try:
        return question(*given)
    except DatabaseError:
        connection.close()
        raise
