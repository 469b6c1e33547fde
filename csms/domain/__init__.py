"""Pure rules of the trade: no web, no sockets, no database."""
