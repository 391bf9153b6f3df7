package io.holdfast.testkit.fault;

import java.util.EnumSet;
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

  /** What can be done to them. */
  default Set<Ability> abilities() {
    return EnumSet.of(Ability.KILL_SERVERS, Ability.PAUSE_SERVERS);
  }

  boolean serves(int server);

  void awaitServing();

  @Override
  void close();
}
