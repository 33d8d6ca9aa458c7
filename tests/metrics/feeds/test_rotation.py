import pytest
from django.core.management import CommandError, call_command

from metrics.models import Feed
from truthgov import vault
from truthgov.errors import Refusal
from truthgov.models import AuditEntry

NEW_KEY = "n" * 60


def test_secrets_are_sealed_anew_and_the_old_key_is_needed_no_more(feed, settings, capsys):
    settings.SEALING_KEYS_BEFORE, settings.SEALING_KEY = [settings.SEALING_KEY], NEW_KEY
    assert vault.unseal(feed.sealed_token) == "s3cret"
    call_command("rotate_secrets")
    call_command("rotate_secrets")
    assert capsys.readouterr().out.splitlines()[1].startswith("0 secrets")
    settings.SEALING_KEYS_BEFORE = []
    assert vault.unseal(Feed.objects.get().sealed_token) == "s3cret"
    assert AuditEntry.objects.filter(code="feed.resealed").count() == 1


def test_a_secret_that_no_key_opens_is_named_and_left_as_it_is(feed, settings):
    settings.SEALING_KEY = NEW_KEY
    with pytest.raises(CommandError, match="CRM nightly"):
        call_command("rotate_secrets")
    assert Feed.objects.get().sealed_token == feed.sealed_token
    with pytest.raises(Refusal, match="sealed with another key"):
        vault.unseal(feed.sealed_token)
