package io.holdfast.chaos.fault;

import io.holdfast.testkit.network.Link;
import io.holdfast.testkit.process.Backup;
import io.holdfast.testkit.process.Host;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A real cluster whose servers can be hurt, one by one, and the links by which clients reach them.
 * Servers are counted from 0. For one thread.
 */
public interface Cluster extends AutoCloseable {

  /** Which kind. */
  Store store();

  /** What it runs on: {@code processes}, {@code netns}, {@code docker}. */
  String provider();

  /** The version of the servers. */
  String version();

  /** How many servers, running or not. */
  int size();

  /** The server that leads; empty while none says so. */
  OptionalInt leader();

  /** Starts a server again on its data. Does not wait. Does nothing if it runs. */
  void start(int server);

  /** SIGKILL. */
  void kill(int server);

  /** Freezes it: connections stay open and nothing answers. */
  void pause(int server);

  /** Lets it go on. */
  void resume(int server);

  /**
   * Takes a server off the network, for clients and other servers alike.
   *
   * @throws UnsupportedOperationException without {@link Capability#UNPLUG_SERVERS}
   */
  void unplug(int server);

  /** Ends {@link #unplug}. */
  void plug(int server);

  /** True if the server answers that it takes part in a quorum. Bounded by some seconds. */
  boolean serves(int server);

  /** Begins to watch whether there is a leader, past all links. Whoever asks closes it. */
  LeaderWatch watchLeader();

  /** Waits, bounded, until every server serves. */
  void awaitServing();

  /**
   * Lets the disk of a server run full; it has a small one from then on until that is healed.
   *
   * @throws UnsupportedOperationException without {@link Capability#FILL_DISKS}
   */
  ActiveFault fillDisk(int server);

  /**
   * Makes a copy of the data, while servers go on.
   *
   * @throws UnsupportedOperationException without {@link Capability#RESTORE}
   */
  Backup backUp();

  /**
   * Lets the names by which clients know the servers lead to other addresses, where they are served
   * just as well, and nobody reach the old ones. It bites when clients come by the new ones.
   *
   * @throws UnsupportedOperationException without {@link Capability#MOVE_NAMES}
   */
  ActiveFault moveNames();

  /** What operators do. */
  StoreAdmin storeAdmin();

  /** Where the process of {@code client} is to run. */
  Host host(String client);

  /** Where clients reach this process. */
  String driver();

  /** The address by which {@code client} reaches the cluster, over links of its own. */
  String uri(String client, String namespace);

  /** The address by which this process reaches the cluster, past all links. */
  String uri(String namespace);

  /** The links of a client, by server. */
  List<Link> links(String client);

  /**
   * The link between two servers: requests are what {@code server} says to {@code other}.
   *
   * @throws UnsupportedOperationException without {@link Capability#CUT_SERVERS}
   */
  Link between(int server, int other);

  /** How many bytes the files of its servers take on this machine; 0 if they are elsewhere. */
  long diskUsed();

  /** What can be done to it. */
  Set<Capability> capabilities();

  /** Ends every server and link and deletes every file. Idempotent. */
  @Override
  void close();
}
