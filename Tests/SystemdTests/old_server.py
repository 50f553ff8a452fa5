"""Says that it is PostgreSQL 14, to whoever connects. usage: old_server.py FOLDER"""

import os
import socket
import struct
import sys


def message(kind, content):
    return kind + struct.pack(">I", len(content) + 4) + content


os.makedirs(sys.argv[1], exist_ok=True)
listener = socket.socket(socket.AF_UNIX)
listener.bind(os.path.join(sys.argv[1], ".s.PGSQL.5432"))
os.chmod(os.path.join(sys.argv[1], ".s.PGSQL.5432"), 0o777)
listener.listen(8)
while True:
    connection, _ = listener.accept()
    with connection:
        connection.recv(4096)
        parameters = {"server_version": "14.9", "client_encoding": "UTF8", "server_encoding": "UTF8",
                      "standard_conforming_strings": "on", "integer_datetimes": "on"}
        connection.sendall(message(b"R", struct.pack(">I", 0))
                           + b"".join(message(b"S", f"{name}\0{value}\0".encode()) for name, value in parameters.items())
                           + message(b"K", struct.pack(">II", 1, 1)) + message(b"Z", b"I"))
        # Whatever is asked is done, and has no rows.
        while question := connection.recv(4096):
            if question[:1] == b"Q":
                connection.sendall(message(b"C", b"SET\0") + message(b"Z", b"I"))
            elif question[:1] != b"X":
                connection.sendall(message(b"1", b"") + message(b"2", b"") + message(b"n", b"") + message(b"C", b"SET\0") + message(b"Z", b"I"))
