package io.holdfast.testkit.fault;

import java.util.List;
import java.util.OptionalInt;

/** The servers of a cluster that runs as child processes, of either kind. */
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

  boolean serves(int server);

  void awaitServing();

  @Override
  void close();
}
