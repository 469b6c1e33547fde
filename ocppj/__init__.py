"""OCPP-J for CPython: frames, typed messages, one peer class, a server and a client. Knows no product."""
