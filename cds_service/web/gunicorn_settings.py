"""How gunicorn serves the application in the image.

Sets nothing that an operator would set by NEN_CDS_ variables.
"""

from __future__ import annotations

import gunicorn.http.wsgi

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
timeout = 30
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's advice for containers: a heartbeat file that never waits for a disk
# Its place would be the home folder, which the user of the image does not have.
control_socket_disable = True
# No banner: there is no setting for it.
gunicorn.http.wsgi.SERVER = "nen-cds"
