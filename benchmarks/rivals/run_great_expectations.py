"""Ask all questions with Great Expectations, in its own environment: questions in, seconds and findings out as JSON."""

import json
import sys
from time import perf_counter
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.core.result_format import ResultFormat
from great_expectations.expectations import UnexpectedRowsExpectation


def validated(batch: Any, questions: list[str]) -> tuple[float, int]:
    """Seconds that validating these questions takes, and how many of them found something."""
    suite = ExpectationSuite("rules", [UnexpectedRowsExpectation(unexpected_rows_query=each) for each in questions])
    started = perf_counter()
    answer = batch.validate(suite, result_format=ResultFormat.BOOLEAN_ONLY)
    taken = perf_counter() - started
    raised = [each for each in answer.results if each.exception_info.get("raised_exception")]
    if raised:
        raise RuntimeError(raised[0].exception_info)
    return taken, sum(not each.success for each in answer.results)


if __name__ == "__main__":
    given = json.load(sys.stdin)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_postgres("figures", connection_string=given["address"])
    asset = source.add_table_asset("figures", table_name=given["table"])
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    print(json.dumps([validated(batch, questions) for questions in given["questions"]]))
