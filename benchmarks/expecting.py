"""What has to hold for a measurement to be one."""


def expect(holds: bool, otherwise: str) -> None:
    """Raises RuntimeError: a run whose contestants did not do the work is no measurement."""
    if not holds:
        raise RuntimeError(otherwise)
