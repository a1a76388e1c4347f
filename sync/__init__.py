"""The agreement between phone and server: see PROTOCOL.md. A door, like server/api and server/console."""
