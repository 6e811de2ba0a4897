"""Words as vectors: loading, comparing and testing them."""
