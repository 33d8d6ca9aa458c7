"""The special functions of scipy, loaded when the first of them is asked for: most processes never compute a chance."""

from truthgov.deferred import Deferred

special = Deferred("scipy.special")
