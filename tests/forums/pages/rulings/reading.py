"""How pages of cases are asked for and read."""

from django.urls import reverse

from metrics.models import Contradiction

QUEUE = "/contradictions/"


def address(case: Contradiction, act: str = "contradiction") -> str:
    return reverse(f"forums:{act}", args=[case.pk])


def text(response) -> str:
    return response.content.decode()


def listed(browser, query: str = "") -> list[int]:
    return [row.pk for row in browser.get(f"{QUEUE}{query}").context["queue"].rows]
