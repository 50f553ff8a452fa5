"""A FastCGI responder that does as the request's path says, for tests of the nginx files. Nothing but the standard library.

Every answer is JSON with the parameters it got and a serial number, so a cached answer is one whose number repeats.
`X-Fake-*` request headers steer it: Status, Headers (JSON object), Hold (seconds), Length (size of the body), Deaths (how
many requests of this address and method end as if the process had been killed, before one is answered), Cut (how the
answer ends halfway: "between" two records, or "inside" one).
"""

import json
import socket
import struct
import threading


def _record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def _pairs(data):
    at, pairs = 0, {}
    while at < len(data):
        sizes = []
        for _ in range(2):
            size = data[at]
            if size > 127:
                size = struct.unpack(">I", data[at : at + 4])[0] & 0x7FFFFFFF
                at += 3
            at += 1
            sizes.append(size)
        name = data[at : at + sizes[0]].decode("latin-1")
        at += sizes[0]
        pairs[name] = data[at : at + sizes[1]].decode("latin-1")
        at += sizes[1]
    return pairs


class FakeResponder:
    def __init__(self, path):
        self.served = 0
        # Addresses whose answers have left this process whole.
        self.written = []
        # Method and address of every request that came, whether answered or not.
        self.asked = []
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # shutdown wakes the accepting thread; close alone would leave the socket open under it.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            parameters, body, keep = b"", bytearray(), 0
            while header := stream.read(8):
                _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", header)
                content = stream.read(length + padding)[:length]
                if kind == 1:
                    keep = content[2] & 1
                elif kind == 4:
                    parameters += content
                elif kind == 5:
                    if not content:
                        break
                    body += content
            if self._dies(_pairs(parameters)):
                return
            answer = self._answer(_pairs(parameters), body, keep)
            try:
                records = b"".join(_record(6, answer[start : start + 65_000]) for start in range(0, len(answer), 65_000))
                if cut := _pairs(parameters).get("HTTP_X_FAKE_CUT"):
                    whole = len(records) // 65_008 // 2 * 65_008
                    connection.sendall(records[: whole - (30_000 if cut == "inside" else 0)])
                    return
                connection.sendall(records)
                connection.sendall(_record(6, b"") + _record(3, bytes(8)))
                self.written.append(_pairs(parameters).get("REQUEST_URI"))
            except OSError:
                pass

    def _dies(self, parameters):
        request = parameters["REQUEST_METHOD"], parameters["REQUEST_URI"]
        with self.lock:
            self.asked.append(request)
            return self.asked.count(request) <= int(parameters.get("HTTP_X_FAKE_DEATHS", 0))

    def _answer(self, parameters, body, keep):
        with self.lock:
            self.served += 1
            serial = self.served
        hold = float(parameters.get("HTTP_X_FAKE_HOLD", 0))
        if hold:
            threading.Event().wait(hold)
        headers = {"Content-Type": "application/json", "X-Request-Id": "the-upstream's-own"}
        headers |= json.loads(parameters.get("HTTP_X_FAKE_HEADERS", "{}"))
        content = {"serial": serial, "parameters": parameters, "body_bytes": len(body), "keep": keep}
        content["padding"] = "x" * int(parameters.get("HTTP_X_FAKE_LENGTH", 0))
        head = f"Status: {parameters.get('HTTP_X_FAKE_STATUS', '200')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        text = json.dumps(content)
        return (head + "\r\n" + ("" if parameters.get("REQUEST_METHOD") == "HEAD" else text)).encode()
