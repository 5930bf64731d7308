# Tries to reach each address by TCP and by UDP.
import errno
import socket


def reach(family, kind, address):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(2)
            s.connect(tuple(address))
            s.send(b"hello")
            return "sent" if kind == socket.SOCK_DGRAM else "connected"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))


def lambda_handler(event, context):
    results = {}
    for host, port in event["addresses"]:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        results[f"tcp {host} {port}"] = reach(family, socket.SOCK_STREAM, (host, port))
        results[f"udp {host} {port}"] = reach(family, socket.SOCK_DGRAM, (host, port))
    for name in event["names"]:
        try:
            socket.getaddrinfo(name, 80)
            results[f"name {name}"] = "resolved"
        except OSError as error:
            results[f"name {name}"] = str(error)
    for path in event["sockets"]:
        with socket.socket(socket.AF_UNIX) as s:
            try:
                s.connect(path.replace("@", "\0"))
                results[f"unix {path}"] = "connected"
            except OSError as error:
                results[f"unix {path}"] = errno.errorcode.get(error.errno, str(error))
    for family in ("AF_NETLINK", "AF_PACKET", "AF_VSOCK"):
        try:
            socket.socket(getattr(socket, family), socket.SOCK_RAW if family != "AF_VSOCK" else socket.SOCK_STREAM).close()
            results[family] = "connected"
        except OSError as error:
            results[family] = errno.errorcode.get(error.errno, str(error))
    return results
