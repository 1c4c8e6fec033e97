# ruff: noqa: N999 (gunicorn looks for this very name)
"""How gunicorn serves the gateway: threads, because a request mostly waits for its calls."""

from chassis.config import setting, whole_number

wsgi_app = "gateway.app:create_app()"
bind = f"{setting('KETENAANPAK_HOST', '127.0.0.1')}:{whole_number('KETENAANPAK_PORT', 8458)}"
worker_class = "gateway.http.gunicorn_worker.Worker"
workers = whole_number("KETENAANPAK_GATEWAY_WORKERS", 1)
threads = whole_number("KETENAANPAK_GATEWAY_THREADS", 16)
keepalive = 75
timeout = 30
graceful_timeout = 10

limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190

# The gateway writes one line for each request itself; gunicorn's would contain whole addresses.
accesslog = None
loglevel = "warning"
worker_tmp_dir = "/dev/shm"  # noqa: S108 (a heartbeat file: on a disk it would stall workers)
