"""Ask all questions with Soda Core: runs in its own environment; questions in, seconds and findings out, as JSON."""

import json
import sys
from time import perf_counter

from soda.sampler.sampler import Sampler
from soda.scan import Scan


class NoSampler(Sampler):
    """Keeps no sample of failed rows: that would be written, and is not asked for."""

    def store_sample(self, sample_context: object) -> None:
        pass


def scanned(given: dict, questions: list[str]) -> tuple[float, int]:
    """Seconds that a scan of these questions takes, and how many of them found something."""
    scan = Scan()
    scan.set_data_source_name("figures")
    scan.add_configuration_yaml_str(json.dumps({"data_source figures": {"type": "postgres", **given["connection"]}}))
    scan.add_sodacl_yaml_str(
        json.dumps(
            {
                f"checks for {given['table']}": [
                    {f"found_{number} = 0": {f"found_{number} query": f"SELECT count(*) FROM ({question}) AS found"}}
                    for number, question in enumerate(questions)
                ]
            }
        )
    )
    scan.sampler = NoSampler()
    started = perf_counter()
    scan.execute()
    taken = perf_counter() - started
    scan.assert_no_error_logs()
    return taken, len(scan.get_checks_fail())


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(json.dumps([scanned(given, questions) for questions in given["questions"]]))
