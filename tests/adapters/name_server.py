"""A name server on the loopback address, for tests: answers from a zone, or misbehaves as it is told."""

import socket
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


class NameServer:
    """`zone`: (name, type) -> values as in a zone file. `manners`: name -> how it misbehaves."""

    def __init__(self, zone, manners=None):
        self.zone = {(name.rstrip(".").lower(), kind): values for (name, kind), values in zone.items()}
        self.manners = manners or {}
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._stop = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        self._socket.settimeout(0.1)
        while not self._stop:
            try:
                data, peer = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            except OSError:
                return
            reply = self._reply(data)
            if reply is not None:
                self._socket.sendto(reply, peer)

    def _reply(self, data):
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        manner = self.manners.get(name)
        if manner == "silent":
            return None
        if manner == "slow":
            time.sleep(1)
        if manner == "garbage":
            return data[:2] + b"\xff" * 40
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if manner == "servfail":
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif manner == "other":
            answer.answer.append(
                dns.rrset.from_text("other.test.", 60, "IN", kind, "192.0.2.66" if kind == "A" else '"v=spf1 +all"')
            )
        elif values := self.zone.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif not any(owner == name or owner.endswith("." + name) for owner, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()

    def stop(self):
        self._stop = True
        self._thread.join()
        self._socket.close()
