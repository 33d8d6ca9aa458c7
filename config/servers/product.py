"""The processes that make up the product: the very commands that docker-compose.yml starts too."""

import http.client
import os
import sys

WSGI = ("-m", "gunicorn", "config.wsgi", "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "8")
CELERY = (sys.executable, "-m", "celery", "--app")


def web(port: int) -> list[str]:
    """Pages and API on this machine's `port`."""
    address = f"127.0.0.1:{port}"
    return [sys.executable, *WSGI, "--bind", address, "--no-control-socket", "--access-logfile", "-"]


def live(port: int) -> list[str]:
    """What tells browsers on this machine's `port` that a meeting changed."""
    return [sys.executable, "manage.py", "live", f"127.0.0.1:{port}"]


def worker() -> list[str]:
    """What assesses figures, pulls feeds and sweeps up what was missed."""
    return [*CELERY, "config.celery", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]


def beat() -> list[str]:
    """The clock. Its schedule is in its module and its state in the database, so it keeps no file."""
    return [*CELERY, "config.beat", "beat", "--scheduler", "celery.beat:Scheduler", "--enable-remote-control"]


def serves(port: int, host: str = "localhost") -> bool:
    """Whether the pages on `port` answer, to `host`, and reach their database."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/health/", headers={"Host": host})
        return line.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        line.close()


if __name__ == "__main__":  # the container's health check
    asked = int(sys.argv[1]) if sys.argv[1:] else 8000
    sys.exit(not serves(asked, os.environ["ALLOWED_HOSTS"].split(",")[0].strip(" .")))
