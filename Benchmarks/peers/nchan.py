"""nginx with nchan: pure fan-out of what is posted to it, with nothing stored or decided."""

import os
import shutil
from pathlib import Path

from support.process import LoggedProcess, free_port

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
# One worker: a second one made no difference that could be measured. The buffer holds more messages than any run leaves
# waiting, so that what is lost was lost on the way.
CONFIGURATION = """\
load_module {module};
{user}
worker_processes 1;
worker_rlimit_nofile 60000;
pid {directory}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 30000; }}
http {{
    access_log off;
    tcp_nodelay on;
    keepalive_requests 100000000;
    client_body_buffer_size 64k;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    nchan_max_reserved_memory 256M;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /publish {{
            nchan_publisher http;
            nchan_channel_id all;
            nchan_message_buffer_length 10000;
            nchan_message_timeout 60s;
        }}
        location = /subscribe {{
            nchan_subscriber websocket;
            nchan_channel_id all;
            nchan_subscriber_first_message newest;
        }}
    }}
}}
"""


class Nchan(LoggedProcess):
    """One channel: what is posted to `publish` goes to everybody at `url`."""

    @staticmethod
    def is_installed() -> bool:
        return MODULE.exists() and shutil.which("nginx") is not None

    def __init__(self, directory: Path):
        self.port = free_port()
        directory.mkdir(parents=True)
        user = "user root;" if os.geteuid() == 0 else ""
        file = directory / "nginx.conf"
        file.write_text(CONFIGURATION.format(module=MODULE, directory=directory, port=self.port, user=user))
        command = ["nginx", "-p", str(directory), "-c", str(file), "-g", "daemon off;"]
        super().__init__(command, log=directory / "nginx.log")
        self.wait_for_log("start worker process ", 10)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/subscribe"

    @property
    def publish(self) -> str:
        return f"http://127.0.0.1:{self.port}/publish"
