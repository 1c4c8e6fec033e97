#!/bin/sh
# Removes the empty queues of our virtual host that are not in a file of declared names, one per
# line. One that still holds messages is kept and named: an operator decides what becomes of them.
# Reply queues belong to a connection and are left alone. RABBITMQ_NODENAME names another node.
#
#   remove_undeclared_queues.sh VHOST DECLARED
set -eu
vhost=$1 declared=$2
[ -s "$declared" ] || { echo "$declared names no queue" >&2; exit 1; }
queues=$(rabbitmqctl --silent list_queues --vhost "$vhost" --no-table-headers name)
printf '%s\n' "$queues" | { grep -vxF -f "$declared" || true; } | { grep -v '^reply\.' || true; } |
while IFS= read -r queue; do
  [ -z "$queue" ] && continue
  if rabbitmqctl --silent delete_queue --vhost "$vhost" --if-empty "$queue" </dev/null >/dev/null 2>&1
  then
    echo "removed queue $queue, which is no longer declared"
  else
    echo "kept queue $queue, which is no longer declared: it holds messages, or the broker refused"
  fi
done
