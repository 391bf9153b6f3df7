package io.holdfast.chaos.fault;

import io.holdfast.testkit.process.Backup;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** The servers of a cluster, of either kind: child processes, or in containers. */
interface Servers extends AutoCloseable {

  Store store();

  String version();

  /** Where clients reach each server, {@code host:port}. */
  List<String> endpoints();

  OptionalInt leader();

  void start(int server);

  void kill(int server);

  void pause(int server);

  void resume(int server);

  /** Takes a server off the network, for clients and other servers alike. */
  default void unplug(int server) {
    throw new UnsupportedOperationException("server " + server + " has no plug");
  }

  /** Ends {@link #unplug}. */
  default void plug(int server) {
    throw new UnsupportedOperationException("server " + server + " has no plug");
  }

  /** As {@link Cluster#fillDisk}. */
  default ActiveFault fillDisk(int server) {
    throw new UnsupportedOperationException("server " + server + " has a large disk");
  }

  /** As {@link Cluster#backUp}. */
  default Backup backUp() {
    throw new UnsupportedOperationException("no way to the data of the servers");
  }

  /** As {@link Cluster#diskUsed}. */
  default long diskUsed() {
    return 0;
  }

  /** What can be done to them. */
  Set<Capability> capabilities();

  boolean serves(int server);

  void awaitServing();

  @Override
  void close();
}
