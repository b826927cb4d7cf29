"""What the charts are drawn from: marks, axes, colours and the pointer's field."""
