"""The resources, a module a noun: door, body, verb, answer."""
