"""The device, the one training loop, checkpoints."""
