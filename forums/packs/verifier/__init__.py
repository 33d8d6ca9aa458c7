"""What checks an evidence pack, anywhere: the standard library alone, and nothing of the product.

It goes into every pack as it is, so that modules name each other relatively. Python 3.11 or later.
"""
