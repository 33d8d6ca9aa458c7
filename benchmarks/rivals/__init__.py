"""Data quality tools beside the product: the same rules, asked of the same figures, each tool in its own environment.

They are installed by the benchmark into a throw-away folder, and by nothing else. Their programs run there and import
nothing of the product.
"""
