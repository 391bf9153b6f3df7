package io.holdfast.chaos.fault;

/** What a provider can do to a cluster. */
public enum Capability {
  /** SIGKILL and start servers. */
  KILL_SERVERS("servers are not ours to kill"),
  /** Freeze servers. */
  PAUSE_SERVERS("servers are not ours to freeze"),
  /** Take servers off the network altogether. */
  UNPLUG_SERVERS(
      "servers share their network with everything else; containers do not",
      "docker.io, with its engine running"),
  /** Cut what a client and a server say to each other, either way or both. */
  CUT_CLIENTS("nothing stands between clients and servers"),
  /** Delay what a client and a server say to each other. */
  DELAY_CLIENTS("a filter of packets cannot delay; a proxy can"),
  /** Reset the connections between a client and a server. */
  RESET_CLIENTS("nothing stands between clients and servers"),
  /** Cut what servers say to each other. */
  CUT_SERVERS(
      "servers reach each other past the proxies; network namespaces part them",
      "root on Linux, and iproute2"),
  /** Lose some packets. */
  LOSE_PACKETS("a proxy sees no packets; network namespaces do", "root on Linux, and iproute2"),
  /** Let the names by which clients know the servers lead elsewhere. */
  MOVE_NAMES(
      "clients know the servers by address; network namespaces have names of their own",
      "root on Linux, and iproute2"),
  /** End a session as the servers would. */
  END_SESSIONS("the store lets nobody end the session of another"),
  /** Forget what has been overwritten, and give its space back. */
  COMPACT("only etcd is compacted"),
  /** Remove the empty folders of queues. */
  REAP_CONTAINERS("only ZooKeeper has containers"),
  /** Set the whole store back to a copy that was made of it. */
  RESTORE("the data of servers in containers stays in them", "etcd-client"),
  /** Let the disk of a server run full. */
  FILL_DISKS("only root can mount a small disk, and below a process only", "root on Linux"),
  /** Step the wall clock of a process. See the page on faults among the decisions. */
  STEP_CLOCKS(
      "a time namespace leaves the wall clock as it is, and libfaketime makes Java too slow to keep"
          + " a session");

  private final String without;
  private final String takes;

  Capability(String without) {
    this(without, "");
  }

  Capability(String without, String takes) {
    this.without = without;
    this.takes = takes;
  }

  /** Why a provider does without it, for people. */
  public String without() {
    return without;
  }

  /** What a machine has to have for some provider to be able, for people; empty if any will do. */
  public String takes() {
    return takes;
  }
}
