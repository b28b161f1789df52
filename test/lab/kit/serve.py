# Servers as they should not be: serve.py MODE PORT [ADDRESS]
#
#	hang	takes a connection and says nothing
#	half	half a line of an answer, and no more
#	cut	the same, and closes
#	garbage	an answer of another protocol
#	huge	a good status, and then no end
#	endless	no status, and no end
#	slow	a good answer, byte by byte
#	NUMBER	an answer with this status

import socket
import sys
import threading
import time

ANSWERS = {
    'half': b'HTTP/1.1 2',
    'cut': b'HTTP/1.1 2',
    'garbage': b'SSH-2.0-OpenSSH_9.2\r\n',
    'huge': b'HTTP/1.1 200 OK\r\n',
    'slow': b'HTTP/1.1 200 OK\r\n\r\n',
}


def serve(mode, connection):
    with connection:
        try:
            if mode == 'hang':
                time.sleep(1000)
            connection.recv(4096)
            answer = ANSWERS.get(mode, b'')
            if mode.isdigit():
                answer = b'HTTP/1.1 %s Told\r\n\r\n' % mode.encode()
            if mode == 'slow':
                for i in range(len(answer)):
                    connection.send(answer[i:i + 1])
                    time.sleep(0.01)
                return
            connection.sendall(answer)
            while mode in ('huge', 'endless'):
                connection.sendall(b'x' * 65536)
            if mode == 'half':
                time.sleep(1000)
        except OSError:
            pass


def main():
    mode, port = sys.argv[1], int(sys.argv[2])
    address = sys.argv[3] if len(sys.argv) > 3 else '127.0.0.1'
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(mode, connection),
                         daemon=True).start()


main()
