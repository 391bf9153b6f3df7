package io.holdfast.testkit.process;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The servers of one cluster, each a {@link ServerProcess}. They are counted from 0. For one
 * thread.
 */
public interface ServerGroup extends AutoCloseable {

  /** Where the clients of each server connect, {@code host:port}. */
  List<String> endpoints();

  /** The version of the servers. */
  String version();

  /** The server that leads, or the only one; empty if none that answers says so. */
  OptionalInt leader();

  /** SIGKILL for one server. */
  void kill(int server);

  /** SIGSTOP for one server: its connections stay open and nothing answers. */
  void pause(int server);

  /** SIGCONT for one server. */
  void resume(int server);

  /** Starts one server on its own data and ports unless it runs. Does not wait. */
  void startAgain(int server);

  /** True if a server answers and takes part in a quorum. */
  boolean serves(int server);

  /** Waits, bounded, until every server serves. */
  void awaitServing();

  /** Where a server keeps its data. */
  Path dataFolder(int server);

  /** How many bytes the files of all servers take. */
  long diskUsed();

  /** Makes a copy of the data, while servers go on. */
  Backup backUp();

  /** Ends every server and deletes every file. Idempotent. */
  @Override
  void close();
}
