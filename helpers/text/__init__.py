"""From characters to tokens to ids."""
