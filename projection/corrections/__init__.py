"""What people change: edit operations and the append-only store that keeps them."""
