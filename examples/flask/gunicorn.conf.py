"""How gunicorn runs the service; it reads this file by itself."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 4
# Each worker is replaced by a new one after so many calls. A service of yours takes thousands; here you shall see
# that no call and no row is lost by it.
max_requests = 200
max_requests_jitter = 100
# The model is loaded once, before the workers are forked: a new one is there at once.
preload_app = True
# A worker that is told to end answers what it has begun. Then its rows are put into bins, which takes no time.
graceful_timeout = 20
# The files by which workers say that they live: in memory, where the root file system may be read-only.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - files without a name
control_socket_disable = True
