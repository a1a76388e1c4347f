"""The whole system in one hand: real phones, the real server, and everything that goes wrong, from one seed."""
