#!/bin/sh
# Starts a ZooKeeper server from the same variables as the project's own image does.
set -eu
mkdir -p /data /conf
cat > /conf/zoo.cfg <<CONFIG
dataDir=/data
tickTime=${ZOO_TICK_TIME:-2000}
initLimit=${ZOO_INIT_LIMIT:-5}
syncLimit=${ZOO_SYNC_LIMIT:-2}
maxClientCnxns=${ZOO_MAX_CLIENT_CNXNS:-60}
standaloneEnabled=${ZOO_STANDALONE_ENABLED:-true}
admin.enableServer=${ZOO_ADMINSERVER_ENABLED:-true}
4lw.commands.whitelist=${ZOO_4LW_COMMANDS_WHITELIST:-srvr}
CONFIG
for server in ${ZOO_SERVERS:-}; do
  echo "$server" >> /conf/zoo.cfg
done
if [ -z "${ZOO_SERVERS:-}" ]; then
  echo "clientPort=2181" >> /conf/zoo.cfg
fi
echo "${ZOO_MY_ID:-1}" > /data/myid
exec java ${JVMFLAGS:-} \
  -Dlogback.configurationFile=/opt/zookeeper/logback.xml \
  -Dzookeeper.jmx.log4j.disable=true \
  -cp "/opt/zookeeper/lib/*" \
  org.apache.zookeeper.server.quorum.QuorumPeerMain /conf/zoo.cfg
