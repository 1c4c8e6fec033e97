#!/bin/sh
# Starts the one process of an image: the gateway, or the service that the image was built for.
set -eu
if [ "$SERVICE" = gateway ]; then
  exec python -m gunicorn --config gateway/gunicorn.conf.py \
    --bind "0.0.0.0:$KETENAANPAK_PORT" "gateway.app:create_app()"
fi
exec python -m chassis.run "services.$SERVICE.service"
