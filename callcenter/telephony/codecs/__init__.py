"""The words of exchanges, without I/O: bytes to packets, packets to what happened, orders to packets. No clock."""
